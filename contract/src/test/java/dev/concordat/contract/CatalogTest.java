package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private final Catalog catalog = Catalog.of(List.of(Contracts.file("kept/v1/orders.proto")));

  @Test
  void listsWhatAContractPromises() {
    assertThat(catalog.owners()).containsExactly("orders");
    assertThat(catalog.services())
        .extracting(ServiceDescriptor::getFullName)
        .containsExactly("kept.v1.Orders");
    assertThat(catalog.methods())
        .extracting(entry -> entry.method().fullName())
        .containsExactly(
            "kept.v1.Orders/PlaceOrder",
            "kept.v1.Orders/WatchOrder",
            "kept.v1.Orders/ImportOrders",
            "kept.v1.Orders/Talk");
    assertThat(catalog.events())
        .extracting(Topic::name)
        .containsExactly("kept.v1.OrderPlaced", "kept.v1.OrderPlaced.Seen");
    assertThat(catalog.tasks())
        .extracting(Queue::name)
        .containsExactly("kept.v1.PickOrder", "kept.v1.SweepFloor");
  }

  @Test
  void findsByName() {
    assertThat(catalog.method("kept.v1.Orders/Talk")).isPresent();
    assertThat(catalog.method("kept.v1.Orders/Shout")).isEmpty();
    assertThat(catalog.event("kept.v1.OrderPlaced")).isPresent();
    assertThat(catalog.event("kept.v1.PickOrder")).isEmpty();
    assertThat(catalog.task("kept.v1.PickOrder")).isPresent();
  }

  @Test
  void knowsHowRestReachesAMethod() {
    assertThat(catalog.method("kept.v1.Orders/PlaceOrder").orElseThrow().routes())
        .containsExactly(
            new Route("POST", PathTemplate.parse("/v1/orders"), "*", ""),
            new Route(
                "PUT",
                PathTemplate.parse("/v1/{order.id=customers/*/orders/**}:place"),
                "order",
                "id"));
    assertThat(catalog.method("kept.v1.Orders/Talk").orElseThrow().routes()).isEmpty();
  }

  @Test
  void listsExemptionsWithTheirReasons() {
    assertThat(catalog.exemptions())
        .containsExactly(
            new Exempted(
                "kept.v1.Orders.WatchOrder",
                "public-call-has-route",
                "reached over a socket only",
                new Place("kept/v1/orders.proto", 52, 5)));
  }

  @Test
  void readsADescriptorSetAndLeavesOutWhatIsNoContract() throws InvalidProtocolBufferException {
    FileDescriptorSet.Builder kept = FileDescriptorSet.newBuilder();
    for (FileDescriptorProto file : FileDescriptorSet.parseFrom(Contracts.bytes()).getFileList()) {
      if (!file.getName().startsWith("refused/")) {
        kept.addFile(0, file);
      }
    }
    Catalog read = Catalog.read(kept.build().toByteString());
    assertThat(read.files()).hasSize(1);
    assertThat(read.methods()).extracting(e -> e.method().policy()).isEqualTo(policies());
  }

  @Test
  void refusesASetWithoutItsImports() {
    FileDescriptorSet alone =
        FileDescriptorSet.newBuilder()
            .addFile(Contracts.file("kept/v1/orders.proto").toProto())
            .build();
    assertThatThrownBy(() -> Catalog.read(alone.toByteString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "kept/v1/orders.proto imports concordat/v1/options.proto, which is missing or imports"
                + " it back; write the set with --include_imports");
  }

  @Test
  void refusesBytesThatAreNoSet() {
    assertThatThrownBy(() -> Catalog.read(ByteString.copyFromUtf8("not a set")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("these bytes are no descriptor set");
  }

  private List<CallPolicy> policies() {
    return catalog.methods().stream().map(e -> e.method().policy()).toList();
  }
}
