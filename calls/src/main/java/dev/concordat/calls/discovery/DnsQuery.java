package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Asks DNS servers one question: over UDP, and over TCP when the answer is too long for that.
///
/// Source: RFC 1035; RFC 2308 for how long a "no" is good for.
final class DnsQuery {
  private static final int ROUNDS = 2;
  private static final int ALIASES = 8;

  /// How long a "no" is good for when nobody says so.
  private static final long NO = 5;

  private final DnsOptions options;

  DnsQuery(DnsOptions options) {
    this.options = options;
  }

  /// The records of a type, behind all aliases.
  ///
  /// @throws Failure when no server gives an answer
  DnsAnswer ask(Name name, int type) throws InterruptedException {
    Name wanted = name;
    long ttl = Long.MAX_VALUE;
    for (int alias = 0; alias < ALIASES; alias++) {
      Name asked = wanted;
      Message message = message(asked, type);
      List<Record> said = message.getSection(Section.ANSWER);
      for (int i = 0; i < ALIASES && find(said, wanted, Type.CNAME).size() == 1; i++) {
        CNAMERecord to = (CNAMERecord) find(said, wanted, Type.CNAME).getFirst();
        ttl = Math.min(ttl, to.getTTL());
        wanted = to.getTarget();
      }
      if (!find(said, wanted, Type.CNAME).isEmpty()) {
        break;
      }
      List<Record> records = find(said, wanted, type);
      boolean elsewhere = records.isEmpty() && !wanted.equals(asked);
      if (!elsewhere || isNo(message)) {
        ttl = Math.min(ttl, records.isEmpty() ? no(message) : shortest(records));
        return new DnsAnswer(records, ttl, message.getSection(Section.ADDITIONAL));
      }
    }
    throw Failure.of(
        Code.INTERNAL, name + " has more than one alias at a time, or one without end");
  }

  private Message message(Name name, int type) throws InterruptedException {
    Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    List<String> why = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (InetSocketAddress server : servers()) {
        try {
          Message answer = send(server, question);
          boolean known = answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN;
          boolean whole = !answer.getHeader().getFlag(Flags.TC);
          if (known && whole) {
            return answer;
          }
          why.add(server + (whole ? " answers " + Rcode.string(answer.getRcode()) : " cuts off"));
        } catch (ExecutionException | TimeoutException e) {
          why.add(server + ": " + (e.getCause() == null ? e : e.getCause()));
        }
      }
    }
    throw Failure.of(
        Code.UNAVAILABLE, "no answer for " + name + " " + Type.string(type) + ": " + why);
  }

  private Message send(InetSocketAddress server, Message question)
      throws InterruptedException, ExecutionException, TimeoutException {
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setTimeout(options.looking().timeout());
    CompletableFuture<Message> answer = resolver.sendAsync(question).toCompletableFuture();
    try {
      // The library keeps the timeout for UDP and for TCP; this one is for both together.
      return answer.get(2 * options.looking().timeout().toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      answer.cancel(true);
    }
  }

  private List<InetSocketAddress> servers() {
    List<InetSocketAddress> said = options.servers();
    List<InetSocketAddress> servers =
        said.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : said;
    if (servers.isEmpty()) {
      throw Failure.of(Code.FAILED_PRECONDITION, "this machine names no DNS server");
    }
    return servers;
  }

  private static List<Record> find(List<Record> said, Name name, int type) {
    return said.stream()
        .filter(each -> each.getType() == type && each.getName().equals(name))
        .toList();
  }

  private static long shortest(List<Record> records) {
    return records.stream().mapToLong(Record::getTTL).min().orElse(0);
  }

  private static boolean isNo(Message message) {
    return message.getRcode() == Rcode.NXDOMAIN || soa(message) != null;
  }

  private static long no(Message message) {
    SOARecord soa = soa(message);
    return soa == null ? NO : Math.min(soa.getTTL(), soa.getMinimum());
  }

  private static @Nullable SOARecord soa(Message message) {
    for (Record each : message.getSection(Section.AUTHORITY)) {
      if (each instanceof SOARecord soa) {
        return soa;
      }
    }
    return null;
  }
}
