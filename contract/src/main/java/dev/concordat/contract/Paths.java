package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where an element is in its file's descriptor, as `SourceCodeInfo.Location.path` counts.
final class Paths {
  private Paths() {}

  static List<Integer> of(GenericDescriptor element) {
    return switch (element) {
      case ServiceDescriptor service ->
          List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex());
      case MethodDescriptor method ->
          with(
              of(method.getService()),
              ServiceDescriptorProto.METHOD_FIELD_NUMBER,
              method.getIndex());
      case Descriptor message ->
          inside(
              message.getContainingType(),
              FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER,
              DescriptorProto.NESTED_TYPE_FIELD_NUMBER,
              message.getIndex());
      case EnumDescriptor type ->
          inside(
              type.getContainingType(),
              FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER,
              DescriptorProto.ENUM_TYPE_FIELD_NUMBER,
              type.getIndex());
      case FieldDescriptor field ->
          with(of(field.getContainingType()), DescriptorProto.FIELD_FIELD_NUMBER, field.getIndex());
      default -> List.of();
    };
  }

  /// @param index for one value of a repeated option
  static List<Integer> ofOption(GenericDescriptor element, int option, int... index) {
    int options =
        switch (element) {
          case FileDescriptor _ -> FileDescriptorProto.OPTIONS_FIELD_NUMBER;
          case ServiceDescriptor _ -> ServiceDescriptorProto.OPTIONS_FIELD_NUMBER;
          case MethodDescriptor _ -> MethodDescriptorProto.OPTIONS_FIELD_NUMBER;
          case Descriptor _ -> DescriptorProto.OPTIONS_FIELD_NUMBER;
          case FieldDescriptor _ -> FieldDescriptorProto.OPTIONS_FIELD_NUMBER;
          default -> EnumDescriptorProto.OPTIONS_FIELD_NUMBER;
        };
    List<Integer> path = with(of(element), options, option);
    Arrays.stream(index).forEach(path::add);
    return path;
  }

  private static List<Integer> inside(
      @Nullable Descriptor outer, int atTop, int nested, int index) {
    return outer == null ? List.of(atTop, index) : with(of(outer), nested, index);
  }

  private static List<Integer> with(List<Integer> path, int field, int index) {
    List<Integer> longer = new ArrayList<>(path);
    longer.add(field);
    longer.add(index);
    return longer;
  }
}
