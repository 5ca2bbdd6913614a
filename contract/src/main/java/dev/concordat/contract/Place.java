package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FileDescriptor;
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

  /// The place of an element, or of the nearest one around it that has a place.
  ///
  /// @param path as `SourceCodeInfo.Location.path` counts
  public static Place of(FileDescriptor file, List<Integer> path) {
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
