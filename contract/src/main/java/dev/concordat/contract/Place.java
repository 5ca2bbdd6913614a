package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import java.util.Comparator;
import java.util.List;

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
    return of(element.getFile(), Paths.of(element));
  }

  /// The place of an element's option, or of the element when the option is not there.
  ///
  /// @param option its field number in the options message
  public static Place of(GenericDescriptor element, int option) {
    return of(element.getFile(), Paths.ofOption(element, option));
  }

  private static Place of(FileDescriptor file, List<Integer> path) {
    List<Location> locations = file.toProto().getSourceCodeInfo().getLocationList();
    for (int length = path.size(); length >= 0; length--) {
      List<Integer> prefix = path.subList(0, length);
      for (Location location : locations) {
        if (location.getPathList().equals(prefix)) {
          return new Place(file.getName(), location.getSpan(0) + 1, location.getSpan(1) + 1);
        }
      }
    }
    return new Place(file.getName(), 0, 0);
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
