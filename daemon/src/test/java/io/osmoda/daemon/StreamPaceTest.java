package io.osmoda.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a live stream does with time, and with a reader that is slow, on a clock of the test's. */
class StreamPaceTest {
  private static final Duration HEARTBEAT = Duration.ofHours(1);
  private static final int LAG = 5;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // made before each test
  private Ledger ledger;

  private LedgerIndex index;

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger clockReads = new AtomicInteger();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void create() throws IOException {
    ledger = Ledger.open(DaemonFixture.createLedger(folder), LedgerOptions.defaults());
    index = LedgerIndex.open(ledger.reader());
  }

  @AfterEach
  void close() throws IOException {
    index.close();
    ledger.close();
  }

  private static Limits limits() {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        usual.bodyBytes(),
        usual.lineBytes(),
        usual.drafts(),
        usual.bufferedBytes(),
        usual.headerBytes(),
        usual.socketConnections(),
        usual.httpConnections(),
        usual.headerTime(),
        usual.bodyTime(),
        usual.idleTime(),
        usual.requestsPerSecond(),
        usual.requestBurst(),
        usual.anonymousPerSecond(),
        usual.waitingRequests(),
        usual.queries(),
        usual.queryTime(),
        usual.pageEntries(),
        usual.pageBytes(),
        usual.streams(),
        /* streamLag= */ LAG,
        /* heartbeat= */ HEARTBEAT);
  }

  private StreamApi api() {
    Metrics metrics = new Metrics();
    return new StreamApi(
        ledger.reader(),
        ReadDesk.of(ledger, () -> new EntrySearch(index)),
        new Answering(limits(), metrics, this::time),
        limits(),
        metrics,
        this::time);
  }

  private long time() {
    clockReads.incrementAndGet();
    return now.get();
  }

  private static Thread follow(StreamApi api, OutputStream out) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                api.follow(out, EntryFilter.ALL, 1, 1, false);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void append(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      ledger.appendDurably(EntryDraft.builder("api", "agent:x", "tool_call").build());
    }
  }

  private void awaitRounds(int count) {
    int before = clockReads.get();
    await().atMost(DaemonFixture.ANSWER).until(() -> clockReads.get() >= before + count);
  }

  private long heartbeats() {
    return out.toString(UTF_8).lines().filter(": still here"::equals).count();
  }

  @Test
  void aSilentStreamSaysThatItIsThereOnceAHeartbeatHasPassedAndNotBefore() throws Exception {
    StreamApi api = api();
    Thread following = follow(api, out);
    awaitRounds(3);
    now.set(HEARTBEAT.toNanos() - 1);
    awaitRounds(2);
    assertThat(heartbeats()).isZero();

    now.set(HEARTBEAT.toNanos());
    await().atMost(DaemonFixture.ANSWER).until(() -> heartbeats() == 1);
    awaitRounds(2);
    assertThat(heartbeats()).isEqualTo(1);

    api.stop();
    following.join();
    assertThat(out.toString(UTF_8)).contains("event: end").contains("stopping");
  }

  @Test
  void aReaderThatFallsTooFarBehindIsToldToComeBack() throws Exception {
    SlowReader reader = new SlowReader();
    Thread following = follow(api(), reader);
    awaitRounds(2); // it has caught up

    append(1);
    reader.busy.await();
    append(LAG + 1);
    reader.ready.countDown();
    following.join();

    assertThat(reader.got.toString(UTF_8))
        .contains("id: 1\n")
        .doesNotContain("id: 2\n")
        .contains("event: end")
        .contains("fell behind")
        .contains("Last-Event-ID");
  }

  @Test
  void aReaderThatIsAsFarBehindAsItMayBeGetsEverything() throws Exception {
    SlowReader reader = new SlowReader();
    StreamApi api = api();
    Thread following = follow(api, reader);
    awaitRounds(2);

    append(1);
    reader.busy.await();
    append(LAG);
    reader.ready.countDown();
    await()
        .atMost(DaemonFixture.ANSWER)
        .until(() -> reader.got.toString(UTF_8).contains("id: " + (LAG + 1) + "\n"));
    api.stop();
    following.join();

    assertThat(reader.got.toString(UTF_8)).doesNotContain("fell behind");
  }

  /** Takes nothing of an entry until it is told to. */
  private static final class SlowReader extends OutputStream {
    final ByteArrayOutputStream got = new ByteArrayOutputStream();
    final CountDownLatch busy = new CountDownLatch(1);
    final CountDownLatch ready = new CountDownLatch(1);

    @Override
    public void write(int b) {
      got.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (new String(bytes, offset, length, UTF_8).contains("event: entry")) {
        busy.countDown();
        try {
          ready.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException(e);
        }
      }
      got.write(bytes, offset, length);
    }
  }
}
