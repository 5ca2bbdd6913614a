package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.GeneratorNames;
import dev.concordat.contract.v1.OptionsProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Who answers for what.
final class OwnerRules {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private final List<FileDescriptor> owned;
  private final Map<String, Descriptor> messages;

  OwnerRules(List<FileDescriptor> known) {
    this.owned = known.stream().filter(file -> !Owners.named(file).isEmpty()).toList();
    this.messages =
        known.stream()
            .flatMap(Messages::of)
            .collect(Collectors.toMap(Descriptor::getFullName, Function.identity(), (a, _) -> a));
  }

  void check(FileDescriptor file, Findings out) {
    String owner = Owners.named(file);
    if (owner.isEmpty()) {
      out.add(
          Rule.FILE_HAS_OWNER,
          Place.of(file),
          file.getName() + " names no owner",
          "add: option (concordat.v1.owner) = \"<the owning service>\";");
      return;
    }
    if (!NAME.matcher(owner).matches()) {
      out.add(
          Rule.OWNER_IS_A_NAME,
          Place.of(file, OptionsProto.OWNER_FIELD_NUMBER),
          "the owner \"" + owner + "\" is not lower case letters, digits and dashes",
          "write for example \"order-desk\"");
    }
    oneOwner(file, owner, out);
    oneType(file, owner, out);
  }

  private void oneOwner(FileDescriptor file, String owner, Findings out) {
    first(other -> other.getPackage().equals(file.getPackage()))
        .filter(other -> !Owners.named(other).equals(owner))
        .ifPresent(other ->
            out.add(
                Rule.PACKAGE_HAS_ONE_OWNER,
                Place.of(file, OptionsProto.OWNER_FIELD_NUMBER),
                "the package %s belongs to \"%s\" (%s), not to \"%s\""
                    .formatted(file.getPackage(), Owners.named(other), other.getName(), owner),
                "name the same owner in all its files, or use another package"));
  }

  private void oneType(FileDescriptor file, String owner, Findings out) {
    first(other -> Owners.named(other).equals(owner))
        .filter(other -> !typePackage(other).equals(typePackage(file)))
        .ifPresent(other ->
            out.add(
                Rule.OWNER_HAS_ONE_TYPE,
                Place.of(file, OptionsProto.OWNER_JAVA_PACKAGE_FIELD_NUMBER),
                "the type of owner \"%s\" is in Java package %s (%s), not also in %s"
                    .formatted(owner, typePackage(other), other.getName(), typePackage(file)),
                "add: option (concordat.v1.owner_java_package) = \"" + typePackage(other) + "\";"));
  }

  void check(ServiceDescriptor service, Findings out) {
    if (service.getMethods().isEmpty()) {
      out.add(
          Rule.SERVICE_HAS_METHOD,
          Place.of(service),
          service.getFullName() + " has no method",
          "add one, or remove the service");
    }
    List<String> published = KnownOptions.of(service).getExtension(OptionsProto.publishes);
    for (int i = 0; i < published.size(); i++) {
      publishes(service, published.get(i), i, out);
    }
  }

  private void publishes(ServiceDescriptor service, String name, int index, Findings out) {
    Descriptor message = messages.get(name);
    String problem = "publishes " + name;
    String remedy;
    if (message == null) {
      problem += ", which is not known here";
      remedy = "write the event's full name, and import its file";
    } else if (!KnownOptions.of(message).hasExtension(OptionsProto.event)) {
      problem += ", which is no event";
      remedy = "add to it: option (concordat.v1.event) = {key: \"<field>\"};";
    } else if (!Owners.named(message.getFile()).equals(Owners.named(service.getFile()))) {
      problem += ", which only its owner \"" + Owners.named(message.getFile()) + "\" may";
      remedy = "publish an event of its own";
    } else {
      return;
    }
    Place where = Place.of(service, OptionsProto.PUBLISHES_FIELD_NUMBER, index);
    out.add(Rule.PUBLISHES_OWN_EVENTS, where, service.getFullName() + " " + problem, remedy);
  }

  private Optional<FileDescriptor> first(Predicate<FileDescriptor> which) {
    return owned.stream().filter(which).findFirst();
  }

  private static String typePackage(FileDescriptor file) {
    String chosen = KnownOptions.of(file).getExtension(OptionsProto.ownerJavaPackage);
    return chosen.isEmpty() ? GeneratorNames.getFileJavaPackage(file) : chosen;
  }
}
