package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Some connections to a daemon's Unix socket, each with one request under way at a time. One thread
 * serves them all, so that the client takes little of the machine that the daemon needs too.
 */
final class ApiLoad implements AutoCloseable {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(US_ASCII);
  private static final String LENGTH = "Content-Length: ";
  private static final int BUFFER = 64 << 10;

  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();

  /**
   * A request that lies ready.
   *
   * @param bytes head and body; never to be written to
   * @param entries drafts in it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(byte[] bytes, int entries) {}

  /** A POST of that body to the entries of the ledger. */
  static Request post(String mediaType, byte[] body, int entries) {
    byte[] head =
        String.join(
                "\r\n",
                "POST /api/v1/entries HTTP/1.1",
                "Host: localhost",
                "Content-Type: " + mediaType,
                "Content-Length: " + body.length,
                "",
                "")
            .getBytes(US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return new Request(all, entries);
  }

  private static final class Connection {
    final SocketChannel channel;
    byte[] answer = new byte[BUFFER];
    ByteBuffer in = ByteBuffer.wrap(answer);
    ByteBuffer out = ByteBuffer.allocate(0);
    Request request = new Request(new byte[0], 0);
    int next;
    long sentAt;
    int headEnd;
    int answerEnd;

    Connection(SocketChannel channel, int first) {
      this.channel = channel;
      this.next = first;
    }
  }

  ApiLoad(Path socket, int count) throws IOException {
    this.selector = Selector.open();
    try {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        // Connections start at different requests, as different callers do.
        Connection connection = new Connection(channel, i * 1_009);
        connections.add(connection);
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        channel.register(selector, 0, connection);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Sends request after request on each connection for about a time, and waits for all answers.
   *
   * @param latency takes the nanoseconds from sending a request to the end of its answer
   * @return the entries whose receipts came
   */
  Pace run(List<Request> requests, long nanos, Histogram latency) throws IOException {
    long start = System.nanoTime();
    long end = start + nanos;
    long entries = 0;
    int open = 0;
    for (SelectionKey key : selector.keys()) {
      send(key, requests);
      open++;
    }
    while (open > 0) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        Connection connection = (Connection) key.attachment();
        if (key.isWritable()) {
          write(key, connection);
        }
        if (!key.isReadable() || !read(connection)) {
          continue;
        }
        long now = System.nanoTime();
        latency.recordValue(now - connection.sentAt);
        check(connection);
        entries += connection.request.entries();
        if (now - end < 0) {
          send(key, requests);
        } else {
          key.interestOps(0);
          open--;
        }
      }
      selector.selectedKeys().clear();
    }
    return new Pace(entries, System.nanoTime() - start);
  }

  private static void send(SelectionKey key, List<Request> requests) throws IOException {
    Connection connection = (Connection) key.attachment();
    connection.request = requests.get(connection.next++ % requests.size());
    connection.out = ByteBuffer.wrap(connection.request.bytes());
    connection.in.clear();
    connection.headEnd = 0;
    connection.answerEnd = Integer.MAX_VALUE;
    connection.sentAt = System.nanoTime();
    write(key, connection);
  }

  private static void write(SelectionKey key, Connection connection) throws IOException {
    connection.channel.write(connection.out);
    key.interestOps(
        SelectionKey.OP_READ | (connection.out.hasRemaining() ? SelectionKey.OP_WRITE : 0));
  }

  /** Reads what is there; whether the answer is complete. */
  private static boolean read(Connection connection) throws IOException {
    ByteBuffer in = connection.in;
    if (!in.hasRemaining()) {
      connection.answer = Arrays.copyOf(connection.answer, 2 * connection.answer.length);
      in = ByteBuffer.wrap(connection.answer).position(in.position());
      connection.in = in;
    }
    if (connection.channel.read(in) < 0) {
      throw new EOFException("the daemon closed a connection");
    }
    if (connection.headEnd == 0) {
      int headEnd = indexOf(connection.answer, in.position(), HEAD_END);
      if (headEnd >= 0) {
        connection.headEnd = headEnd + HEAD_END.length;
        connection.answerEnd =
            connection.headEnd + bodyLength(connection.answer, connection.headEnd);
      }
    }
    return in.position() >= connection.answerEnd;
  }

  private static int bodyLength(byte[] bytes, int headEnd) throws IOException {
    String head = new String(bytes, 0, headEnd, US_ASCII);
    int at = head.indexOf(LENGTH);
    if (at < 0) {
      throw new IOException("an answer without a length: " + head);
    }
    int from = at + LENGTH.length();
    return Integer.parseInt(head.substring(from, head.indexOf('\r', from)));
  }

  private static int indexOf(byte[] bytes, int end, byte[] wanted) {
    for (int i = 0; i + wanted.length <= end; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  /** An answer has a receipt for each draft, or the figures mean nothing. */
  private static void check(Connection connection) throws IOException {
    byte[] answer = connection.answer;
    int receipts = 0;
    boolean isLineStart = true;
    for (int i = connection.headEnd; i < connection.answerEnd; i++) {
      if (isLineStart && !startsWithReceipt(answer, i)) {
        throw new IOException(
            "not acknowledged: " + new String(answer, 0, connection.answerEnd, US_ASCII));
      }
      isLineStart = answer[i] == '\n';
      receipts += isLineStart ? 1 : 0;
    }
    if (receipts != connection.request.entries()) {
      throw new IOException(receipts + " receipts for " + connection.request.entries() + " drafts");
    }
  }

  private static boolean startsWithReceipt(byte[] answer, int at) {
    return answer[at] == '{'
        && answer[at + 1] == '"'
        && answer[at + 2] == 'e'
        && answer[at + 3] == 'n';
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
