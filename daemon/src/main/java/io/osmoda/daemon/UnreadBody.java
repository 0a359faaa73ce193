package io.osmoda.daemon;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * What becomes of a request's body that the answer is given without. A connection on which bytes of
 * it are still to come cannot take another request, so the answer must say that it ends: else the
 * client sends its next request into a connection that closes without a word.
 */
final class UnreadBody {
  /** How long a refusal waits for a body that is on its way, so that the connection can go on. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private UnreadBody() {}

  /**
   * To be called before an answer is written: drops what has come of the body, and where more is to
   * come lets the answer say {@code Connection: close}.
   */
  static void settle(Request request, Response response) {
    if (!request.consumeAvailable()) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    }
  }

  /**
   * To be called before a refusal: reads and drops a body that is on its way, within some time. A
   * client that still sends when the connection closes would meet a broken pipe and never see the
   * answer.
   *
   * @param most bytes that are read at most
   */
  static void drop(Request request, long most) throws InterruptedIOException {
    if (request.getHeaders().contains(HttpHeader.EXPECT) || request.getLength() > most) {
      return; // that client waits for a word first; this one would send for too long
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long left = most;
    while (left >= 0) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        if (!awaitMore(request, deadline)) {
          return;
        }
      } else if (Content.Chunk.isFailure(chunk)) {
        return;
      } else {
        left -= chunk.remaining();
        boolean isLast = chunk.isLast();
        chunk.release();
        if (isLast) {
          return;
        }
      }
    }
  }

  private static boolean awaitMore(Request request, long deadline) throws InterruptedIOException {
    CountDownLatch more = new CountDownLatch(1);
    request.demand(more::countDown);
    try {
      return more.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a body was dropped");
    }
  }
}
