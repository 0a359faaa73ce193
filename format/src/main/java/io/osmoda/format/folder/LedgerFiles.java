package io.osmoda.format.folder;

import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.json.JsonNumber;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The segments as they stood when a verification began (section 2): what is appended later is left
 * alone. Immutable.
 */
public record LedgerFiles(Path folder, List<Segment> segments) {
  static final String LEDGER_JSON = "ledger.json";
  static final String SEGMENTS = "segments";
  public static final String CHECKPOINTS = "checkpoints";
  static final String SEGMENT_SUFFIX = ".ndjson";

  private static final Pattern TWENTY_DIGITS = Pattern.compile("[0-9]{20}");

  public LedgerFiles {
    segments = List.copyOf(segments);
  }

  /**
   * One file of lines.
   *
   * @param firstSeq the number in its name
   * @param size bytes
   */
  public record Segment(Path path, long firstSeq, long size) {}

  /** Lists the segments; a file that cannot be one is told. */
  public static LedgerFiles list(ReadDisk disk, Path folder, Findings findings) throws IOException {
    Path directory = folder.resolve(SEGMENTS);
    List<Segment> segments = new ArrayList<>();
    for (String name : disk.list(directory)) {
      if (!name.endsWith(SEGMENT_SUFFIX)) {
        continue;
      }
      Long firstSeq = number(name.substring(0, name.length() - SEGMENT_SUFFIX.length()));
      if (firstSeq == null) {
        findings.add(
            FindingKind.BAD_MEMBER,
            "segments/" + name + " ends in .ndjson but is not named by 20 digits");
        continue;
      }
      Path path = directory.resolve(name);
      try (ReadDisk.ReadFile file = disk.openRead(path)) {
        segments.add(new Segment(path, firstSeq, file.size()));
      } catch (IOException e) {
        findings.add(FindingKind.UNREADABLE, firstSeq, "segments/" + name + ": " + e);
      }
    }
    return new LedgerFiles(folder, segments);
  }

  /** The number that 20 digits give, or null where there are not 20 or it is over 2^53-1. */
  public static @Nullable Long number(String digits) {
    if (!TWENTY_DIGITS.matcher(digits).matches() || !digits.startsWith("0000")) {
      return null;
    }
    long number = Long.parseLong(digits);
    return number > JsonNumber.MAX_SAFE_INTEGER ? null : number;
  }

  /** Bytes of the largest segment. */
  public long largest() {
    return segments.stream().mapToLong(Segment::size).max().orElse(0);
  }

  /** Bytes of all segments. */
  public long bytes() {
    return segments.stream().mapToLong(Segment::size).sum();
  }
}
