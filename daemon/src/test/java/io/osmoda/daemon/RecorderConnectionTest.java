package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.client.DaemonLauncher;
import io.osmoda.client.RecorderConnection;
import io.osmoda.client.RuntimeFolder;
import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderConnectionTest {
  private static final Duration OUTAGE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private static DaemonLauncher noLauncher(Map<String, String> environment) {
    return new DaemonLauncher(
        List.of("/bin/sh", "-c", "echo nothing to start here; exit 3"), environment);
  }

  private static RecorderConnection open(DaemonFixture fixture) throws IOException {
    return RecorderConnection.open(
        fixture.ledger, noLauncher(fixture.environment), OUTAGE, new SecureRandom());
  }

  private static EntryDraft draft(long n) {
    return EntryDraft.builder("mcp_proxy", "agent:x", "tool_call")
        .payload(JsonObject.builder().put("n", n).build())
        .build();
  }

  @Test
  void receiptsNameTheSealedEntriesInOrder() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder)) {
      List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
      try (RecorderConnection recorder = open(fixture)) {
        for (int n = 0; n < 1_000; n++) {
          receipts.add(recorder.append(draft(n)));
        }
      }
      List<Entry> sealed = fixture.sealed();
      for (int n = 0; n < 1_000; n++) {
        Receipt receipt = receipts.get(n).get();
        Entry entry = sealed.get(Math.toIntExact(receipt.seq()));
        assertThat(receipt.seq()).isEqualTo(n + 1L);
        assertThat(entry.entryHash()).isEqualTo(receipt.entryHash());
        assertThat(entry.payloadText()).isEqualTo("{\"n\":" + n + "}");
        assertThat(entry.source()).isEqualTo("mcp_proxy");
      }
    }
  }

  private static RecorderConnection openLingering(DaemonFixture fixture) throws IOException {
    return RecorderConnection.open(
        fixture.ledger,
        noLauncher(fixture.environment),
        OUTAGE,
        Duration.ofDays(1),
        new SecureRandom());
  }

  private static EntryDraft intent() {
    return EntryDraft.builder("mcp_proxy", "agent:x", "tool_call").status(Status.PENDING).build();
  }

  @Test
  void aDraftThatNobodyWaitsForGoesBeforeTheNextThatSomethingWaitsFor() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = openLingering(fixture)) {
      CompletableFuture<Receipt> result = recorder.append(draft(1));
      assertThat(recorder.append(intent()).get(20, TimeUnit.SECONDS).seq()).isEqualTo(2);
      assertThat(result.get(20, TimeUnit.SECONDS).seq()).isEqualTo(1);

      CompletableFuture<Receipt> second = recorder.append(draft(2));
      assertThat(recorder.appendDurably(draft(3)).seq()).isEqualTo(4);
      assertThat(second.get(20, TimeUnit.SECONDS).seq()).isEqualTo(3);
    }
  }

  @Test
  void draftsThatNobodyWaitsForGoWhenTheyAreMany() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = openLingering(fixture)) {
      List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
      for (int n = 0; n < 8; n++) {
        receipts.add(recorder.append(draft(n)));
      }
      for (CompletableFuture<Receipt> receipt : receipts) {
        assertThat(receipt.get(20, TimeUnit.SECONDS).seq()).isPositive();
      }
    }
  }

  @Test
  void aDraftThatLingersIsSealedAtTheEnd() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder)) {
      CompletableFuture<Receipt> last;
      try (RecorderConnection recorder = openLingering(fixture)) {
        last = recorder.append(draft(1));
      }
      assertThat(last.get().seq()).isEqualTo(1);
    }
  }

  @Test
  void everyMemberOfADraftArrives() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = open(fixture)) {
      Receipt first = recorder.appendDurably(draft(1));
      EntryDraft full =
          EntryDraft.builder("hook", "user:ü", "tool_result")
              .status(Status.DENIED)
              .tool("t")
              .target("/x y")
              .session("s")
              .reason("line\nbreak")
              .occurredAt(Instant.parse("2026-01-02T03:04:05.000000006Z"))
              .trace(
                  new TraceContext(
                      "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"))
              .causedBy(CauseReference.local(first))
              .payload(JsonObject.builder().put("ключ", "\u2028\u0000").build())
              .build();

      Receipt receipt = recorder.appendDurably(full);

      Entry entry = fixture.sealed().get(Math.toIntExact(receipt.seq()));
      assertThat(entry.actor()).isEqualTo("user:ü");
      assertThat(entry.status()).isEqualTo("denied");
      assertThat(entry.reason()).isEqualTo("line\nbreak");
      assertThat(entry.occurredAt()).isEqualTo("2026-01-02T03:04:05.000000006Z");
      assertThat(entry.trace()).isEqualTo(full.trace());
      assertThat(entry.causedBy()).isEqualTo(full.causedBy());
      assertThat(entry.payload())
          .isEqualTo(JsonObject.builder().put("ключ", "\u2028\u0000").build());
    }
  }

  @Test
  void aRefusedDraftFailsAloneAndSaysWhy() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = open(fixture)) {
      CompletableFuture<Receipt> bad =
          recorder.append(EntryDraft.builder("mcp_proxy", "agent:x", "ledger_query").build());
      CompletableFuture<Receipt> good = recorder.append(draft(1));

      assertThatThrownBy(bad::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("sealed by the ledger alone");
      assertThat(good.get().seq()).isEqualTo(1);
    }
  }

  @Test
  void aLedgerWithoutADaemonThatCannotBeStartedSaysWhatItsLogSays() throws Exception {
    Path ledger = DaemonFixture.createLedger(folder);

    assertThatThrownBy(
            () ->
                RecorderConnection.open(
                    ledger,
                    noLauncher(DaemonFixture.environment(folder)),
                    OUTAGE,
                    new SecureRandom()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not start")
        .hasMessageContaining("nothing to start here");
  }

  @Test
  void whenTheDaemonIsGoneForGoodDraftsFailInTime() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = open(fixture)) {
      recorder.appendDurably(draft(1));
      fixture.daemon.close();

      assertThatThrownBy(() -> recorder.appendDurably(draft(2))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aClosedRecorderTakesNothing() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder)) {
      RecorderConnection recorder = open(fixture);
      recorder.close();

      assertThatThrownBy(() -> recorder.appendDurably(draft(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void aDaemonThatIsStartedAnewHearsWhichSourcesAreOnAndLosesNothing() throws Exception {
    Path ledger = DaemonFixture.createLedger(folder);
    Map<String, String> environment = DaemonFixture.environment(folder);
    DaemonOptions options = DaemonOptions.of(ledger).withEnvironment(environment);
    Daemon first = Daemon.start(options);
    try (RecorderConnection recorder =
        RecorderConnection.open(ledger, noLauncher(environment), OUTAGE, new SecureRandom())) {
      recorder
          .capture(
              new CaptureEvent(
                  CaptureEvent.Kind.START,
                  "mcp_proxy",
                  "a/b",
                  JsonObject.builder().put("mode", "deny").build()))
          .get();
      recorder.appendDurably(draft(1));
      first.close();
      try (Daemon second = Daemon.start(options)) {
        recorder.appendDurably(draft(2));
        assertThat(second.socket()).isEqualTo(first.socket());
      }
    }

    List<Entry> sealed = DaemonFixture.sealed(ledger);
    assertThat(sealed)
        .extracting(Entry::action)
        .containsSubsequence(
            "capture_start",
            "tool_call",
            "capture_stop",
            "capture_start",
            "tool_call",
            "capture_stop");
    assertThat(sealed)
        .filteredOn(entry -> entry.action().equals("capture_start"))
        .last()
        .satisfies(
            entry ->
                assertThat(entry.payloadText())
                    .contains("\"resumed\":true")
                    .contains("\"mode\":\"deny\""));
  }

  /**
   * Stands between recorder and daemon and, for some answers, lets the daemon answer and then cuts
   * the connection: the recorder cannot know what was sealed.
   */
  private static final class CuttingProxy implements AutoCloseable {
    final ServerSocketChannel server;
    final Path target;
    final int cutEvery;
    final Random chance = new Random(Seed.fixed(17));
    final AtomicInteger cuts = new AtomicInteger();

    CuttingProxy(Path socket, Path target, int cutEvery) throws IOException {
      this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      this.target = target;
      this.cutEvery = cutEvery;
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().start(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          SocketChannel client = server.accept();
          SocketChannel daemon = SocketChannel.open(UnixDomainSocketAddress.of(target));
          Thread.ofPlatform().daemon().start(() -> copy(client, daemon, false));
          Thread.ofPlatform().daemon().start(() -> copy(daemon, client, true));
        }
      } catch (IOException e) {
        // closed at the end of the test
      }
    }

    /**
     * By chance and not by count: an answer of as many reads as cuts are apart never came through.
     */
    private boolean isCut() {
      synchronized (chance) {
        return chance.nextInt(cutEvery) == 0;
      }
    }

    private void copy(SocketChannel from, SocketChannel to, boolean cutting) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      int reads = 0; // the first answers whose ledger it is; without it a daemon would be started
      try (from;
          to) {
        while (from.read(buffer) >= 0) {
          reads++;
          if (cutting && reads > 1 && isCut()) {
            cuts.incrementAndGet();
            return;
          }
          buffer.flip();
          while (buffer.hasRemaining()) {
            to.write(buffer);
          }
          buffer.clear();
        }
      } catch (IOException e) {
        // the other direction was cut
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Test
  void answersThatAreLostOnTheWayLoseAndDoubleNothing() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder)) {
      Path socket = folder.resolve("proxy.sock");
      Map<String, String> environment = new HashMap<>(fixture.environment);
      environment.put(RuntimeFolder.SOCKET_VARIABLE, socket.toString());
      int drafts = 300;
      try (CuttingProxy proxy = new CuttingProxy(socket, fixture.daemon.socket(), 3);
          RecorderConnection recorder =
              RecorderConnection.open(
                  fixture.ledger, noLauncher(environment), OUTAGE, new SecureRandom())) {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        for (int n = 0; n < drafts; n++) {
          receipts.add(recorder.append(draft(n)));
          if (n % 10 == 0) {
            receipts.getLast().get(); // so that there are many requests, not one large
          }
        }
        CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new)).get();
        List<Entry> sealed = fixture.sealed();
        for (int n = 0; n < drafts; n++) {
          Receipt receipt = receipts.get(n).get();
          Entry entry = sealed.get(Math.toIntExact(receipt.seq()));
          assertThat(entry.entryHash()).isEqualTo(receipt.entryHash());
          assertThat(entry.payloadText()).isEqualTo("{\"n\":" + n + "}");
        }
        assertThat(proxy.cuts).hasPositiveValue();
      }
      assertThat(fixture.count("tool_call")).isEqualTo(drafts);
    }
  }

  @Test
  void aFullQueueMakesCallersWaitAndAllGoesThrough() throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(folder);
        RecorderConnection recorder = open(fixture)) {
      JsonObject large = JsonObject.builder().put("t", "x".repeat(900_000)).build();
      List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
      for (int n = 0; n < 60; n++) {
        receipts.add(
            recorder.append(
                EntryDraft.builder("mcp_proxy", "agent:x", "tool_call").payload(large).build()));
      }
      for (CompletableFuture<Receipt> receipt : receipts) {
        assertThat(receipt.get().seq()).isPositive();
      }
    }
  }
}
