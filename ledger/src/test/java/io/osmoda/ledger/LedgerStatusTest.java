package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LedgerStatusTest {
  private final FaultDisk disk = new FaultDisk();
  @TempDir private Path temp;
  private Path dir;
  private LedgerOptions options;

  @BeforeEach
  void create() throws IOException {
    dir = temp.resolve("ledger");
    options =
        LedgerOptions.defaults()
            .withDisk(disk)
            .withKeys(temp.resolve("keys"))
            .withCheckpointInterval(LedgerOptions.MAX_CHECKPOINT_INTERVAL);
    Ledger.create(dir, "status.example/one", options).close();
  }

  private static EntryDraft draft() {
    return EntryDraft.builder("mcp_proxy", "agent:tester", "tool_call").build();
  }

  private static CaptureEvent proxy(CaptureEvent.Kind kind) {
    return new CaptureEvent(kind, "mcp_proxy", "p1", JsonObject.EMPTY);
  }

  private static JsonObject onlySource(LedgerStatus status) {
    assertThat(status.sources().get("sources")).isInstanceOf(JsonArray.class);
    JsonArray sources = (JsonArray) status.sources().get("sources");
    assertThat(sources.elements()).hasSize(1);
    return (JsonObject) sources.elements().getFirst();
  }

  @Test
  @Timeout(60)
  void answersWhileADiskDoesNotAndTellsWhatIsDurable() throws Exception {
    try (Ledger ledger = Ledger.open(dir, options)) {
      ledger.capture(proxy(CaptureEvent.Kind.START)).get();
      Receipt durable = ledger.append(draft()).get();
      FaultDisk.Hold hold = disk.holdSyncs();
      try {
        CompletableFuture<Receipt> waiting = ledger.append(draft());
        hold.begun().await();

        LedgerStatus status = ledger.status();

        assertThat(waiting).isNotDone();
        assertThat(status.size()).isEqualTo(durable.seq() + 1);
        assertThat(status.anchored()).isEqualTo(durable.seq() - 1);
        assertThat(status.segments()).isEqualTo(1);
        assertThat(status.activeSegmentBytes()).isPositive();
        assertThat(status.stoppedBecause()).isNull();
        assertThat(onlySource(status).string("instance")).isEqualTo("p1");
        hold.letGo().countDown();
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(ledger.status().size()).isEqualTo(durable.seq() + 2);
      } finally {
        hold.letGo().countDown();
      }
    }
  }

  @Test
  @Timeout(60)
  void answersWhileACallerSealsOnItsOwnThread() throws Exception {
    try (Ledger ledger = Ledger.open(dir, options)) {
      FaultDisk.Hold hold = disk.holdSyncs();
      Thread caller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      ledger.appendDurably(draft());
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      try {
        hold.begun().await();
        long before = ledger.status().size();
        hold.letGo().countDown();
        caller.join();
        assertThat(ledger.status().size()).isEqualTo(before + 1);
      } finally {
        hold.letGo().countDown();
      }
    }
  }

  @Test
  void countsWhatASourceSentAndLostAndForgetsItWhenItStops() throws Exception {
    try (Ledger ledger = Ledger.open(dir, options)) {
      ledger.capture(proxy(CaptureEvent.Kind.START)).get();
      ledger.append(draft()).get();
      ledger.append(draft()).get();
      ledger
          .capture(
              new CaptureEvent(
                  CaptureEvent.Kind.GAP,
                  "mcp_proxy",
                  "p1",
                  JsonObject.builder().put("lost", 3).build()))
          .get();
      JsonObject source = onlySource(ledger.status());
      assertThat(source.get("events")).isEqualTo(JsonNumber.of(2));
      assertThat(source.get("lost")).isEqualTo(JsonNumber.of(3));
      ledger.capture(proxy(CaptureEvent.Kind.STOP)).get();
      assertThat(ledger.status().sources().get("sources"))
          .isInstanceOfSatisfying(
              JsonArray.class, sources -> assertThat(sources.elements()).isEmpty());
    }
  }
}
