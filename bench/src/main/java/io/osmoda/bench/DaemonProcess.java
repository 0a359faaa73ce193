package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A daemon in a process of its own, started and asked as a user would. */
final class DaemonProcess implements AutoCloseable {
  private static final long POLL_NANOS = 1_000_000;
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final long END_SECONDS = 10;
  private static final String STATUS_REQUEST =
      "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private static final String METRICS_REQUEST =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private final Process process;
  private final Path socket;
  private final Path errors;
  private final double readyMillis;

  private DaemonProcess(Process process, Path socket, Path errors, long start) throws IOException {
    this.process = process;
    this.socket = socket;
    this.errors = errors;
    awaitReady(start);
    this.readyMillis = (System.nanoTime() - start) / 1e6;
  }

  /**
   * Starts {@code osmoda serve} and waits until it answers over its Unix socket.
   *
   * @param folder holds the socket and what the daemon says
   */
  static DaemonProcess start(Path osmoda, Path ledger, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path socket = folder.resolve("s");
    Path errors = folder.resolve("daemon.log");
    ProcessBuilder command =
        new ProcessBuilder(osmoda.toString(), "serve", "--ledger", ledger.toString());
    command.environment().putAll(environment(ledger, socket));
    command.redirectErrorStream(true).redirectOutput(errors.toFile());
    long start = System.nanoTime();
    return new DaemonProcess(command.start(), socket, errors, start);
  }

  static Map<String, String> environment(Path ledger, Path socket) {
    return Map.of("OSMODA_LEDGER", ledger.toString(), "OSMODA_SOCKET", socket.toString());
  }

  Path socket() {
    return socket;
  }

  /** From the start of the process to its first answer. */
  double readyMillis() {
    return readyMillis;
  }

  /** Time on a processor so far. */
  Duration cpuTime() throws IOException {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IOException("the system does not tell a process's CPU time"));
  }

  /** Waits until the index has all entries: what it still had to do is then done. */
  void awaitIndexed() throws IOException {
    long start = System.nanoTime();
    while (!ask(METRICS_REQUEST).contains("\nosmoda_index_missing_entries 0\n")) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IOException("the daemon's index does not catch up");
      }
      LockSupport.parkNanos(POLL_NANOS * 20);
    }
  }

  private String ask(String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
      return new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII);
    }
  }

  /** Resident memory now. */
  double residentMegabytes() throws IOException {
    return Machine.kibibytes(Path.of("/proc", Long.toString(process.pid()), "status"), "VmRSS")
        * 1024
        / 1e6;
  }

  private void awaitReady(long start) throws IOException {
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
        process.destroyForcibly();
        throw new IOException(
            "the daemon does not answer; it said: " + Files.readString(errors).strip());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private boolean answers() {
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(STATUS_REQUEST.getBytes(US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(256);
      while (channel.read(answer) > 0 && answer.position() < 15) {
        // until the status line is there
      }
      return new String(answer.array(), 0, answer.position(), US_ASCII).startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return false; // it has not begun to listen
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
