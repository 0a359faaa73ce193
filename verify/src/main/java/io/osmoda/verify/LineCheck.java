package io.osmoda.verify;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks single lines by themselves, as a verifier of exports does (sections 1 and 8): what stands
 * between lines (place, link, time, causes) is for the caller. Nothing is allocated for a good
 * line. Reusable, not thread-safe; it refers to the buffer, which must not change meanwhile.
 */
public final class LineCheck {
  /** Longest line, with its LF. */
  public static final int MAX_LINE = EntryLine.MAX_LINE;

  /** Length of a timestamp, bytes. */
  public static final int TIMESTAMP_LENGTH = EntryLine.TIMESTAMP_LENGTH;

  private static final Map<String, Integer> TEXTS =
      Map.of(
          "action", EntryLine.ACTION,
          "actor", EntryLine.ACTOR,
          "session", EntryLine.SESSION,
          "source", EntryLine.SOURCE,
          "status", EntryLine.STATUS,
          "target", EntryLine.TARGET,
          "tool", EntryLine.TOOL);

  private final EntryLine scanner = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();
  private final byte[] computed = new byte[Hash.LENGTH];
  private final List<Fault> faults = new ArrayList<>();
  private byte[] bytes = new byte[0];
  private int start;
  private int length;
  private boolean hasLineFeed;
  private boolean isEntry;
  private boolean isContext;

  /** What is wrong with a line. */
  public record Fault(FindingKind kind, String detail) {}

  /**
   * Looks at the line that begins at an index.
   *
   * @param limit end of the bytes that belong to the file's lines
   * @return whether it is an entry, also one whose hashes do not hold
   */
  public boolean check(byte[] buffer, int offset, int limit) {
    bytes = buffer;
    start = offset;
    faults.clear();
    length = scanner.scanStored(buffer, offset, limit);
    hasLineFeed = length >= 0;
    isEntry = hasLineFeed;
    if (!isEntry) {
      int lineFeed = EntryLine.lineFeed(buffer, offset, limit);
      hasLineFeed = lineFeed >= 0;
      length = (hasLineFeed ? lineFeed : limit) - offset;
      if (length >= MAX_LINE) {
        refuseOversized();
        return false;
      }
      isEntry = scanner.scan(buffer, offset, length);
    }
    if (isEntry) {
      checkHashes();
    } else {
      faults.add(new Fault(scanner.problem(), scanner.detail()));
    }
    return isEntry;
  }

  /** The index of the first LF in [from, end), or -1. */
  public static int lineFeed(byte[] buffer, int from, int end) {
    return EntryLine.lineFeed(buffer, from, end);
  }

  /** Takes the place of {@link #check} for a line that was too long to be kept. */
  public void refuseOversized() {
    faults.clear();
    faults.add(new Fault(FindingKind.BAD_MEMBER, "a line has more than " + MAX_LINE + " bytes"));
    isEntry = false;
    scanner.forget();
  }

  private void checkHashes() {
    scanner.entryHash(sha256, computed, 0);
    if (!scanner.hashIs(EntryLine.ENTRY_HASH, computed, 0)) {
      faults.add(new Fault(FindingKind.BAD_HASH, "entry_hash is not the hash of the entry"));
    }
    if (scanner.hasPayload() && !scanner.payloadHashMatches(sha256)) {
      faults.add(
          new Fault(
              FindingKind.BAD_PAYLOAD_HASH,
              "payload_hash is not the hash of payload_salt and payload"));
    }
    isContext = scanner.isControl() && ControlActions.isContext(scanner.text(EntryLine.ACTION));
    if (!scanner.hasPayload() && isContext) {
      faults.add(
          new Fault(
              FindingKind.PAYLOAD_MISSING,
              "a context entry has no payload, and such entries cannot be redacted"));
    }
  }

  /** What is wrong with the line; for use until the next is looked at. */
  public List<Fault> faults() {
    return faults;
  }

  /** Whether the line is an entry, as {@link #check} said. */
  public boolean isEntry() {
    return isEntry;
  }

  /** Its own number; -1 where it has none that is well-formed. */
  public long seq() {
    return scanner.seq();
  }

  /** Bytes without the LF. */
  public int length() {
    return length;
  }

  /** Whether it ends in an LF. */
  public boolean hasLineFeed() {
    return hasLineFeed;
  }

  /** Whether the payload is there. From here on only for a line that is an entry. */
  public boolean hasPayload() {
    return scanner.hasPayload();
  }

  /** Whether it is a context entry (section 1). */
  public boolean isContext() {
    return isContext;
  }

  /** Where in the buffer the timestamp's 30 characters begin. */
  public int timestampStart() {
    return scanner.start(EntryLine.TIMESTAMP);
  }

  /** The value of a member that a bundle's filter can name; null where it is absent. */
  public @Nullable String text(String member) {
    Integer index = TEXTS.get(member);
    if (index == null) {
      throw new IllegalArgumentException("no text that entries are filtered by: " + member);
    }
    return scanner.has(index) ? scanner.text(index) : null;
  }

  /** Puts the recomputed entry hash at {@code at}. */
  public void copyHash(byte[] target, int at) {
    System.arraycopy(computed, 0, target, at, Hash.LENGTH);
  }

  /**
   * Puts the hash of a line that is no entry but an object, which has a leaf all the same.
   *
   * @return false, and nothing put, where it is none
   */
  boolean copyRefusedHash(byte[] target, int at) {
    return scanner.copyRefusedHash(target, at);
  }

  /** Puts the entry hash that the line states at {@code at}. */
  public void copyStatedHash(byte[] target, int at) {
    scanner.copyHash(EntryLine.ENTRY_HASH, target, at);
  }

  /** Puts the hash that the line links to at {@code at}. */
  public void copyPrevHash(byte[] target, int at) {
    scanner.copyHash(EntryLine.PREV_HASH, target, at);
  }

  /** How many causes it names. */
  public int causeCount() {
    return scanner.causeCount();
  }

  /** A cause as a value. */
  public CauseReference cause(int cause) {
    return scanner.cause(cause);
  }

  /** The entries that it redacts; null where it is no redaction, or names none below itself. */
  public @Nullable RedactedRange redaction() {
    if (!isContext || !scanner.text(EntryLine.ACTION).equals(ControlActions.REDACT)) {
      return null;
    }
    String target = text("target");
    return target == null ? null : RedactedRange.parse(target, scanner.seq()).orElse(null);
  }

  /** The entry as a value, with a copy of its line. */
  public Entry entry() {
    return new Entry(scanner, Arrays.copyOfRange(bytes, start, start + length));
  }
}
