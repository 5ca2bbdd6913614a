package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A place in a contract's source.
///
/// @param file as protoc names it, for example `shop/orders/v1/orders.proto`
/// @param line from 1; 0 when the descriptor has no source information, as in compiled classes
/// @param column from 1; 0 when unknown
public record Place(String file, int line, int column) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::file)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  /// The place of a file, service, method, message, field or enum; of what is around it when it has
  /// none itself.
  public static Place of(GenericDescriptor element) {
    return at(element.getFile(), Paths.of(element))
        .orElseGet(() -> new Place(element.getFile().getName(), 0, 0));
  }

  /// The place of an element's option, or of the element when the option is not there.
  ///
  /// @param option its field number in the options message
  public static Place of(GenericDescriptor element, int option) {
    return at(element.getFile(), Paths.ofOption(element, option)).orElseGet(() -> of(element));
  }

  /// The place of one value of a repeated option, or of the element.
  ///
  /// @param option its field number in the options message
  /// @param index from 0
  public static Place of(GenericDescriptor element, int option, int index) {
    return at(element.getFile(), Paths.ofOption(element, option, index))
        .orElseGet(() -> of(element, option));
  }

  private static Optional<Place> at(FileDescriptor file, List<Integer> path) {
    return file.toProto().getSourceCodeInfo().getLocationList().stream()
        .filter(location -> location.getPathList().equals(path))
        .findFirst()
        .map(Location::getSpanList)
        .map(span -> new Place(file.getName(), span.get(0) + 1, span.get(1) + 1));
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /// `shop/orders/v1/orders.proto:14:3`, or the file alone.
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
