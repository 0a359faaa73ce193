package io.osmoda.daemon;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connector's connections for what Jetty's idle timeout lets pass: too many of them,
 * request headers that trickle in, and answers that take forever. Thread-safe.
 */
final class ConnectionGuard implements Connection.Listener {
  private final int limit;
  private final long headerNanos;
  private final Consumer<EndPoint> onClosed;
  private final LongSupplier nanoTime;
  private final Map<EndPoint, Watched> connections = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  private static final class Watched {
    final Connection connection;
    // Bytes that had come when the connection last fell quiet: more of them begin a request.
    long quietBytes;
    long partialSince;
    boolean partial;
    boolean busy;
    long busyUntil;
    volatile @Nullable Caller peer;

    Watched(Connection connection) {
      this.connection = connection;
    }
  }

  /**
   * @param onClosed called for each connection that closed
   */
  ConnectionGuard(
      int limit, Duration headerTime, Consumer<EndPoint> onClosed, LongSupplier nanoTime) {
    this.limit = limit;
    this.headerNanos = headerTime.toNanos();
    this.onClosed = onClosed;
    this.nanoTime = nanoTime;
  }

  @Override
  public void onOpened(Connection connection) {
    EndPoint endPoint = connection.getEndPoint();
    connections.put(endPoint, new Watched(connection));
    if (connections.size() > limit) {
      refused.incrementAndGet();
      endPoint.close();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    connections.remove(connection.getEndPoint());
    onClosed.accept(connection.getEndPoint());
  }

  /** Connections that are open now. */
  int size() {
    return connections.size();
  }

  /** Connections that were closed at once because there were too many. */
  long refused() {
    return refused.get();
  }

  /** Who is at the other end, if that was found out before: of one connection it never changes. */
  @Nullable Caller peer(EndPoint endPoint) {
    Watched watched = connections.get(endPoint);
    return watched == null ? null : watched.peer;
  }

  /** Keeps who is at the other end of a connection. */
  void knows(EndPoint endPoint, @Nullable Caller peer) {
    Watched watched = connections.get(endPoint);
    if (watched != null) {
      watched.peer = peer;
    }
  }

  /** A request's headers are complete and it is being served, for at most that long. */
  void begin(EndPoint endPoint, Duration longest) {
    Watched watched = connections.get(endPoint);
    if (watched != null) {
      synchronized (watched) {
        watched.busy = true;
        watched.partial = false;
        watched.busyUntil = nanoTime.getAsLong() + longest.toNanos();
      }
    }
  }

  /** The request is answered. */
  void end(EndPoint endPoint) {
    Watched watched = connections.get(endPoint);
    if (watched != null) {
      synchronized (watched) {
        watched.busy = false;
        watched.quietBytes = watched.connection.getBytesIn();
      }
    }
  }

  /** Closes the connections whose time is up; to be called about once a second. */
  void sweep() {
    long now = nanoTime.getAsLong();
    for (Map.Entry<EndPoint, Watched> entry : connections.entrySet()) {
      String late = lateness(entry.getValue(), now);
      if (late != null) {
        entry.getKey().close(new TimeoutException(late));
      }
    }
  }

  private @Nullable String lateness(Watched watched, long now) {
    synchronized (watched) {
      if (watched.busy) {
        return now - watched.busyUntil > 0 ? "the response took too long" : null;
      }
      if (watched.connection.getBytesIn() == watched.quietBytes) {
        return null;
      }
      if (!watched.partial) {
        watched.partial = true;
        watched.partialSince = now;
        return null;
      }
      return now - watched.partialSince > headerNanos
          ? "the request's headers took too long"
          : null;
    }
  }
}
