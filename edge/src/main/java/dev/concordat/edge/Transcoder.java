package dev.concordat.edge;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;

/// JSON to protobuf and back, guided by the contracts.
///
/// Threads: safe for many.
///
/// Failure: bad JSON is [dev.concordat.core.Code#INVALID_ARGUMENT] with the path, an answer that
/// does not fit its contract [dev.concordat.core.Code#INTERNAL]; nothing else is thrown.
final class Transcoder {
  private final Schemas schemas;

  Transcoder(List<FileDescriptor> files) {
    this.schemas = new Schemas(files);
  }

  Schema schema(Descriptor type) {
    return schemas.of(type);
  }

  /// A whole message.
  byte[] toProto(byte[] json, Schema type) {
    return new JsonToProto(json, schemas).document(type);
  }

  /// One field, with its tag: bytes of the message that holds it.
  byte[] toProto(byte[] json, SchemaField field) {
    return new JsonToProto(json, schemas).document(field);
  }

  byte[] toJson(byte[] proto, Schema type) {
    ProtoToJson json = new ProtoToJson(schemas, proto.length * 2);
    json.message(type, proto, 0, proto.length);
    return json.out.toBytes();
  }

  /// One field of the message.
  byte[] toJson(byte[] proto, Schema type, SchemaField field) {
    ProtoToJson json = new ProtoToJson(schemas, proto.length * 2);
    json.only(type, field, proto);
    return json.out.toBytes();
  }
}
