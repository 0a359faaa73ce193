package io.osmoda.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Kafka's partition log inside this process, made durable by {@code flush.messages=1}: every
 * appended batch is flushed before the append returns. No broker, network or replication runs,
 * which is in its favour; it knows no group commit across batches.
 */
final class KafkaLog implements Contender {
  private static final int SEGMENT_BYTES = 1 << 30;
  private static final int HOUR_MILLIS = 3_600_000;

  private final int threads;
  private final int linesPerBatch;
  private final byte[][] lines;

  KafkaLog(int threads, int linesPerBatch, byte[][] lines) {
    this.threads = threads;
    this.linesPerBatch = linesPerBatch;
    this.lines = lines;
  }

  @Override
  public String name() {
    return "Kafka log, " + threads + " x " + linesPerBatch;
  }

  @Override
  public String how() {
    return name()
        + ": Kafka's UnifiedLog in this process, "
        + threads
        + " threads, batches of "
        + linesPerBatch
        + ", flush.messages=1, no compression, no broker, no hashing but its CRC";
  }

  @Override
  public Pace run(Path folder, Duration time) throws Exception {
    Path partition = folder.resolve("bench-0");
    Files.createDirectories(partition);
    LogConfig config =
        new LogConfig(
            Map.of("flush.messages", "1", "segment.bytes", Integer.toString(SEGMENT_BYTES)));
    KafkaScheduler scheduler = new KafkaScheduler(1);
    scheduler.startup();
    try (BrokerTopicStats stats = new BrokerTopicStats(false);
        UnifiedLog log =
            UnifiedLog.create(
                partition.toFile(),
                config,
                0,
                0,
                scheduler,
                stats,
                Time.SYSTEM,
                HOUR_MILLIS,
                new ProducerStateManagerConfig(HOUR_MILLIS, false),
                HOUR_MILLIS,
                new LogDirFailureChannel(1),
                true,
                Optional.empty())) {
      return Producers.run(
          threads,
          time.toNanos(),
          (producer, end) -> {
            int from = producer * linesPerBatch;
            long entries = 0;
            SimpleRecord[] batch = new SimpleRecord[linesPerBatch];
            do {
              long now = System.currentTimeMillis();
              for (int i = 0; i < linesPerBatch; i++) {
                batch[i] = new SimpleRecord(now, lines[(from + i) % lines.length]);
              }
              log.appendAsLeader(MemoryRecords.withRecords(Compression.NONE, batch), 0);
              entries += linesPerBatch;
            } while (System.nanoTime() < end);
            return entries;
          });
    } finally {
      scheduler.shutdown();
    }
  }
}
