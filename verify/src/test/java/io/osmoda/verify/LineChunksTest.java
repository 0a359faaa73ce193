package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** However lines fall into chunks and threads, they are those that a plain reading gives. */
class LineChunksTest {
  private static final Manifest MANIFEST =
      new Manifest(
          new Counts(0, 0, 0, 0),
          0,
          1L << 40,
          Map.of(),
          new BundleFilter(Map.of("action", List.of("log*"))),
          null,
          false,
          "root",
          0,
          List.of(),
          "test",
          null,
          LedgerBuilder.ORIGIN,
          false,
          JsonObject.EMPTY,
          "user:me",
          null,
          null,
          null);

  private static List<byte[]> entries() {
    LedgerBuilder ledger = LedgerBuilder.begun();
    for (int i = 0; i < 20; i++) {
      String action = i % 3 == 0 ? "login" : "deploy";
      String text = "x".repeat(i * i * 20);
      ledger.add(
          line ->
              line.set("action", action)
                  .set("actor", "user:me")
                  .set("payload", JsonObject.builder().put("text", text).build()));
    }
    return ledger.lines();
  }

  private static String told(long seq, boolean lineFeed, boolean entry, Object faults) {
    return seq + (lineFeed ? " LF " : " ") + entry + " " + faults;
  }

  /** Each line as the plain reader and the check of one line see it. */
  private static List<String> plainly(byte[] file) throws IOException {
    List<String> told = new ArrayList<>();
    LineSource source = new LineSource(new ByteArrayInputStream(file));
    LineCheck check = new LineCheck();
    while (source.next()) {
      boolean isEntry = source.check(check);
      told.add(told(check.seq(), source.hasLineFeed(), isEntry, List.copyOf(check.faults())));
    }
    return told;
  }

  private static List<String> inChunks(InputStream in, int threads) throws IOException {
    List<String> told = new ArrayList<>();
    try (LineChunks chunks = new LineChunks(in, MANIFEST, threads)) {
      for (LineChunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
        while (true) {
          LineChunk.Cursor<LineCheck.Fault> faults = chunk.faults();
          for (int line = 0; line < chunk.lines(); line++) {
            List<LineCheck.Fault> found = new ArrayList<>();
            faults.of(line, found::add);
            told.add(told(chunk.seq(line), chunk.hasLineFeed(line), chunk.isEntry(line), found));
          }
          if (!chunk.hasMore()) {
            break;
          }
          chunk.checkMore();
        }
      }
    }
    return told;
  }

  /** Gives as few bytes a read as it likes. */
  private static InputStream trickling(byte[] file, Random random) {
    return new ByteArrayInputStream(file) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, 1 + random.nextInt(length));
      }
    };
  }

  private static byte[] file(List<byte[]> entries, Random random) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    int lines = random.nextInt(40);
    for (int i = 0; i < lines; i++) {
      byte[] line = entries.get(random.nextInt(entries.size())).clone();
      switch (random.nextInt(12)) {
        case 0 -> line = new byte[0];
        case 1 -> line = "{}\n".repeat(random.nextInt(20_000)).getBytes(UTF_8);
        case 2 -> {
          line = new byte[LineCheck.MAX_LINE - 2 + random.nextInt(4)];
          Arrays.fill(line, (byte) 'x');
        }
        case 3 -> {
          line = new byte[random.nextInt(3 * LineCheck.MAX_LINE)];
          Arrays.fill(line, (byte) 'x');
        }
        case 4 -> line[random.nextInt(line.length)] ^= 1;
        default -> {}
      }
      file.writeBytes(line);
      if (i < lines - 1 || random.nextBoolean()) {
        file.write('\n');
      }
    }
    return file.toByteArray();
  }

  @Test
  void linesAreThoseOfAPlainReading() throws IOException {
    List<byte[]> entries = entries();
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int round = 0; round < 6; round++) {
      byte[] file = file(entries, random);
      List<String> expected = plainly(file);
      for (int threads : new int[] {1, 3}) {
        assertThat(inChunks(trickling(file, random), threads))
            .as("seed %d, round %d, %d threads", seed, round, threads)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void whatAnEntryTellsIsThatOfItsLine() throws IOException {
    List<byte[]> entries = entries();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      file.writeBytes(entry);
      file.write('\n');
    }
    try (LineChunks chunks =
        new LineChunks(new ByteArrayInputStream(file.toByteArray()), MANIFEST, 1)) {
      LineChunk chunk = chunks.next();
      assertThat(chunk).isNotNull();
      assertThat(chunk.lines()).isEqualTo(21);
      assertThat(chunk.makesTheLedger(0)).isTrue();
      assertThat(chunk.isContext(0)).isTrue();
      assertThat(chunk.matches(0)).isFalse();
      assertThat(chunk.makesTheLedger(1)).isFalse();
      assertThat(chunk.isContext(1)).isFalse();
      assertThat(chunk.matches(1)).isTrue();
      assertThat(chunk.matches(2)).isFalse();
      assertThat(chunk.hasPayload(2)).isTrue();
      assertThat(chunks.next()).isNull();
    }
  }

  @Test
  void aFaultOfReadingComesWhereverItHappens() throws IOException {
    byte[] file = "{}\n".repeat(1_500_000).getBytes(UTF_8);
    for (int threads : new int[] {1, 3}) {
      for (int good : new int[] {0, 100, 1_200_000, 4_000_000}) {
        InputStream in =
            new ByteArrayInputStream(file, 0, good) {
              @Override
              public synchronized int read(byte[] target, int offset, int length) {
                int count = super.read(target, offset, length);
                if (count < 0) {
                  throw new java.io.UncheckedIOException(new IOException("the disk is gone"));
                }
                return count;
              }
            };
        assertThatThrownBy(() -> inChunks(in, threads))
            .as("%d bytes, %d threads", good, threads)
            .hasStackTraceContaining("the disk is gone");
      }
    }
  }
}
