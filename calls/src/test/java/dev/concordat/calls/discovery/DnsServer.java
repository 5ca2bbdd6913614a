package dev.concordat.calls.discovery;

import dev.concordat.calls.discovery.Origin.Plague;
import dev.concordat.core.Background;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Zone;

/// An authoritative DNS server on UDP and TCP for one zone, whose records change: dnsjava has the
/// zone and the messages, this has the sockets. Long answers are cut off on UDP and whole on TCP.
final class DnsServer implements AutoCloseable {
  static final Name ORIGIN = name("test.");
  private static final int UDP = 512;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Background threads = new Background("dns-server");
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong askedByTcp = new AtomicLong();
  private volatile Zone zone = zone(0);
  private volatile Plague plague = Plague.NONE;

  DnsServer() {
    try {
      tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      udp = new DatagramSocket(new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.start("udp", this::udp);
    threads.start("tcp", this::tcp);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  /// The whole zone from now on.
  ///
  /// @param no how long a "no" is good for, in seconds
  void become(long no, Record... records) {
    Zone next = zone(no);
    for (Record each : records) {
      next.addRecord(each);
    }
    zone = next;
  }

  void suffer(Plague plague) {
    this.plague = plague;
  }

  long asked() {
    return asked.get();
  }

  long askedByTcp() {
    return askedByTcp.get();
  }

  @Override
  public void close() {
    try {
      udp.close();
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.close();
  }

  static Name name(String text) {
    return Name.fromConstantString(text);
  }

  private static Zone zone(long no) {
    Name server = Name.fromConstantString("ns.test.");
    SOARecord soa =
        new SOARecord(ORIGIN, DClass.IN, no, server, name("me.test."), 1, 60, 60, 60, no);
    try {
      return new Zone(ORIGIN, new Record[] {soa, new NSRecord(ORIGIN, DClass.IN, 60, server)});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void udp() {
    byte[] buffer = new byte[4_096];
    while (!threads.stopping()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        byte[] question = Arrays.copyOf(buffer, packet.getLength());
        Optional<byte[]> said = answer(question, UDP);
        if (said.isPresent()) {
          udp.send(new DatagramPacket(said.get(), said.get().length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        assert udp.isClosed() || e != null; // somebody no longer listens
      }
    }
  }

  private void tcp() {
    while (!threads.stopping()) {
      try {
        Socket socket = tcp.accept();
        threads.start("answer", () -> tcp(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void tcp(Socket socket) {
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
      askedByTcp.incrementAndGet();
      byte[] question = new byte[in.readUnsignedShort()];
      in.readFully(question);
      Optional<byte[]> said = answer(question, Message.MAXLENGTH);
      if (said.isPresent()) {
        out.writeShort(said.get().length);
        out.write(said.get());
        out.flush();
        in.read();
      }
    } catch (IOException e) {
      assert e != null; // hung up
    }
  }

  private Optional<byte[]> answer(byte[] wire, int most) throws IOException {
    asked.incrementAndGet();
    Message question = new Message(wire);
    Plague now = plague;
    return switch (now.kind()) {
      case HANGS -> Optional.empty();
      // What a server says that cannot reach those who know.
      case DOWN -> Optional.of(nonsense(question, "SERVFAIL"));
      case NONE -> Optional.of(answer(question).toWire(most));
      case SAYS -> Optional.of(nonsense(question, now.says()));
    };
  }

  private static byte[] nonsense(Message question, String says) {
    Message answer = head(question);
    switch (says) {
      case "SERVFAIL" -> answer.getHeader().setRcode(Rcode.SERVFAIL);
      case "REFUSED" -> answer.getHeader().setRcode(Rcode.REFUSED);
      case "endless aliases" ->
          answer.addRecord(
              new CNAMERecord(
                  question.getQuestion().getName(), DClass.IN, 0, question.getQuestion().getName()),
              Section.ANSWER);
      case "cut off for ever" -> answer.getHeader().setFlag(Flags.TC);
      default -> {
        return says.getBytes(StandardCharsets.UTF_8);
      }
    }
    return answer.toWire();
  }

  private Message answer(Message question) {
    Message answer = head(question);
    Record asks = question.getQuestion();
    SetResponse found = zone.findRecords(asks.getName(), asks.getType());
    if (found.isSuccessful()) {
      found.answers().forEach(set -> add(answer, set));
    } else if (found.isCNAME()) {
      answer.addRecord(found.getCNAME(), Section.ANSWER);
    } else {
      answer.getHeader().setRcode(found.isNXDOMAIN() ? Rcode.NXDOMAIN : Rcode.NOERROR);
      answer.addRecord(zone.getSOA(), Section.AUTHORITY);
    }
    return answer;
  }

  private static void add(Message answer, RRset set) {
    set.rrs(false).forEach(each -> answer.addRecord(each, Section.ANSWER));
  }

  private static Message head(Message question) {
    Message answer = new Message(question.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.addRecord(question.getQuestion(), Section.QUESTION);
    return answer;
  }
}
