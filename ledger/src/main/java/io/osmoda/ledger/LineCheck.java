package io.osmoda.ledger;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks single lines by themselves, as a verifier of exports does (sections 1 and 8): what stands
 * between lines (place, link, time, causes) is for the caller. Not thread-safe.
 */
public final class LineCheck {
  /** Longest line, with its LF. */
  public static final int MAX_LINE = EntryLine.MAX_LINE;

  private final EntryLine scanner = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();
  private final byte[] computed = new byte[Hash.LENGTH];

  /**
   * A line that was looked at.
   *
   * @param seq its own number; -1 where it has none that is well-formed
   * @param entry what it says, also where its hashes do not hold; null where it is no entry
   * @param hash the recomputed entry hash; null where it is no entry
   * @param faults what is wrong with it
   */
  public record Line(long seq, @Nullable Entry entry, @Nullable Hash hash, List<Finding> faults) {
    public Line {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Looks at one line.
   *
   * @param due the number that findings name where the line has none
   * @param length without the LF
   */
  public Line check(byte[] buffer, int offset, int length, long due) {
    if (length >= MAX_LINE) {
      return new Line(
          -1,
          null,
          null,
          List.of(
              new Finding(
                  FindingKind.BAD_MEMBER, due, "a line has more than " + MAX_LINE + " bytes")));
    }
    if (!scanner.scan(buffer, offset, length)) {
      long seq = scanner.seq();
      return new Line(
          seq,
          null,
          null,
          List.of(new Finding(scanner.problem(), seq < 0 ? due : seq, scanner.detail())));
    }
    List<Finding> faults = new ArrayList<>(0);
    scanner.entryHash(sha256, computed, 0);
    if (!scanner.hashIs(EntryLine.ENTRY_HASH, computed, 0)) {
      faults.add(
          new Finding(
              FindingKind.BAD_HASH, scanner.seq(), "entry_hash is not the hash of the entry"));
    }
    if (scanner.hasPayload() && !scanner.payloadHashMatches(sha256)) {
      faults.add(
          new Finding(
              FindingKind.BAD_PAYLOAD_HASH,
              scanner.seq(),
              "payload_hash is not the hash of payload_salt and payload"));
    }
    if (!scanner.hasPayload() && ControlActions.isContext(scanner.text(EntryLine.ACTION))) {
      faults.add(
          new Finding(
              FindingKind.PAYLOAD_MISSING,
              scanner.seq(),
              "a context entry has no payload, and such entries cannot be redacted"));
    }
    return new Line(
        scanner.seq(),
        new Entry(scanner, Arrays.copyOfRange(buffer, offset, offset + length)),
        Hash.of(computed),
        faults);
  }
}
