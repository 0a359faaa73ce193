package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.folder.ReadDisk.ReadFile;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentOffsetsTest {
  @TempDir Path dir;

  @Test
  void findsWhereEachKeptLineBeginsWhateverTheLinesLengths() throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Long> starts = new ArrayList<>();
    for (int line = 0; line < 3_000; line++) {
      starts.add((long) bytes.size());
      byte[] text = new byte[random.nextInt(4) == 0 ? random.nextInt(9) : random.nextInt(700)];
      random.nextBytes(text);
      for (int i = 0; i < text.length; i++) {
        text[i] = text[i] == '\n' ? (byte) 0x8a : text[i];
      }
      bytes.writeBytes(text);
      bytes.write('\n');
    }
    long whole = bytes.size();
    bytes.writeBytes(new byte[random.nextInt(20)]);
    Path path = dir.resolve("segment");
    Files.write(path, bytes.toByteArray());

    SegmentOffsets offsets = new SegmentOffsets();
    try (ReadFile file = RealDisk.INSTANCE.openRead(path)) {
      offsets.extend(file);
    }
    assertThat(offsets.lines()).as("seed %d", seed).isEqualTo(starts.size());
    assertThat(offsets.bytes()).as("seed %d", seed).isEqualTo(whole);
    for (int line = 0; line < starts.size(); line += SegmentOffsets.STRIDE) {
      assertThat(offsets.before(line))
          .as("seed %d, line %d", seed, line)
          .isEqualTo(starts.get(line));
    }

    offsets.write(RealDisk.INSTANCE, dir.resolve("kept"));
    assertThat(offsets.isChanged()).isFalse();
    SegmentOffsets kept = SegmentOffsets.read(RealDisk.INSTANCE, dir.resolve("kept"), bytes.size());
    assertThat(kept).isNotNull();
    assertThat(kept.lines()).isEqualTo(offsets.lines());
    assertThat(kept.before(starts.size() - 1)).isEqualTo(offsets.before(starts.size() - 1));
  }

  @Test
  void aWriterTellsItsReaderWhereLinesStandSoThatTheirFileNeedsNoReading() throws Exception {
    Path home = dir.resolve("ledger");
    EntryDraft draft = EntryDraft.builder("test", "agent:a", "tool_call").build();
    try (Ledger ledger =
        Ledger.create(home, "bench.example/x", LedgerOptions.defaults().withSegmentBytes(20_000))) {
      for (int i = 0; i < 100; i++) {
        ledger.appendDurably(draft);
      }
    }
    for (String name : RealDisk.INSTANCE.list(home.resolve("segments"))) {
      SegmentOffsets read = new SegmentOffsets();
      Path path = home.resolve("segments").resolve(name);
      try (ReadFile file = RealDisk.INSTANCE.openRead(path)) {
        read.extend(file);
      }
      SegmentOffsets kept =
          SegmentOffsets.read(
              RealDisk.INSTANCE,
              home.resolve("index").resolve(name.replace(".ndjson", ".offsets")),
              Files.size(path));
      assertThat(kept).as(name).isNotNull();
      assertThat(kept.lines()).as(name).isEqualTo(read.lines());
      for (long line = 0; line < read.lines(); line += SegmentOffsets.STRIDE) {
        assertThat(kept.before(line)).as("%s, line %d", name, line).isEqualTo(read.before(line));
      }
    }
  }
}
