package io.osmoda.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Whether the client of a request still waits for its answer. Jetty looks at a connection again
 * only once the answer is given, so a client that left during a long count would be counted for to
 * the end: we look ourselves, while nothing of the answer is written. One that closed only its own
 * sending half counts as gone too, as with most servers. Thread-safe.
 */
final class ClientPresence {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final EndPoint endPoint;
  private final Response response;
  private final LongSupplier nanoTime;
  private final ByteBuffer one = BufferUtil.allocate(1);
  private boolean looks;
  private boolean gone;
  private long next;

  ClientPresence(Request request, Response response, LongSupplier nanoTime) {
    this.endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    this.response = response;
    this.nanoTime = nanoTime;
    this.next = nanoTime.getAsLong() + LOOK_NANOS;
    // What comes on the connection is then nothing of this request.
    this.looks =
        request.getLength() <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  /** Whether it left; looks at most 20 times a second. */
  synchronized boolean isGone() {
    if (gone || !endPoint.isOpen()) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (looks && now - next >= 0 && !response.isCommitted()) {
      next = now + LOOK_NANOS;
      look();
    }
    return gone;
  }

  private void look() {
    try {
      int count = endPoint.fill(one);
      gone = count < 0;
      if (count > 0) {
        // The client sends its next request before it has this answer. We have a byte of that now,
        // so it goes unanswered; whoever pipelines must be ready to send it again (RFC 9112,
        // 9.3.2).
        looks = false;
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
      }
    } catch (IOException e) {
      gone = true; // a broken connection
    }
  }
}
