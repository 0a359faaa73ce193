package io.osmoda.daemon;

import io.osmoda.client.CaptureFrames;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * A capture client's connection once it is no longer HTTP ({@link CaptureFrames}). It has a thread
 * of its own, which reads a message, seals what is in it and writes the answer: a call that waits
 * for its entry waits for no other thread here. Jetty keeps the socket and no longer reads from it.
 */
final class CaptureStream extends AbstractConnection {
  private static final Logger LOG = System.getLogger(CaptureStream.class.getName());
  private static final int BUFFER = 64 * Limits.KIB;

  private final Handler handler;
  private final Limits limits;
  private final SocketChannel channel;
  private final ByteBuffer welcome;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).flip();
  private volatile @Nullable Selector selector;
  private volatile boolean stopping;

  /** Who takes the messages of one connection. */
  interface Handler {
    /**
     * Serves a message.
     *
     * @return the answer, or null where the connection is to be closed without one
     */
    @Nullable ByteBuffer serve(ByteBuffer message) throws IOException;

    /** Told once, when the connection's thread ends. */
    void ended(CaptureStream stream);
  }

  CaptureStream(
      EndPoint endPoint, Executor executor, ByteBuffer welcome, Limits limits, Handler handler) {
    super(endPoint, executor);
    this.channel = (SocketChannel) endPoint.getTransport();
    this.welcome = welcome;
    this.limits = limits;
    this.handler = handler;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    Thread.ofPlatform().daemon().name("capture-" + channel.hashCode()).start(this::run);
  }

  /** None of its bytes is part of a request's headers, which the guard would wait for. */
  @Override
  public long getBytesIn() {
    return 0;
  }

  @Override
  public void onFillable() {
    throw new IllegalStateException("nothing here asks Jetty for more bytes");
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    stop();
    super.onClose(cause);
  }

  /** Ends the connection when the message that is being served, if there is one, is answered. */
  void stop() {
    stopping = true;
    Selector waiting = selector;
    if (waiting != null) {
      waiting.wakeup();
    }
  }

  private void run() {
    try (Selector own = Selector.open()) {
      SelectionKey key = channel.register(own, SelectionKey.OP_READ);
      selector = own;
      write(key, welcome);
      for (ByteBuffer message = next(key); message != null; message = next(key)) {
        ByteBuffer answer = handler.serve(message);
        if (answer == null) {
          return;
        }
        write(key, answer);
      }
    } catch (IOException | CancelledKeyException | ClosedSelectorException e) {
      // the client has gone, or the daemon closed the connection
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "serving a capture connection", e);
    } finally {
      handler.ended(this);
      getEndPoint().close();
    }
  }

  /** The next message; null where the daemon stops before one begins. */
  private @Nullable ByteBuffer next(SelectionKey key) throws IOException {
    while (in.remaining() < CaptureFrames.LENGTH_BYTES) {
      if (!in.hasRemaining() && !awaitMessage(key)) {
        return null;
      }
      fill(key);
    }
    int length = in.getInt();
    if (length < 0 || length > limits.bodyBytes()) {
      write(
          key,
          CaptureFrames.refusal(
              "a message may have " + limits.bodyBytes() + " bytes: send smaller batches"));
      return null;
    }
    if (length <= in.remaining()) {
      // Whole in the buffer, as most are: it is read before the buffer is filled again.
      ByteBuffer message = in.slice(in.position(), length);
      in.position(in.position() + length);
      return message;
    }
    ByteBuffer message = ByteBuffer.allocate(length);
    long deadline = System.nanoTime() + limits.bodyTime().toNanos();
    while (true) {
      int count = Math.min(message.remaining(), in.remaining());
      message.put(message.position(), in, in.position(), count);
      message.position(message.position() + count);
      in.position(in.position() + count);
      if (!message.hasRemaining()) {
        return message.flip();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new EOFException("a message did not come to its end");
      }
      fill(key);
    }
  }

  /**
   * Waits for the first byte of a message without a limit: a capture point may be silent for hours.
   */
  private boolean awaitMessage(SelectionKey key) throws IOException {
    while (!stopping) {
      if (key.selector().select() > 0) {
        key.selector().selectedKeys().clear();
        return true;
      }
      if (!key.isValid()) {
        return false;
      }
    }
    return false;
  }

  /** Reads what there is, waiting for it at most as long as a request's body may take. */
  private void fill(SelectionKey key) throws IOException {
    in.compact();
    try {
      int count = channel.read(in);
      if (count == 0) {
        await(key);
        count = channel.read(in);
      }
      if (count < 0) {
        throw new EOFException("the client closed the connection");
      }
    } finally {
      in.flip();
    }
  }

  private void write(SelectionKey key, ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      if (channel.write(message) == 0) {
        key.interestOps(SelectionKey.OP_WRITE);
        await(key);
        key.interestOps(SelectionKey.OP_READ);
      }
    }
  }

  private void await(SelectionKey key) throws IOException {
    if (key.selector().select(limits.bodyTime().toMillis()) == 0) {
      throw new EOFException("the client neither sent nor took anything");
    }
    key.selector().selectedKeys().clear();
  }
}
