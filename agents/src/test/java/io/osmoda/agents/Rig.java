package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A proxy between a test that plays the client and the same test playing the server. */
final class Rig implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  final MemoryRecorder ledger;
  final Peer client;
  final Peer server;
  final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PipedProcess process;
  private final CompletableFuture<Integer> exit;

  Rig() {
    this(new MemoryRecorder(), builder -> builder);
  }

  Rig(UnaryOperator<McpWrap.Builder> settings) {
    this(new MemoryRecorder(), settings);
  }

  Rig(MemoryRecorder ledger, UnaryOperator<McpWrap.Builder> settings) {
    this.ledger = ledger;
    BytePipe fromClient = new BytePipe();
    BytePipe toClient = new BytePipe();
    BytePipe toServer = new BytePipe();
    BytePipe fromServer = new BytePipe();
    this.client = new Peer(toClient.in, fromClient.out);
    this.server = new Peer(toServer.in, fromServer.out);
    this.process = new PipedProcess(toServer.out, fromServer.in, fromServer.out);
    McpWrap wrap =
        settings
            .apply(
                McpWrap.builder(ledger, "tester", List.of("fake-server"))
                    .streams(fromClient.in, toClient.out)
                    .messages(new PrintStream(said, true, UTF_8))
                    .gapRetry(java.time.Duration.ofMillis(20))
                    .starter(command -> process))
            .build();
    this.exit = CompletableFuture.supplyAsync(wrap::run, task -> Thread.ofPlatform().start(task));
  }

  /** The server's process ends, and with it its output. */
  void serverExits(int code) {
    process.exit(code);
  }

  int awaitExit() throws Exception {
    return exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The client goes, the server ends well, and all is written down. */
  void finish() throws Exception {
    client.closeOutput();
    server.awaitEnd();
    serverExits(0);
    awaitExit();
  }

  @Override
  public void close() {
    process.exit(0);
    client.closeOutput();
    exit.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** One end: writes bytes or lines, reads lines. */
  static final class Peer {
    private final InputStream in;
    private final OutputStream out;

    Peer(InputStream in, OutputStream out) {
      this.in = in;
      this.out = out;
    }

    void send(String... lines) throws IOException {
      for (String line : lines) {
        raw((line + "\n").getBytes(UTF_8));
      }
    }

    void raw(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    /** The next line without its LF. */
    String line() throws Exception {
      return CompletableFuture.supplyAsync(
              () -> {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                try {
                  int c = in.read();
                  while (c >= 0 && c != '\n') {
                    line.write(c);
                    c = in.read();
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
                return line.toString(UTF_8);
              },
              Thread::startVirtualThread)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Exactly so many bytes. */
    byte[] bytes(int count) throws Exception {
      return CompletableFuture.supplyAsync(
              () -> {
                try {
                  return in.readNBytes(count);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              },
              Thread::startVirtualThread)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Whether nothing has come that was not read. */
    boolean isQuiet() throws IOException {
      return in.available() == 0;
    }

    void awaitEnd() throws Exception {
      bytes(Integer.MAX_VALUE - 16);
    }

    void closeOutput() {
      try {
        out.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    void closeInput() throws IOException {
      in.close();
    }
  }

  private static final class PipedProcess extends Process {
    private final OutputStream stdin;
    private final InputStream stdout;
    private final OutputStream stdoutEnd;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    PipedProcess(OutputStream stdin, InputStream stdout, OutputStream stdoutEnd) {
      this.stdin = stdin;
      this.stdout = stdout;
      this.stdoutEnd = stdoutEnd;
    }

    void exit(int code) {
      try {
        stdoutEnd.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      ended.complete(code);
    }

    @Override
    public OutputStream getOutputStream() {
      return stdin;
    }

    @Override
    public InputStream getInputStream() {
      return stdout;
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public int waitFor() throws InterruptedException {
      try {
        return ended.get();
      } catch (java.util.concurrent.ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
      try {
        ended.get(timeout, unit);
        return true;
      } catch (java.util.concurrent.TimeoutException e) {
        return false;
      } catch (java.util.concurrent.ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public int exitValue() {
      if (!ended.isDone()) {
        throw new IllegalThreadStateException("runs");
      }
      return ended.join();
    }

    @Override
    public void destroy() {
      exit(143);
    }

    @Override
    public Process destroyForcibly() {
      exit(137);
      return this;
    }

    @Override
    public java.util.stream.Stream<ProcessHandle> descendants() {
      return java.util.stream.Stream.empty();
    }
  }
}
