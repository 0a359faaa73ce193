package io.osmoda.daemon;

import io.osmoda.client.Json;
import io.osmoda.client.RuntimeFolder;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The sockets and the HTTP server behind them: a Unix socket, and a loopback port where one is
 * asked for. Endpoints run on virtual threads; few platform threads watch the sockets.
 */
final class HttpShell implements AutoCloseable {
  private static final int THREADS = 8;
  private static final int BACKLOG = 256;
  private static final long BUFFER_POOL_BYTES = 4L * Limits.MIB;

  private final Server server;
  private final Path socket;
  private final ConnectionGuard socketGuard;
  private final ConnectionGuard httpGuard;
  private final @Nullable ServerConnector http;
  private final Thread sweeper;

  /**
   * Starts listening.
   *
   * @param socket where the Unix socket is made; a socket there that nobody answers is replaced
   * @param othersMayConnect whether users other than the daemon's own reach the socket
   * @param port loopback port, 0 for any that is free, null for none
   * @param onClosed called for each connection to the socket that closed
   * @throws IOException if the socket or the port cannot be had
   */
  HttpShell(
      Path socket,
      boolean othersMayConnect,
      @Nullable Integer port,
      Handler handler,
      Consumer<EndPoint> onClosed,
      Limits limits,
      LongSupplier nanoTime)
      throws IOException {
    this.socket = socket;
    this.socketGuard =
        new ConnectionGuard(limits.socketConnections(), limits.headerTime(), onClosed, nanoTime);
    this.httpGuard =
        new ConnectionGuard(
            limits.httpConnections(), limits.headerTime(), endPoint -> {}, nanoTime);

    QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("request-"));
    this.server =
        new Server(
            threads,
            new ScheduledExecutorScheduler("http-timeouts", true),
            new ArrayByteBufferPool(0, 4_096, 65_536, -1, BUFFER_POOL_BYTES, BUFFER_POOL_BYTES));
    server.setHandler(handler);
    server.setErrorHandler(HttpShell::jettyError);
    server.setStopTimeout(0);

    UnixDomainServerConnector unix =
        new UnixDomainServerConnector(server, 0, 1, new HttpConnectionFactory(config(limits)));
    unix.setUnixDomainPath(socket);
    unix.setAcceptQueueSize(BACKLOG);
    unix.setIdleTimeout(limits.idleTime().toMillis());
    unix.addBean(socketGuard);
    server.addConnector(unix);
    if (port == null) {
      http = null;
    } else {
      http = new ServerConnector(server, 0, 1, new HttpConnectionFactory(config(limits)));
      http.setHost(InetAddress.getLoopbackAddress().getHostAddress());
      http.setPort(port);
      http.setAcceptQueueSize(BACKLOG);
      http.setIdleTimeout(limits.idleTime().toMillis());
      http.addBean(httpGuard);
      server.addConnector(http);
    }
    removeStale(socket);
    if (port != null && port != 0) {
      checkFree(port);
    }
    start();
    Files.setPosixFilePermissions(
        socket, PosixFilePermissions.fromString(othersMayConnect ? "rw-rw-rw-" : "rw-------"));
    this.sweeper = Thread.ofVirtual().name("connection-sweeper").start(this::sweep);
  }

  private static HttpConfiguration config(Limits limits) {
    HttpConfiguration config = new HttpConfiguration();
    config.setSendServerVersion(false);
    config.setSendDateHeader(true);
    config.setRequestHeaderSize(limits.headerBytes());
    config.setResponseHeaderSize(limits.headerBytes());
    config.setUseInputDirectByteBuffers(false);
    config.setUseOutputDirectByteBuffers(false);
    return config;
  }

  private void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      stop(e);
      throw e;
    } catch (Exception e) {
      stop(e);
      throw new IOException("the HTTP server did not start: " + e.getMessage(), e);
    }
  }

  private void stop(Exception cause) {
    try {
      server.stop();
    } catch (Exception e) {
      cause.addSuppressed(e);
    }
  }

  /** Jetty's message for a taken port names a class and no remedy. */
  private static void checkFree(int port) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IOException(
          "port "
              + port
              + " on loopback is in use: choose another with --http-port, or pass --no-http",
          e);
    }
  }

  /**
   * A socket outlives a process that was killed. The caller holds the ledger's lock, so a socket
   * that nobody answers can be removed.
   */
  private static void removeStale(Path socket) throws IOException {
    if (!RuntimeFolder.isShortEnough(socket)) {
      throw new IOException(
          socket
              + " is longer than the "
              + RuntimeFolder.MAX_SOCKET_PATH
              + " bytes allowed for a Unix socket's path: choose another with --socket");
    }
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(
          socket + " exists and is not a socket: remove it or choose another path");
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      Files.deleteIfExists(socket); // nobody listens any more
      return;
    }
    throw new IOException(socket + " is in use by another process: choose another with --socket");
  }

  /** Answers what Jetty itself refuses, such as requests that are no HTTP. */
  private static boolean jettyError(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    JsonObject problem =
        Problem.of(
                status,
                "http",
                String.valueOf(HttpStatus.getMessage(status)),
                message == null ? "the request cannot be served" : message.toString())
            .toJson();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.write(true, ByteBuffer.wrap(Json.line(problem)), callback);
    return true;
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(1_000);
        socketGuard.sweep();
        httpGuard.sweep();
      }
    } catch (InterruptedException e) {
      // told to stop by close()
    }
  }

  /** The Unix socket's path. */
  Path socket() {
    return socket;
  }

  /** The loopback port, null if there is none. */
  @Nullable Integer port() {
    return http == null ? null : (Integer) http.getLocalPort();
  }

  /** Connections open now, on both. */
  int connections() {
    return socketGuard.size() + httpGuard.size();
  }

  /** Connections that were closed at once because there were too many. */
  long refusedConnections() {
    return socketGuard.refused() + httpGuard.refused();
  }

  /** Stops listening and closes all connections; the socket's file is removed. */
  @Override
  public void close() throws IOException {
    sweeper.interrupt();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the HTTP server did not stop: " + e.getMessage(), e);
    }
  }
}
