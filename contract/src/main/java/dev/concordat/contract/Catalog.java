package dev.concordat.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.contract.v1.OptionsProto;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What contracts promise, read from their descriptors: owners, methods with policy and routes,
/// events, tasks. Only files that name an owner are contracts; what they import besides is left
/// out.
///
/// Threads: immutable.
public final class Catalog {
  private final List<FileDescriptor> files;
  private final Map<String, Entry> methods;
  private final Map<String, Topic<DynamicMessage>> events;
  private final Map<String, Queue<DynamicMessage>> tasks;

  private Catalog(Collection<FileDescriptor> all) {
    this.files =
        all.stream()
            .filter(file -> !Owners.named(file).isEmpty())
            .sorted(Comparator.comparing(FileDescriptor::getName))
            .toList();
    this.methods =
        byName(
            files.stream()
                .flatMap(file -> file.getServices().stream())
                .flatMap(service -> service.getMethods().stream())
                .map(Entry::of),
            entry -> entry.method().fullName());
    this.events =
        byName(
            messages()
                .filter(type -> KnownOptions.of(type).hasExtension(OptionsProto.event))
                .map(type -> Topic.of(DynamicMessage.getDefaultInstance(type))),
            Topic::name);
    this.tasks =
        byName(
            messages()
                .filter(type -> KnownOptions.of(type).hasExtension(OptionsProto.task))
                .map(type -> Queue.of(DynamicMessage.getDefaultInstance(type))),
            Queue::name);
  }

  /// The catalog of some files, for example of the generated classes' `getDescriptor()`.
  ///
  /// @throws IllegalArgumentException when a file breaks a rule that everything stands on, such as
  ///   a call without a deadline
  public static Catalog of(Collection<FileDescriptor> files) {
    return new Catalog(files);
  }

  /// The catalog of generated interfaces: every file that declares one of them.
  public static Catalog of(ServiceContract<?>... contracts) {
    return new Catalog(Stream.of(contracts).map(c -> c.descriptor().getFile()).distinct().toList());
  }

  /// The catalog of a descriptor set as `protoc --descriptor_set_out --include_imports` writes it.
  ///
  /// @throws IllegalArgumentException when it is none, or an import is missing
  public static Catalog read(ByteString descriptorSet) {
    try {
      return new Catalog(
          LinkedFiles.of(
              FileDescriptorSet.parseFrom(descriptorSet, KnownOptions.registry()).getFileList()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("these bytes are no descriptor set", e);
    }
  }

  /// The files, by name.
  public List<FileDescriptor> files() {
    return files;
  }

  /// The owners' names, sorted.
  public List<String> owners() {
    return files.stream().map(Owners::of).distinct().sorted().toList();
  }

  /// All services.
  public List<ServiceDescriptor> services() {
    return files.stream().flatMap(file -> file.getServices().stream()).toList();
  }

  /// All methods.
  public List<Entry> methods() {
    return List.copyOf(methods.values());
  }

  /// A method by `shop.orders.v1.Orders/PlaceOrder`.
  public Optional<Entry> method(String fullName) {
    return Optional.ofNullable(methods.get(fullName));
  }

  /// All events, with who publishes them.
  public List<Topic<DynamicMessage>> events() {
    return List.copyOf(events.values());
  }

  /// An event by its full name.
  public Optional<Topic<DynamicMessage>> event(String name) {
    return Optional.ofNullable(events.get(name));
  }

  /// All tasks.
  public List<Queue<DynamicMessage>> tasks() {
    return List.copyOf(tasks.values());
  }

  /// A task by its full name.
  public Optional<Queue<DynamicMessage>> task(String name) {
    return Optional.ofNullable(tasks.get(name));
  }

  /// The rules that are not kept, with the reasons.
  public List<Exempted> exemptions() {
    return files.stream().flatMap(file -> Exempted.in(file).stream()).toList();
  }

  private Stream<Descriptor> messages() {
    return files.stream().flatMap(Messages::of);
  }

  private static <T> Map<String, T> byName(Stream<T> all, Function<T, String> name) {
    return all.collect(
        Collectors.toMap(name, Function.identity(), (first, _) -> first, LinkedHashMap::new));
  }

  /// A method and how REST reaches it.
  ///
  /// @param method speaks in [DynamicMessage]s, so that it can be called without generated classes
  /// @param routes from `google.api.http`; empty when it has no rule
  public record Entry(Method<DynamicMessage, DynamicMessage> method, List<Route> routes) {
    /// Copies the list.
    public Entry {
      routes = List.copyOf(routes);
    }

    static Entry of(MethodDescriptor method) {
      return new Entry(Method.of(method), Route.of(method));
    }
  }
}
