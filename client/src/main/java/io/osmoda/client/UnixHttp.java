package io.osmoda.client;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client for one connection to a Unix socket, as much of it as the daemon's own API
 * needs: one request after the other, every wait with a deadline. A library's client would double
 * the start-up time of a short command. Not thread-safe, but {@link #close} may come from any
 * thread.
 */
public final class UnixHttp implements AutoCloseable {
  private static final int BUFFER = 64 * Wire.KIB;
  private static final int MAX_HEADERS = 64 * Wire.KIB;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).flip();
  private long timeoutNanos;

  private UnixHttp(SocketChannel channel, Selector selector) throws IOException {
    this.channel = channel;
    this.selector = selector;
    channel.configureBlocking(false);
    this.key = channel.register(selector, SelectionKey.OP_READ);
  }

  /** Connects; an {@link IOException} where nobody listens. */
  public static UnixHttp connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new UnixHttp(channel, Selector.open());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** An answer. Its body must be read to the end, or the connection closed, before the next. */
  public static final class Reply {
    private final int status;
    private final InputStream body;

    private Reply(int status, InputStream body) {
      this.status = status;
      this.body = body;
    }

    public int status() {
      return status;
    }

    public InputStream body() {
      return body;
    }

    public byte[] bytes() throws IOException {
      return body.readAllBytes();
    }
  }

  /** An answer that is a JSON object. */
  public static JsonObject json(byte[] bytes) throws IOException {
    try {
      if (CanonicalJson.parse(bytes) instanceof JsonObject json) {
        return json;
      }
    } catch (JsonException e) {
      throw new IOException("the daemon's response is not JSON: " + e.getMessage(), e);
    }
    throw new IOException("the daemon's response is not a JSON object");
  }

  /**
   * Sends a request and reads the head of its answer.
   *
   * @param timeout longest silence to wait for, here and while the body is read
   */
  public Reply send(
      String method,
      String target,
      Map<String, String> headers,
      byte @Nullable [] body,
      Duration timeout)
      throws IOException {
    timeoutNanos = timeout.toNanos();
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    byte[] headBytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    int bodyLength = body == null ? 0 : body.length;
    ByteBuffer out = ByteBuffer.allocate(headBytes.length + bodyLength).put(headBytes);
    if (body != null) {
      out.put(body);
    }
    write(out.flip());
    return readReply();
  }

  /**
   * Asks that the connection be no longer HTTP. If the answer's status is 101, only {@link
   * #tryWrite} and {@link #tryRead} may be used after that, by one thread at a time.
   */
  Reply upgrade(String target, Map<String, String> headers, String protocol, Duration timeout)
      throws IOException {
    Map<String, String> all = new HashMap<>(headers);
    all.put("Connection", "Upgrade");
    all.put("Upgrade", protocol);
    return send("POST", target, all, new byte[0], timeout);
  }

  /**
   * Writes until all is written or the deadline has come.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   * @return whether all is written
   */
  boolean tryWrite(ByteBuffer out, long deadline) throws IOException {
    while (out.hasRemaining()) {
      if (channel.write(out) == 0 && !isReady(SelectionKey.OP_WRITE, deadline)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads until the buffer is full or the deadline has come.
   *
   * @param deadline on the clock of {@link System#nanoTime}
   * @return whether it is full
   */
  boolean tryRead(ByteBuffer target, long deadline) throws IOException {
    while (target.hasRemaining()) {
      if (!in.hasRemaining()) {
        in.clear();
        int count;
        try {
          count = channel.read(in);
        } finally {
          in.flip();
        }
        if (count < 0) {
          throw new EOFException("the daemon closed the connection");
        }
        if (count == 0 && !isReady(SelectionKey.OP_READ, deadline)) {
          return false;
        }
      }
      int count = Math.min(target.remaining(), in.remaining());
      target.put(target.position(), in, in.position(), count);
      target.position(target.position() + count);
      in.position(in.position() + count);
    }
    return true;
  }

  /** Waits; false where the deadline has come or the thread is interrupted. */
  private boolean isReady(int operation, long deadline) throws IOException {
    key.interestOps(operation);
    while (true) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      if (selector.select(Math.max(1, left / 1_000_000)) > 0) {
        selector.selectedKeys().clear();
        return true;
      }
      if (!channel.isOpen()) {
        throw new IOException("the connection was closed meanwhile");
      }
    }
  }

  private Reply readReply() throws IOException {
    String[] statusLine = readLine().split(" ", 3);
    if (statusLine.length < 2
        || !statusLine[0].startsWith("HTTP/1.")
        || !statusLine[1].matches("[1-5][0-9]{2}")) {
      throw new IOException("the response is not HTTP: " + String.join(" ", statusLine));
    }
    int status = Integer.parseInt(statusLine[1]);
    Map<String, String> headers = new HashMap<>();
    int size = 0;
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      size += line.length();
      int colon = line.indexOf(':');
      if (colon < 1 || size > MAX_HEADERS) {
        throw new IOException("the response headers are not HTTP");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (status == 100) {
      return readReply();
    }
    InputStream body =
        "chunked".equalsIgnoreCase(headers.get("transfer-encoding"))
            ? new ChunkedBody()
            : new SizedBody(length(headers.getOrDefault("content-length", "0")));
    return new Reply(status, body);
  }

  private static long length(String header) throws IOException {
    if (!header.matches("[0-9]{1,15}")) {
      throw new IOException("the response's Content-Length is not a number: " + header);
    }
    return Long.parseLong(header);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = readByte();
      if (c == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      if (line.length() >= MAX_HEADERS) {
        throw new IOException("a response header line is too long");
      }
      line.append((char) c);
    }
  }

  private int readByte() throws IOException {
    if (!in.hasRemaining() && !fill()) {
      throw new EOFException("the daemon closed the connection");
    }
    return in.get() & 0xff;
  }

  private boolean fill() throws IOException {
    in.clear();
    try {
      int count = channel.read(in);
      while (count == 0) {
        await(SelectionKey.OP_READ);
        count = channel.read(in);
      }
      return count > 0;
    } finally {
      in.flip();
    }
  }

  private void write(ByteBuffer out) throws IOException {
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    long deadline = System.nanoTime() + timeoutNanos;
    while (true) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new IOException(
            "the daemon did not respond within " + timeoutNanos / 1_000_000_000 + " s");
      }
      if (selector.select(Math.max(1, left / 1_000_000)) > 0) {
        selector.selectedKeys().clear();
        return;
      }
      if (Thread.currentThread().isInterrupted() || !channel.isOpen()) {
        throw new IOException("interrupted while waiting for the daemon");
      }
    }
  }

  @Override
  public void close() {
    try (selector;
        channel) {
      selector.wakeup();
    } catch (IOException e) {
      // nothing is lost with it: requests that matter have their answer
    }
  }

  private final class SizedBody extends InputStream {
    private long left;

    SizedBody(long length) {
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      if (left == 0) {
        return -1;
      }
      left--;
      return readByte();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (left == 0) {
        return -1;
      }
      int count = readSome(target, offset, (int) Math.min(length, left));
      left -= count;
      return count;
    }
  }

  private final class ChunkedBody extends InputStream {
    private long left;
    private boolean first = true;
    private boolean ended;

    private boolean more() throws IOException {
      if (left == 0 && !ended) {
        if (!first && !readLine().isEmpty()) {
          throw new IOException("the response's chunked encoding is invalid");
        }
        first = false;
        String size = readLine();
        if (!size.matches("[0-9a-fA-F]{1,8}")) {
          throw new IOException("the response's chunked encoding is invalid: " + size);
        }
        left = Long.parseLong(size, 16);
        if (left == 0) {
          ended = true;
          while (!readLine().isEmpty()) {
            // trailers, of which there are none that we use
          }
        }
      }
      return !ended;
    }

    @Override
    public int read() throws IOException {
      if (!more()) {
        return -1;
      }
      left--;
      return readByte();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      if (!more()) {
        return -1;
      }
      int count = readSome(target, offset, (int) Math.min(length, left));
      left -= count;
      return count;
    }
  }

  private int readSome(byte[] target, int offset, int length) throws IOException {
    if (!in.hasRemaining() && !fill()) {
      throw new EOFException("the daemon closed the connection in the middle of a response");
    }
    int count = Math.min(length, in.remaining());
    in.get(target, offset, count);
    return count;
  }
}
