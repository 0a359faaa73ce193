package io.osmoda.format.entry;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.CanonicalScanner;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.HashPieces;
import io.osmoda.format.log.HexBytes;
import io.osmoda.format.log.Origins;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads one stored line in place: checks every rule of section 1 that one line can break, tells
 * where each member stands, and recomputes its hashes. Nothing is allocated for a good line.
 * Reusable, not thread-safe; it refers to the scanned array, which must not change meanwhile.
 *
 * <p>What it does not check is what needs more than the line: links, order, times against the entry
 * before, entry 0, and whether a missing payload is allowed (section 8's other findings).
 */
public final class EntryLine {
  /** Bytes of a payload salt. */
  public static final int SALT_LENGTH = 16;

  /** Longest line, with its LF. */
  public static final int MAX_LINE = 1_048_576;

  static final int MAX_CAUSES = DraftRules.MAX_CAUSES;

  /** Length of a timestamp, {@code YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ}. */
  public static final int TIMESTAMP_LENGTH = 30;

  /** Members, in canonical order; for {@link #has}, {@link #start} and {@link #end}. */
  public static final int ACTION = 0;

  public static final int ACTOR = 1;
  static final int CAUSED_BY = 2;
  public static final int ENTRY_HASH = 3;
  static final int OCCURRED_AT = 4;
  public static final int PAYLOAD = 5;
  static final int PAYLOAD_HASH = 6;
  public static final int PAYLOAD_SALT = 7;
  public static final int PREV_HASH = 8;
  public static final int REASON = 9;
  static final int SEQ = 10;
  public static final int SESSION = 11;
  public static final int SOURCE = 12;
  public static final int STATUS = 13;
  public static final int TARGET = 14;
  public static final int TIMESTAMP = 15;
  public static final int TOOL = 16;
  static final int TRACE = 17;
  private static final int MEMBERS = 18;

  private static final String[] NAMES = {
    "action",
    "actor",
    "caused_by",
    "entry_hash",
    "occurred_at",
    "payload",
    "payload_hash",
    "payload_salt",
    "prev_hash",
    "reason",
    "seq",
    "session",
    "source",
    "status",
    "target",
    "timestamp",
    "tool",
    "trace"
  };

  /** What stands before each member's value, from the brace or comma on. */
  private static final byte[][] OPENINGS = openings();

  private static final byte[] PARENT_SPAN_ID = ascii("\"parent_span_id\":\"");
  private static final byte[] SPAN_ID = ascii("\"span_id\":\"");
  private static final byte[] TRACE_ID = ascii("\"trace_id\":\"");

  private static final byte[][] STATUSES = {
    ascii("ok"),
    ascii("pending"),
    ascii("error"),
    ascii("denied"),
    ascii("timeout"),
    ascii("cancelled"),
    ascii("crashed"),
    ascii("unknown")
  };
  private static final byte[][] ACTOR_KINDS = {
    ascii("agent"), ascii("user"), ascii("ssh"), ascii("system"), ascii("mesh")
  };
  private static final byte[] LEDGER_ACTOR = ascii("system:ledger");
  private static final byte[] LEDGER_SOURCE = ascii("ledger");
  private static final byte[][] CONTROL_PREFIXES = {
    ascii("ledger_"), ascii("capture_"), ascii("witness_")
  };
  private static final byte[][] CONTROL_ACTIONS = {ascii("key_rotate"), ascii("clock_step")};

  private static final int[] DAYS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte LOWER = 1;
  private static final byte DIGIT = 2;
  private static final byte UNDERSCORE = 4;
  private static final byte ORIGIN_MARK = 8;
  private static final byte[] CLASSES = classes();

  private static final long ONES = 0x0101010101010101L;
  private static final long TOP_BITS = 0x8080808080808080L;

  private final CanonicalScanner scanner = new CanonicalScanner();
  private final int[] starts = new int[MEMBERS];
  private final int[] ends = new int[MEMBERS];
  private final int[] causeStarts = new int[MAX_CAUSES];
  private final int[] causeEnds = new int[MAX_CAUSES];
  private final int[] causeOriginLengths = new int[MAX_CAUSES];
  private final long[] causeSeqs = new long[MAX_CAUSES];
  private final byte[] salt = new byte[SALT_LENGTH];
  private final HashPieces pieces = new HashPieces();
  private final byte[] computed = new byte[Hash.LENGTH];

  private byte[] bytes = new byte[0];
  private int offset;
  private int end;
  private int present;
  private int causes;
  private long seq;
  private boolean control;

  private FindingKind problem = FindingKind.UNREADABLE;
  private String detail = "";
  private final byte[] leaf = new byte[Hash.LENGTH];
  private boolean hasLeaf; // a refused line's
  private int refusedAt;
  private String refusal = "";

  /**
   * Scans a line.
   *
   * @param length without the LF
   * @return whether the line is an entry; if not, {@link #problem}, {@link #detail} and {@link
   *     #seq} (-1 if it is not well-formed) tell what is wrong, and nothing else may be asked
   */
  public boolean scan(byte[] line, int lineOffset, int length) {
    bytes = line;
    offset = lineOffset;
    end = lineOffset + length;
    present = 0;
    causes = 0;
    seq = -1;
    hasLeaf = false;
    if (length >= MAX_LINE) {
      explainOversized(length);
      return false;
    }
    int after = members(line, lineOffset);
    if (after == end) {
      return true;
    }
    if (after >= 0) {
      refuse(after, "there is more after the entry");
    }
    explain(length);
    return false;
  }

  /**
   * Scans a line whose end is not known yet: one pass for both. Only for a line that is good; for
   * any other find the LF and {@link #scan} it.
   *
   * @param limit end of the bytes that may be read
   * @return the line's length without its LF, or -1 if it is not a good line that ends in LF
   */
  public int scanStored(byte[] line, int lineOffset, int limit) {
    bytes = line;
    offset = lineOffset;
    end = Math.min(limit, lineOffset + MAX_LINE);
    present = 0;
    causes = 0;
    seq = -1;
    int after = members(line, lineOffset);
    if (after < 0 || after >= end || line[after] != '\n') {
      return -1;
    }
    end = after;
    return after - lineOffset;
  }

  /** Takes the place of a scan of a line that could not be kept. */
  public void forget() {
    present = 0;
    causes = 0;
    seq = -1;
    hasLeaf = false;
  }

  /** The sequence number; -1 after a failed scan of a line that has none that is well-formed. */
  public long seq() {
    return seq;
  }

  /** What kind of fault a refused line has. */
  public FindingKind problem() {
    return problem;
  }

  /**
   * Puts the hash of a refused line that is an object all the same: of its canonical form, without
   * {@code entry_hash}, {@code payload} and {@code payload_salt}. So a line with a fault hides no
   * others from the tree.
   *
   * @return false, and nothing put, where the line is no object
   */
  public boolean copyRefusedHash(byte[] target, int at) {
    if (hasLeaf) {
      System.arraycopy(leaf, 0, target, at, Hash.LENGTH);
    }
    return hasLeaf;
  }

  /** What is wrong with a refused line, and where. */
  public String detail() {
    return detail;
  }

  public boolean has(int member) {
    return (present >>> member & 1) != 0;
  }

  public boolean hasPayload() {
    return has(PAYLOAD);
  }

  /** Whether the ledger alone may have sealed this: its action is that of a control entry. */
  public boolean isControl() {
    return control;
  }

  /** The array that was scanned. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where a member's value begins: a string's after its quote, still with its escapes. */
  public int start(int member) {
    return starts[member];
  }

  /** Where a member's value ends, exclusive. */
  public int end(int member) {
    return ends[member];
  }

  /** Whether a member is there and its spelling is these bytes. */
  boolean is(int member, byte[] value) {
    return has(member)
        && Arrays.equals(bytes, starts[member], ends[member], value, 0, value.length);
  }

  /** Whether the action is this one. */
  public boolean actionIs(byte[] action) {
    return is(ACTION, action);
  }

  /** A copy of a member's spelling; for a string without its quotes but with its escapes. */
  public byte[] copy(int member) {
    return Arrays.copyOfRange(bytes, starts[member], ends[member]);
  }

  /** A string member's text, unescaped; only for a member that is there. */
  public String text(int member) {
    String spelled =
        new String(bytes, starts[member], ends[member] - starts[member], StandardCharsets.UTF_8);
    if (spelled.indexOf('\\') < 0) {
      return spelled;
    }
    try {
      JsonValue value =
          CanonicalJson.parse(bytes, starts[member] - 1, ends[member] - starts[member] + 2);
      if (value instanceof JsonString string) {
        return string.value();
      }
    } catch (JsonException e) {
      throw new IllegalStateException("a scanned string is a JSON string", e);
    }
    throw new IllegalStateException("no string: " + NAMES[member]);
  }

  public int causeCount() {
    return causes;
  }

  public long causeSeq(int cause) {
    return causeSeqs[cause];
  }

  /** Length of the reference's origin in bytes, 0 for this ledger. */
  public int causeOriginLength(int cause) {
    return causeOriginLengths[cause];
  }

  /** Where the reference begins, with its origin. */
  public int causeStart(int cause) {
    return causeStarts[cause];
  }

  /** Where the 64 digits of the reference's hash begin. */
  public int causeHashStart(int cause) {
    return causeEnds[cause] - 2 * Hash.LENGTH;
  }

  /** A cause as a value. */
  public CauseReference cause(int cause) {
    return CauseReference.parse(
        new String(
            bytes,
            causeStarts[cause],
            causeEnds[cause] - causeStarts[cause],
            StandardCharsets.US_ASCII));
  }

  /** Decodes the 32 bytes of {@link #ENTRY_HASH}, {@link #PREV_HASH} or {@link #PAYLOAD_HASH}. */
  public void copyHash(int member, byte[] target, int at) {
    HexBytes.decode(bytes, starts[member], 2 * Hash.LENGTH, target, at);
  }

  /** Whether a hash member states these 32 bytes. */
  public boolean hashIs(int member, byte[] hash, int at) {
    return HexBytes.isHexOf(hash, at, bytes, starts[member]);
  }

  /**
   * Computes SHA-256( JCS(entry without {@code entry_hash}, {@code payload}, {@code payload_salt})
   * ) from the bytes as they stand, which are canonical.
   */
  public void entryHash(MessageDigest sha256, byte[] target, int at) {
    int from = offset;
    pieces.add(sha256, bytes, from, openingOf(ENTRY_HASH) - from);
    from = ends[ENTRY_HASH] + 1;
    if (hasPayload()) {
      pieces.add(sha256, bytes, from, openingOf(PAYLOAD) - from);
      from = ends[PAYLOAD];
      pieces.add(sha256, bytes, from, openingOf(PAYLOAD_SALT) - from);
      from = ends[PAYLOAD_SALT] + 1;
    }
    pieces.add(sha256, bytes, from, end - from);
    pieces.digest(sha256, target, at);
  }

  /** Whether the payload and its salt, which must be there, hash to {@code payload_hash}. */
  public boolean payloadHashMatches(MessageDigest sha256) {
    HexBytes.decode(bytes, starts[PAYLOAD_SALT], 2 * salt.length, salt, 0);
    pieces.add(sha256, salt, 0, salt.length);
    pieces.add(sha256, bytes, starts[PAYLOAD], ends[PAYLOAD] - starts[PAYLOAD]);
    pieces.digest(sha256, computed, 0);
    return hashIs(PAYLOAD_HASH, computed, 0);
  }

  static void digest(MessageDigest sha256, byte[] target, int at) {
    try {
      sha256.digest(target, at, Hash.LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("the target has room for a hash", e);
    }
  }

  private int openingOf(int member) {
    return starts[member] - OPENINGS[member].length;
  }

  private int members(byte[] b, int at) {
    int i = name(b, at, ACTION);
    i = actor(b, i);
    i = optional(b, i, CAUSED_BY) ? causes(b, i + OPENINGS[CAUSED_BY].length) : i;
    i = hex(b, i, ENTRY_HASH, 2 * Hash.LENGTH);
    i = optional(b, i, OCCURRED_AT) ? time(b, i, OCCURRED_AT) : i;
    i = optional(b, i, PAYLOAD) ? payload(b, i + OPENINGS[PAYLOAD].length) : i;
    i = hex(b, i, PAYLOAD_HASH, 2 * Hash.LENGTH);
    i = has(PAYLOAD) ? hex(b, i, PAYLOAD_SALT, 2 * salt.length) : i;
    i = hex(b, i, PREV_HASH, 2 * Hash.LENGTH);
    i = optionalText(b, i, REASON, DraftRules.MAX_REASON);
    i = sequence(b, i);
    i = optionalText(b, i, SESSION, DraftRules.MAX_ID);
    i = name(b, i, SOURCE);
    i = status(b, i);
    i = optionalText(b, i, TARGET, DraftRules.MAX_TARGET);
    i = time(b, i, TIMESTAMP);
    i = optionalText(b, i, TOOL, DraftRules.MAX_ID);
    i = optional(b, i, TRACE) ? trace(b, i + OPENINGS[TRACE].length) : i;
    if (i < 0) {
      return i;
    }
    if (i >= end || b[i] != '}') {
      return refuse(i, "expected the end of the entry here");
    }
    return origins() ? i + 1 : -1;
  }

  /** Control entries are sealed by the ledger alone, and it seals no others. */
  private boolean origins() {
    control = isControlAction();
    boolean byLedger = is(SOURCE, LEDGER_SOURCE);
    boolean asLedger = is(ACTOR, LEDGER_ACTOR);
    if (control == byLedger && control == asLedger) {
      return true;
    }
    refuse(
        starts[control || byLedger ? SOURCE : ACTOR],
        control
            ? "a control entry that is not by system:ledger from the source ledger"
            : "the ledger's own actor or source on an entry that is no control entry");
    return false;
  }

  private boolean isControlAction() {
    for (byte[] prefix : CONTROL_PREFIXES) {
      if (bytes[starts[ACTION]] == prefix[0] && startsWith(ACTION, prefix)) {
        return true;
      }
    }
    for (byte[] action : CONTROL_ACTIONS) {
      if (bytes[starts[ACTION]] == action[0] && is(ACTION, action)) {
        return true;
      }
    }
    return false;
  }

  private boolean startsWith(int member, byte[] prefix) {
    int from = starts[member];
    return ends[member] - from >= prefix.length
        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }

  /** Whether these bytes stand at an index; eight at a time, which is what the time goes into. */
  private boolean matches(byte[] b, int at, byte[] literal) {
    int length = literal.length;
    if (at < 0 || end - at < length) {
      return false;
    }
    if (length < Long.BYTES) {
      for (int i = 0; i < length; i++) {
        if (b[at + i] != literal[i]) {
          return false;
        }
      }
      return true;
    }
    int last = length - Long.BYTES; // overlaps the word before it
    for (int i = 0; i < last; i += Long.BYTES) {
      if ((long) LONGS.get(b, at + i) != (long) LONGS.get(literal, i)) {
        return false;
      }
    }
    return (long) LONGS.get(b, at + last) == (long) LONGS.get(literal, last);
  }

  private boolean optional(byte[] b, int at, int member) {
    byte[] opening = OPENINGS[member];
    // The name's first letters rule out most of what is not there.
    return at >= 0
        && end - at >= opening.length
        && b[at + 2] == opening[2]
        && b[at + 3] == opening[3]
        && matches(b, at, opening);
  }

  /** The index after a demanded member's opening, or -1. */
  private int open(byte[] b, int at, int member) {
    if (at < 0) {
      return at;
    }
    if (!matches(b, at, OPENINGS[member])) {
      return refuse(at, "expected the member " + NAMES[member] + " here");
    }
    return at + OPENINGS[member].length;
  }

  /** Notes where a member stands whose value ends before the closing quote at {@code quote}. */
  private int closeString(byte[] b, int from, int quote, int member) {
    if (quote >= end || b[quote] != '"') {
      return refuse(quote, NAMES[member] + " does not end here");
    }
    note(member, from, quote);
    return quote + 1;
  }

  private void note(int member, int from, int to) {
    starts[member] = from;
    ends[member] = to;
    present |= 1 << member;
  }

  private int name(byte[] b, int at, int member) {
    int from = open(b, at, member);
    if (from < 0) {
      return from;
    }
    int i = from;
    if (i < end && CLASSES[b[i] & 0xff] == LOWER) {
      i++;
      while (i < end && (CLASSES[b[i] & 0xff] & (LOWER | DIGIT | UNDERSCORE)) != 0) {
        i++;
      }
    }
    if (i == from || i - from > DraftRules.MAX_ACTION) {
      return refuse(from, NAMES[member] + " must match [a-z][a-z0-9_]{0,63}");
    }
    return closeString(b, from, i, member);
  }

  private int actor(byte[] b, int at) {
    int from = open(b, at, ACTOR);
    if (from < 0) {
      return from;
    }
    for (byte[] kind : ACTOR_KINDS) {
      int colon = from + kind.length;
      if (colon < end && b[colon] == ':' && matches(b, from, kind)) {
        return text(b, colon + 1, ACTOR, from, DraftRules.MAX_ID);
      }
    }
    return refuse(from, "actor must read kind:id, of the kind agent, user, ssh, system or mesh");
  }

  private int optionalText(byte[] b, int at, int member, int max) {
    if (!optional(b, at, member)) {
      return at;
    }
    int from = at + OPENINGS[member].length;
    return text(b, from, member, from, max);
  }

  private int text(byte[] b, int at, int member, int from, int max) {
    int after = scanner.text(b, at, end, max, member == REASON);
    if (after < 0) {
      return refuse(scanner.position(), NAMES[member] + ": " + scanner.reason());
    }
    note(member, from, after - 1);
    return after;
  }

  private int hex(byte[] b, int at, int member, int digits) {
    int from = open(b, at, member);
    if (from < 0) {
      return from;
    }
    if (end - from < digits || !HexBytes.isHex(b, from, digits)) {
      return refuse(from, NAMES[member] + " must be " + digits + " lower-case hex digits");
    }
    return closeString(b, from, from + digits, member);
  }

  private int time(byte[] b, int at, int member) {
    int from = open(b, at, member);
    if (from < 0) {
      return from;
    }
    if (end - from < TIMESTAMP_LENGTH || !isTime(b, from)) {
      return refuse(
          from, NAMES[member] + " must be a real UTC time, YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ");
    }
    return closeString(b, from, from + TIMESTAMP_LENGTH, member);
  }

  private static boolean isTime(byte[] b, int at) {
    if (b[at + 4] != '-'
        || b[at + 7] != '-'
        || b[at + 10] != 'T'
        || b[at + 13] != ':'
        || b[at + 16] != ':'
        || b[at + 19] != '.'
        || b[at + 29] != 'Z') {
      return false;
    }
    for (int i = at + 20; i < at + 29; i++) {
      if (b[i] < '0' || b[i] > '9') {
        return false;
      }
    }
    int century = twoDigits(b, at);
    int yearOfCentury = twoDigits(b, at + 2);
    int month = twoDigits(b, at + 5);
    int day = twoDigits(b, at + 8);
    int hour = twoDigits(b, at + 11);
    int minute = twoDigits(b, at + 14);
    int second = twoDigits(b, at + 17);
    if ((century | yearOfCentury | month | day | hour | minute | second) < 0
        || month < 1
        || month > 12
        || day < 1
        || day > DAYS[month - 1]
        || hour > 23
        || minute > 59
        || second > 59) {
      return false;
    }
    int year = 100 * century + yearOfCentury;
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month != 2 || day < 29 || leap;
  }

  /** The number of two digits, or a negative value. */
  private static int twoDigits(byte[] b, int at) {
    int tens = b[at] - '0';
    int ones = b[at + 1] - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
  }

  private int payload(byte[] b, int from) {
    if (from >= end || b[from] != '{') {
      return refuse(from, "payload must be an object");
    }
    int after = scanner.value(b, from, end);
    if (after < 0) {
      return refuse(scanner.position(), "payload: " + scanner.reason());
    }
    note(PAYLOAD, from, after);
    return after;
  }

  private int sequence(byte[] b, int at) {
    int from = open(b, at, SEQ);
    if (from < 0) {
      return from;
    }
    int i = decimalEnd(b, from);
    if (i < 0) {
      return refuse(from, "seq must be an integer from 0 to 2^53-1");
    }
    note(SEQ, from, i);
    seq = decimal(b, from, i);
    return i;
  }

  /** The index after an integer 0…2^53-1 without leading zeros, or -1. */
  private int decimalEnd(byte[] b, int from) {
    int i = from;
    while (i < end && CLASSES[b[i] & 0xff] == DIGIT && i - from < 17) {
      i++;
    }
    boolean good =
        i > from
            && i - from <= 16
            && (b[from] != '0' || i - from == 1)
            && decimal(b, from, i) <= JsonNumber.MAX_SAFE_INTEGER;
    return good ? i : -1;
  }

  private static long decimal(byte[] b, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = 10 * value + (b[i] - '0');
    }
    return value;
  }

  private int status(byte[] b, int at) {
    int from = open(b, at, STATUS);
    if (from < 0) {
      return from;
    }
    for (byte[] status : STATUSES) {
      int quote = from + status.length;
      if (quote < end && b[quote] == '"' && matches(b, from, status)) {
        return closeString(b, from, quote, STATUS);
      }
    }
    return refuse(
        from, "status must be ok, error, denied, pending, timeout, cancelled, crashed or unknown");
  }

  private int trace(byte[] b, int from) {
    int i = from;
    if (matches(b, i, PARENT_SPAN_ID)) {
      i = traceId(b, i, PARENT_SPAN_ID, 16);
      if (i < 0 || i >= end || b[i] != ',') {
        return refuse(from, "trace must hold trace_id, span_id and at most parent_span_id");
      }
      i++;
    }
    i = traceId(b, i, SPAN_ID, 16);
    if (i >= 0 && i < end && b[i] == ',') {
      i = traceId(b, i + 1, TRACE_ID, 32);
      if (i >= 0 && i < end && b[i] == '}') {
        note(TRACE, from - 1, i + 1);
        return i + 1;
      }
    }
    return refuse(
        from, "trace must hold trace_id, span_id and at most parent_span_id, none all zero");
  }

  private int traceId(byte[] b, int at, byte[] opening, int digits) {
    int from = at + opening.length;
    if (!matches(b, at, opening)
        || end - from <= digits
        || !HexBytes.isHex(b, from, digits)
        || HexBytes.isZero(b, from, digits)
        || b[from + digits] != '"') {
      return -1;
    }
    return from + digits + 1;
  }

  private int causes(byte[] b, int from) {
    int i = from;
    int count = 0;
    while (true) {
      if (count == MAX_CAUSES) {
        return refuse(i, "caused_by holds more than " + MAX_CAUSES + " references");
      }
      i = cause(b, i, count);
      if (i < 0) {
        return i;
      }
      for (int earlier = 0; earlier < count; earlier++) {
        if (causeSeqs[earlier] == causeSeqs[count]
            && Arrays.equals(
                b,
                causeStarts[earlier],
                causeEnds[earlier],
                b,
                causeStarts[count],
                causeEnds[count])) {
          return refuse(causeStarts[count], "caused_by holds a reference twice");
        }
      }
      count++;
      if (i < end && b[i] == ']') {
        note(CAUSED_BY, from - 1, i + 1);
        causes = count;
        return i + 1;
      }
      if (i >= end || b[i] != ',') {
        return refuse(i, "caused_by does not end here");
      }
      i++;
    }
  }

  private int cause(byte[] b, int at, int index) {
    int from = at + 1;
    int hash = from;
    if (at < end && b[at] == '"') {
      while (hash < end
          && (CLASSES[b[hash] & 0xff]
                  & (hash == from ? LOWER | DIGIT : LOWER | DIGIT | ORIGIN_MARK))
              != 0) {
        hash++;
      }
      int digits = hash + 1;
      int sign = hash < end && b[hash] == '#' ? decimalEnd(b, digits) : -1;
      int hex = sign + 1;
      int quote = hex + 2 * Hash.LENGTH;
      if (hash - from <= Origins.MAX_LENGTH
          && sign >= 0
          && quote < end
          && b[sign] == '@'
          && HexBytes.isHex(b, hex, 2 * Hash.LENGTH)
          && b[quote] == '"') {
        causeStarts[index] = from;
        causeEnds[index] = quote;
        causeOriginLengths[index] = hash - from;
        causeSeqs[index] = decimal(b, digits, sign);
        return quote + 1;
      }
    }
    return refuse(at, "caused_by must hold references that read ORIGIN#SEQ@ENTRY_HASH");
  }

  /** Keeps the first refusal: what follows from it is not worth telling. */
  private int refuse(int at, String why) {
    refusedAt = at;
    refusal = why;
    return -1;
  }

  private void explainOversized(int length) {
    seq = -1;
    problem = FindingKind.BAD_MEMBER;
    detail =
        "the line has "
            + (length + 1L)
            + " bytes with its line feed, and an entry has at most "
            + MAX_LINE;
  }

  /** Finds out, the slow way, what a refused line is: no JSON, not canonical, or a bad member. */
  private void explain(int length) {
    String where = " at byte " + Math.max(0, refusedAt - offset) + " of the line";
    seq = -1;
    JsonValue value;
    byte[] canonical;
    try {
      // The payload counts as level 1, so the whole entry may be one level deeper.
      value = CanonicalJson.parse(bytes, offset, length, CanonicalJson.MAX_DEPTH + 1);
      canonical = CanonicalJson.write(value, CanonicalJson.MAX_DEPTH + 1);
      if (value instanceof JsonObject object) {
        hashRefused(object);
      }
    } catch (JsonException e) {
      problem = FindingKind.UNREADABLE;
      detail = "the line is no JSON that the format accepts: " + e.getMessage();
      return;
    }
    if (value instanceof JsonObject object
        && object.get("seq") instanceof JsonNumber number
        && number.value() >= 0
        && number.value() <= JsonNumber.MAX_SAFE_INTEGER
        && number.value() == Math.rint(number.value())) {
      seq = (long) number.value();
    }
    if (Arrays.equals(canonical, 0, canonical.length, bytes, offset, offset + length)) {
      problem = FindingKind.BAD_MEMBER;
      detail = refusal + where;
    } else {
      problem = FindingKind.NOT_CANONICAL;
      detail = "the line is not in canonical form (RFC 8785): " + refusal + where;
    }
  }

  private void hashRefused(JsonObject object) throws JsonException {
    Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
    for (int member : new int[] {ENTRY_HASH, PAYLOAD, PAYLOAD_SALT}) {
      members.remove(NAMES[member]);
    }
    byte[] hashed = CanonicalJson.write(new JsonObject(members), CanonicalJson.MAX_DEPTH + 1);
    Digests.of(hashed).copyTo(leaf, 0);
    hasLeaf = true;
  }

  private static byte[][] openings() {
    byte[][] openings = new byte[MEMBERS][];
    for (int member = 0; member < MEMBERS; member++) {
      String value =
          switch (member) {
            case CAUSED_BY -> "[";
            case PAYLOAD, SEQ -> "";
            case TRACE -> "{";
            default -> "\"";
          };
      String before = member == ACTION ? "{" : ",";
      openings[member] = ascii(before + '"' + NAMES[member] + "\":" + value);
    }
    return openings;
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    Arrays.fill(classes, 'a', 'z' + 1, LOWER);
    Arrays.fill(classes, '0', '9' + 1, DIGIT);
    classes['_'] = UNDERSCORE | ORIGIN_MARK;
    for (char mark : new char[] {'.', '/', ':', '-'}) {
      classes[mark] = ORIGIN_MARK;
    }
    return classes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The index of the first LF in [at, end), or -1. */
  public static int lineFeed(byte[] bytes, int at, int end) {
    int i = at;
    while (i <= end - Long.BYTES) {
      long word = (long) LONGS.get(bytes, i) ^ ('\n' * ONES);
      long marks = (word - ONES) & ~word & TOP_BITS;
      if (marks != 0) {
        return i + (Long.numberOfTrailingZeros(marks) >>> 3);
      }
      i += Long.BYTES;
    }
    while (i < end) {
      if (bytes[i] == '\n') {
        return i;
      }
      i++;
    }
    return -1;
  }
}
