package dev.concordat.codegen;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.GeneratorNames;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/// How the contract's names are written in Java.
final class JavaNames {
  /// One capital, or an abbreviation: `P` of `PlaceOrder`, `HTTP` of `HTTPGet`.
  private static final Pattern FIRST_WORD = Pattern.compile("^[A-Z]+(?![a-z])|^[A-Z]");

  private static final Pattern WORD_START =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  /// A method of this name would hide or clash with one that every object has.
  private static final Set<String> OF_OBJECT =
      Set.of(
          "clone",
          "equals",
          "finalize",
          "getClass",
          "hashCode",
          "notify",
          "notifyAll",
          "toString",
          "wait");

  private JavaNames() {}

  static JavaType api(ServiceDescriptor service) {
    return type(service, "Api");
  }

  static JavaType client(ServiceDescriptor service) {
    return type(service, "Client");
  }

  static JavaType methods(ServiceDescriptor service) {
    return type(service, "Methods");
  }

  private static JavaType type(ServiceDescriptor service, String suffix) {
    return new JavaType(
        GeneratorNames.getFileJavaPackage(service.getFile()),
        camel(service.getName(), true) + suffix);
  }

  /// `PlaceOrder` → `placeOrder`; what Java would not accept gets an underscore: `New` → `new_`,
  /// `Notify` → `notify_`.
  static String method(MethodDescriptor method) {
    String name =
        FIRST_WORD
            .matcher(camel(method.getName(), false))
            .replaceFirst(word -> word.group().toLowerCase(Locale.ROOT));
    return SourceVersion.isName(name) && !OF_OBJECT.contains(name) ? name : name + "_";
  }

  /// `PlaceOrder` → `PLACE_ORDER`.
  static String constant(MethodDescriptor method) {
    return WORD_START
        .matcher(camel(method.getName(), true))
        .replaceAll("_")
        .toUpperCase(Locale.ROOT);
  }

  /// `order-desk` → `OrderDesk`.
  static String camel(String name, boolean upperFirst) {
    var camel = new StringBuilder();
    boolean upper = upperFirst;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_' || c == '-') {
        upper = upperFirst || !camel.isEmpty();
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    boolean identifier = !camel.isEmpty() && Character.isJavaIdentifierStart(camel.charAt(0));
    return identifier ? camel.toString() : "_" + camel;
  }
}
