package dev.concordat.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.calls.Answer;
import dev.concordat.calls.RawCaller;
import dev.concordat.contract.Method;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.edge.test.AddBookRequest;
import dev.concordat.edge.test.Book;
import dev.concordat.edge.test.GetBookRequest;
import dev.concordat.edge.test.GetFileRequest;
import dev.concordat.edge.test.ListBooksRequest;
import dev.concordat.edge.test.ListBooksResponse;
import dev.concordat.edge.test.Page;
import dev.concordat.edge.test.ReadPagesRequest;
import dev.concordat.edge.test.ReplaceBookRequest;
import dev.concordat.edge.test.ReplaceBookResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// A library behind the edge, with books in it.
final class FakeLibrary implements RawCaller {
  final Map<String, Book> books = new ConcurrentHashMap<>();
  final List<Message> requests = new CopyOnWriteArrayList<>();
  final List<Context> contexts = new CopyOnWriteArrayList<>();
  final AtomicInteger pagesTaken = new AtomicInteger();
  final CountDownLatch streamClosed = new CountDownLatch(1);

  /// What happens instead of an answer.
  volatile Optional<Supplier<Failure>> trouble = Optional.empty();

  /// Calls wait here.
  volatile Optional<CountDownLatch> gate = Optional.empty();

  @Override
  public Answer unary(Method<?, ?> method, byte[] request) {
    contexts.add(Context.current());
    gate.ifPresent(FakeLibrary::pass);
    trouble.ifPresent(failure -> {
      throw failure.get();
    });
    try {
      return answer(method.name(), request);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the edge sent what is no message", e);
    }
  }

  private static void pass(CountDownLatch gate) {
    Thread caller = Thread.currentThread();
    Runnable forget = Context.current().cancellation().onCancel(caller::interrupt);
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw Context.current().cancellation().reason().orElseThrow();
    } finally {
      forget.run();
    }
  }

  private Answer answer(String method, byte[] bytes) throws InvalidProtocolBufferException {
    return switch (method) {
      case "GetBook", "LendBook", "BurnBook", "SearchBooks" -> {
        GetBookRequest request = seen(GetBookRequest.parseFrom(bytes));
        Book book = books.get(request.getBookId());
        if (book == null) {
          throw Failure.notFound("there is no book " + request.getBookId());
        }
        yield new Answer(book.toByteArray(), false);
      }
      case "ListBooks" -> {
        seen(ListBooksRequest.parseFrom(bytes));
        yield new Answer(
            ListBooksResponse.newBuilder().addAllBooks(books.values()).build().toByteArray(),
            false);
      }
      case "AddBook" -> {
        AddBookRequest request = seen(AddBookRequest.parseFrom(bytes));
        String key = Context.current().idempotencyKey().orElseThrow();
        boolean known = books.containsKey("b " + key);
        Book book =
            Book.newBuilder()
                .setBookId("b " + key)
                .setTitle(request.getTitle())
                .setAuthor(request.getAuthor())
                .addAllCopies(request.getCopiesList())
                .build();
        books.put(book.getBookId(), book);
        yield new Answer(book.toByteArray(), known);
      }
      case "ReplaceBook" -> {
        ReplaceBookRequest request = seen(ReplaceBookRequest.parseFrom(bytes));
        yield new Answer(
            ReplaceBookResponse.newBuilder().setBook(request.getBook()).build().toByteArray(),
            false);
      }
      case "GetFile" -> {
        GetFileRequest request = seen(GetFileRequest.parseFrom(bytes));
        yield new Answer(
            Book.newBuilder().setTitle(request.getPath()).build().toByteArray(), false);
      }
      default -> throw new AssertionError(method);
    };
  }

  private <T extends Message> T seen(T request) {
    requests.add(request);
    return request;
  }

  @Override
  public Source<byte[]> serverStream(Method<?, ?> method, byte[] bytes) {
    Context context = Context.current();
    contexts.add(context);
    ReadPagesRequest request;
    try {
      request = seen(ReadPagesRequest.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the edge sent what is no message", e);
    }
    return new Source<>() {
      private int sent;

      @Override
      public Optional<byte[]> next() {
        context.check();
        if (sent == request.getCount()) {
          trouble.ifPresent(failure -> {
            throw failure.get();
          });
          gate.ifPresent(FakeLibrary::pass);
          return Optional.empty();
        }
        pagesTaken.incrementAndGet();
        Page page =
            Page.newBuilder().setNumber(++sent).setText("x".repeat(request.getSize())).build();
        return Optional.of(page.toByteArray());
      }

      @Override
      public void close() {
        streamClosed.countDown();
      }
    };
  }
}
