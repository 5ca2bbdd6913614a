package dev.concordat.calls.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.concordat.calls.museum.v1.Era;
import dev.concordat.calls.museum.v1.GetFileRequest;
import dev.concordat.calls.museum.v1.GetPieceRequest;
import dev.concordat.calls.museum.v1.HangPieceRequest;
import dev.concordat.calls.museum.v1.HangPieceResponse;
import dev.concordat.calls.museum.v1.ImpossibleMethods;
import dev.concordat.calls.museum.v1.ListPiecesRequest;
import dev.concordat.calls.museum.v1.MuseumMethods;
import dev.concordat.calls.museum.v1.Painter;
import dev.concordat.calls.museum.v1.Piece;
import dev.concordat.calls.museum.v1.SellPieceRequest;
import dev.concordat.calls.museum.v1.TagPieceRequest;
import dev.concordat.calls.museum.v1.TagPieceResponse;
import dev.concordat.contract.Method;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
  private static RestRequest mapped(Method<?, ?> method, Message request) {
    return mapped(method, request, JsonStyle.CANONICAL);
  }

  private static RestRequest mapped(Method<?, ?> method, Message request, JsonStyle style) {
    return new RestMethod(method, style).request(request.toByteArray()).request();
  }

  private static Piece answered(Method<?, ?> method, Message request, String json)
      throws InvalidProtocolBufferException {
    byte[] proto =
        new RestMethod(method, JsonStyle.CANONICAL).request(request.toByteArray()).answer(json);
    return Piece.parseFrom(proto);
  }

  private static GetPieceRequest piece(String id) {
    return GetPieceRequest.newBuilder().setPieceId(id).build();
  }

  @Nested
  class Paths {
    @Test
    void firstRouteThatHasAPlaceForAllOfItIsTaken() {
      assertThat(mapped(MuseumMethods.GET_PIECE, piece("7")).target()).isEqualTo("/v1/pieces/7");
      GetPieceRequest hung = piece("7").toBuilder().setRoom("halls/a b/rooms/ü").build();
      RestRequest request = mapped(MuseumMethods.GET_PIECE, hung);
      assertThat(request.target()).isEqualTo("/v1/halls/a%20b/rooms/%C3%BC/pieces/7");
      assertThat(request.template()).isEqualTo("/v1/{room=halls/*/rooms/*}/pieces/{piece_id}");
    }

    @Test
    void roomOfAnotherShapeFallsThroughToTheQuery() {
      GetPieceRequest hung = piece("7").toBuilder().setRoom("cellar").build();
      assertThat(mapped(MuseumMethods.GET_PIECE, hung).target())
          .isEqualTo("/v1/pieces/7?room=cellar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".."})
    void valueThatWouldBeAnotherPathIsRefused(String id) {
      assertThatThrownBy(() -> mapped(MuseumMethods.GET_PIECE, piece(id)))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
                assertThat(failure.message()).contains("piece_id");
                assertThat(failure.details().reason()).isEqualTo("REQUEST_UNFIT");
              });
    }

    @Test
    void valueCannotLeaveItsPlace() {
      assertThat(mapped(MuseumMethods.GET_PIECE, piece("../admin?x=1#y%2F\r\nHost: evil")).target())
          .isEqualTo("/v1/pieces/..%2Fadmin%3Fx%3D1%23y%252F%0D%0AHost%3A%20evil");
    }

    @Test
    void restOfThePathKeepsItsSlashes() {
      GetFileRequest file = GetFileRequest.newBuilder().setPath("a/b c/d").build();
      assertThat(mapped(MuseumMethods.GET_FILE, file).target()).isEqualTo("/v1/files/a/b%20c/d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/../b", "a//b", "/a", "./a", "a/"})
    void restOfThePathThatWouldBeAnotherIsRefused(String path) {
      GetFileRequest file = GetFileRequest.newBuilder().setPath(path).build();
      assertThatThrownBy(() -> mapped(MuseumMethods.GET_FILE, file)).isInstanceOf(Failure.class);
    }

    @Test
    void valuesInsideOfMessagesAndVerbsStandInThePath() {
      HangPieceRequest hang =
          HangPieceRequest.newBuilder()
              .setPiece(Piece.newBuilder().setPieceId("7").setTitle("Sea"))
              .setForce(true)
              .build();
      RestRequest request = mapped(MuseumMethods.HANG_PIECE, hang);
      assertThat(request.verb()).isEqualTo("PUT");
      assertThat(request.target()).isEqualTo("/v1/pieces/7?force=true");
      assertThat(request.json()).hasValue("{\"pieceId\":\"7\",\"title\":\"Sea\"}");

      SellPieceRequest sell = SellPieceRequest.newBuilder().setPieceId("7").setPrice(5).build();
      assertThat(mapped(MuseumMethods.SELL_PIECE, sell).target()).isEqualTo("/v1/pieces/7:sell");
    }
  }

  @Nested
  class Queries {
    @Test
    void everyKindOfValueHasItsText() {
      ListPiecesRequest list =
          ListPiecesRequest.newBuilder()
              .setPageSize(20)
              .addEras(Era.ERA_BAROQUE)
              .addEras(Era.ERA_MODERN)
              .setPainter(Painter.newBuilder().setName("Jan & Co").setBorn(1632))
              .setSince(Timestamp.newBuilder().setSeconds(1))
              .setFields(FieldMask.newBuilder().addPaths("piece_id").addPaths("title"))
              .setSold(false)
              .setNote(StringValue.of("a=b"))
              .setWithin(Duration.newBuilder().setSeconds(3).setNanos(500_000_000))
              .setLeast(1L << 60)
              .setToken(ByteString.copyFrom(new byte[] {-1, -2}))
              .setWeight(1.5)
              .addWords("x")
              .addWords("")
              .build();
      assertThat(mapped(MuseumMethods.LIST_PIECES, list).target())
          .isEqualTo(
              "/v1/pieces?pageSize=20&eras=ERA_BAROQUE&eras=ERA_MODERN"
                  + "&painter.name=Jan%20%26%20Co&painter.born=1632"
                  + "&since=1970-01-01T00%3A00%3A01Z&fields=pieceId%2Ctitle&sold=false&note=a%3Db"
                  + "&within=3.500s&least=1152921504606846976&token=%2F%2F4%3D&weight=1.5"
                  + "&words=x&words=");
    }

    @Test
    void namesCanBeTheContracts() {
      ListPiecesRequest list = ListPiecesRequest.newBuilder().setPageSize(20).build();
      assertThat(mapped(MuseumMethods.LIST_PIECES, list, JsonStyle.CONTRACT).target())
          .isEqualTo("/v1/pieces?page_size=20");
    }

    @Test
    void whatHasNoPlaceInAQueryTakesTheRouteWithABody() {
      RestRequest map =
          mapped(
              MuseumMethods.LIST_PIECES,
              ListPiecesRequest.newBuilder().putLabels("a", "b").build());
      assertThat(map.verb() + " " + map.target()).isEqualTo("POST /v1/pieces:search");
      assertThat(map.json()).hasValue("{\"labels\":{\"a\":\"b\"}}");
      RestRequest free =
          mapped(
              MuseumMethods.LIST_PIECES,
              ListPiecesRequest.newBuilder()
                  .setFree(
                      Struct.newBuilder()
                          .putFields("n", Value.newBuilder().setNumberValue(1).build()))
                  .build());
      assertThat(free.json()).hasValue("{\"free\":{\"n\":1.0}}");
    }

    @Test
    void urlThatIsTooLongIsNotSent() {
      GetFileRequest file = GetFileRequest.newBuilder().setPath("x".repeat(9_000)).build();
      assertThatThrownBy(() -> mapped(MuseumMethods.GET_FILE, file))
          .hasMessageContaining("8000 characters");
    }
  }

  @Nested
  class Bodies {
    @Test
    void wholeBodyLeavesOutWhatThePathSays() {
      SellPieceRequest sell = SellPieceRequest.newBuilder().setPieceId("7").setPrice(5).build();
      assertThat(mapped(MuseumMethods.SELL_PIECE, sell).json()).hasValue("{\"price\":\"5\"}");
    }

    @Test
    void spellingIsTheCompanys() {
      Piece piece = Piece.newBuilder().setPieceId("7").setCopiesMade(2).build();
      assertThat(mapped(MuseumMethods.ADD_PIECE, piece, JsonStyle.CONTRACT).json())
          .hasValue("{\"piece_id\":\"7\",\"copies_made\":2}");
      assertThat(
              mapped(MuseumMethods.ADD_PIECE, piece, JsonStyle.CANONICAL.withZeros(true))
                  .json()
                  .orElseThrow())
          .contains("\"title\":\"\"", "\"price\":\"0\"", "\"tags\":[]");
    }

    @Test
    void listCanBeTheBody() {
      TagPieceRequest tags =
          TagPieceRequest.newBuilder().setPieceId("7").addTags("a\"").addTags("b}").build();
      assertThat(mapped(MuseumMethods.TAG_PIECE, tags).json()).hasValue("[\"a\\\"\",\"b}\"]");
      assertThat(mapped(MuseumMethods.TAG_PIECE, tags.toBuilder().clearTags().build()).json())
          .hasValue("[]");
    }

    @Test
    void withoutBodyNothingIsSent() {
      assertThat(mapped(MuseumMethods.REMOVE_PIECE, piece("7")).json()).isEmpty();
    }

    @Test
    void typeThatTheContractDoesNotKnowCannotBeSent() {
      Any stranger = Any.newBuilder().setTypeUrl("type.googleapis.com/no.such.Type").build();
      assertThatThrownBy(
              () -> mapped(MuseumMethods.ADD_PIECE, Piece.newBuilder().setExtra(stranger).build()))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("JSON");
      Piece known = Piece.newBuilder().setExtra(Any.pack(BoolValue.of(true))).build();
      assertThat(mapped(MuseumMethods.ADD_PIECE, known).json().orElseThrow()).contains("BoolValue");
    }
  }

  @Nested
  class Answers {
    @Test
    void fieldsThatTheContractDoesNotNameArePassedOver() throws Exception {
      Piece piece =
          answered(
              MuseumMethods.GET_PIECE,
              piece("7"),
              "{\"piece_id\":\"7\",\"copiesMade\":3,\"new\":{\"a\":[1]},\"era\":\"ERA_FUTURE\"}");
      assertThat(piece).isEqualTo(Piece.newBuilder().setPieceId("7").setCopiesMade(3).build());
    }

    @Test
    void oneFieldOfTheResponseCanBeTheBody() throws Exception {
      HangPieceRequest hang =
          HangPieceRequest.newBuilder().setPiece(Piece.newBuilder().setPieceId("7")).build();
      byte[] proto =
          new RestMethod(MuseumMethods.HANG_PIECE, JsonStyle.CANONICAL)
              .request(hang.toByteArray())
              .answer("{\"pieceId\":\"7\"}");
      assertThat(HangPieceResponse.parseFrom(proto).getPiece().getPieceId()).isEqualTo("7");
      byte[] tags =
          new RestMethod(MuseumMethods.TAG_PIECE, JsonStyle.CANONICAL)
              .request(TagPieceRequest.newBuilder().setPieceId("7").build().toByteArray())
              .answer(" [\"a\", \"b\"]\n");
      assertThat(TagPieceResponse.parseFrom(tags).getTagsList()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          " ",
          "{",
          "{\"title\":\"x",
          "{} {}",
          "[]",
          "null x",
          "<html>",
          "\"text\"",
          "{]",
          "]",
          "{\"copiesMade\":\"many\"}",
          "{},\"title\":{}"
        })
    void whatIsNotExactlyOneFittingDocumentIsRefused(String text) {
      assertThatThrownBy(() -> answered(MuseumMethods.GET_PIECE, piece("7"), text))
          .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void bottomlessDocumentIsRefusedWithoutBeingFollowed() {
      String deep = "{\"new\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
      assertThatThrownBy(() -> answered(MuseumMethods.GET_PIECE, piece("7"), deep))
          .isInstanceOf(InvalidProtocolBufferException.class)
          .hasMessageContaining("levels");
    }
  }

  @Nested
  class Refused {
    @Test
    void streamUp() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RestMethod(ImpossibleMethods.UPLOAD, JsonStyle.CANONICAL))
          .withMessageContaining("museum.v1.Impossible/Upload takes a stream");
    }

    @Test
    void methodWithoutARoute() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RestMethod(ImpossibleMethods.NOWHERE, JsonStyle.CANONICAL))
          .withMessageContaining("no google.api.http rule");
    }

    @Test
    void getThatIsNotSafe() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RestMethod(ImpossibleMethods.TAKE_BY_GET, JsonStyle.CANONICAL))
          .withMessageContaining("idempotency_level = NO_SIDE_EFFECTS");
    }

    @Test
    void wildcardThatNoFieldFills() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RestMethod(ImpossibleMethods.SOMEWHERE, JsonStyle.CANONICAL))
          .withMessageContaining("wildcard");
    }
  }
}
