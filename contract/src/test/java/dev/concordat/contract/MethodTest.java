package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodTest {
  private final Method<DynamicMessage, DynamicMessage> placeOrder = method("PlaceOrder");

  @Test
  void isNamedAsOnTheWire() {
    assertThat(placeOrder.fullName()).isEqualTo("kept.v1.Orders/PlaceOrder");
    assertThat(placeOrder).hasToString("kept.v1.Orders/PlaceOrder");
    assertThat(placeOrder.service()).isEqualTo("kept.v1.Orders");
    assertThat(placeOrder.name()).isEqualTo("PlaceOrder");
    assertThat(placeOrder.owner()).isEqualTo("orders");
  }

  @Test
  void hasTheContractsPolicy() {
    assertThat(placeOrder.policy())
        .isEqualTo(
            new CallPolicy(
                Duration.ofMillis(2500),
                Duration.ofSeconds(5),
                Repeat.of(Safety.UNSAFE, true),
                Priority.HIGH,
                true,
                new Allow(List.of("carts", "*"), List.of("orders.write"))));
  }

  @Test
  void acceptsNoLongerDeadlineThanItsOwnWhenTheContractSaysNothing() {
    assertThat(method("Talk").policy().maxDeadline()).isEqualTo(Duration.ofSeconds(60));
    assertThat(method("Talk").policy().priority()).isEqualTo(Priority.NORMAL);
    assertThat(method("Talk").policy().exposedPublicly()).isFalse();
  }

  @Test
  void isSafeOrIdempotentWhenTheContractSaysSo() {
    assertThat(method("WatchOrder").policy().safety()).isEqualTo(Safety.SAFE);
    assertThat(method("ImportOrders").policy().safety()).isEqualTo(Safety.IDEMPOTENT);
  }

  @Test
  void hasOneOfFourShapes() {
    assertThat(
            List.of("PlaceOrder", "WatchOrder", "ImportOrders", "Talk").stream()
                .map(name -> method(name).shape()))
        .containsExactly(
            Shape.UNARY, Shape.SERVER_STREAMING, Shape.CLIENT_STREAMING, Shape.BIDIRECTIONAL);
  }

  @Test
  void speaksInDynamicMessagesWithoutGeneratedClasses() throws InvalidProtocolBufferException {
    DynamicMessage request = placeOrder.request().getParserForType().parseFrom(new byte[0]);
    assertThat(request.getDescriptorForType().getFullName()).isEqualTo("kept.v1.PlaceOrderRequest");
    assertThat(placeOrder.response().getDescriptorForType().getFullName())
        .isEqualTo("kept.v1.Order");
  }

  @Test
  void seesOptionsOfDescriptorsThatWereParsedWithoutTheirExtensions()
      throws InvalidProtocolBufferException {
    List<FileDescriptor> blind =
        LinkedFiles.of(FileDescriptorSet.parseFrom(Contracts.bytes()).getFileList());
    MethodDescriptor descriptor =
        blind.stream()
            .filter(file -> file.getName().equals("kept/v1/orders.proto"))
            .findFirst()
            .orElseThrow()
            .findServiceByName("Orders")
            .findMethodByName("PlaceOrder");
    assertThat(descriptor.getOptions().getUnknownFields().asMap()).isNotEmpty();

    assertThat(Method.of(descriptor).policy()).isEqualTo(placeOrder.policy());
    assertThat(Method.of(descriptor).owner()).isEqualTo("orders");
  }

  @Test
  void isRefusedWithoutADeadline() {
    MethodDescriptor descriptor =
        Contracts.file("refused/call_has_deadline.proto")
            .findServiceByName("Desk")
            .findMethodByName("Ask");
    assertThatThrownBy(() -> Method.of(descriptor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "refused.call_has_deadline.Desk.Ask has no deadline; add: option (concordat.v1.call) ="
                + " {deadline: {seconds: 2}};");
  }

  private static Method<DynamicMessage, DynamicMessage> method(String name) {
    return Method.of(
        Contracts.file("kept/v1/orders.proto").findServiceByName("Orders").findMethodByName(name));
  }
}
