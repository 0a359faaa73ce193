package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Turns JSON text into its canonical form in one pass: checks the grammar and every rule of section
 * 1 while it copies, and puts an object's members in order when the object ends. This is the only
 * reader of JSON that is not canonical. Reusable, not thread-safe.
 */
final class JsonCanonicalizer {
  /** Scratch that is larger than this is let go after use. */
  private static final int KEEP = 1 << 16;

  /** Room behind the output for words that are stored whole and for a number that grows. */
  private static final int SLACK = 32;

  /** Up to this many members are put in order by insertion. */
  private static final int FEW = 24;

  /** 2^53 - 1 has so many digits; more cannot be an exact integer. */
  private static final int EXACT_INTEGER_DIGITS = 16;

  /** Decimal exponents within are those of normal doubles, whatever up to 15 digits say. */
  private static final int NORMAL_EXPONENT = 300;

  /** Stands for itself and for every exponent beyond it. */
  private static final int FAR_EXPONENT = 100_000_000;

  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long SPACES = ' ' * ONES;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;

  private static final byte[] TRUE = "true".getBytes(US_ASCII);
  private static final byte[] FALSE = "false".getBytes(US_ASCII);
  private static final byte[] NULL = "null".getBytes(US_ASCII);
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  // Input: in[at, end), positions told from start.
  private byte[] in = {};
  private int start;
  private int at;
  private int end;
  private int depth;
  private int maxDepth;

  // Output: out[0, size). Only numbers may grow, so out keeps room for size + (end - at) + SLACK.
  private byte[] out = new byte[512];
  private int size;
  private byte[] spare = new byte[512];

  // The members of the objects that are open, those of the innermost last: where each begins in
  // out, where its name ends there (negative if it must be compared with care), where the name
  // stands in the input, and the name's first eight bytes, so that their order is that of longs.
  private int members;
  private int[] starts = new int[32];
  private int[] nameEnds = new int[32];
  private int[] namesAt = new int[32];
  private long[] heads = new long[32];
  private int[] order = new int[FEW];

  // A number's digits without leading zeros, as a value (right for up to 18 of them) and a count.
  private long digits;
  private int significant;

  /** Whether the string just written has no escape and nothing from U+E000 on. */
  private boolean plain;

  JsonCanonicalizer() {}

  /** The canonical form, in an array of its own. */
  byte[] canonicalize(byte[] text, int offset, int length, int depthLimit) throws JsonException {
    run(text, offset, length, depthLimit);
    byte[] result = Arrays.copyOf(out, size);
    release();
    return result;
  }

  /** The value, read from the canonical form. */
  JsonValue parse(byte[] text, int offset, int length, int depthLimit) throws JsonException {
    run(text, offset, length, depthLimit);
    JsonValue result = new CanonicalReader(out, size).value();
    release();
    return result;
  }

  /** The value without one part, which stays canonical text. */
  CanonicalJson.Parted parseApart(byte[] text, int offset, int length, int depthLimit, String part)
      throws JsonException {
    run(text, offset, length, depthLimit);
    CanonicalReader reader = new CanonicalReader(out, size, part);
    JsonValue rest = reader.value();
    CanonicalJson.Parted result = new CanonicalJson.Parted(rest, reader.part());
    release();
    return result;
  }

  private void run(byte[] text, int offset, int length, int depthLimit) throws JsonException {
    in = text;
    start = offset;
    at = offset;
    end = offset + length;
    depth = 0;
    maxDepth = depthLimit;
    size = 0;
    members = 0;
    reserve();
    if (length >= 3 && Arrays.equals(in, at, at + 3, BYTE_ORDER_MARK, 0, 3)) {
      throw refuse(at, "byte order mark");
    }
    skipSpace();
    value();
    skipSpace();
    if (at < end) {
      throw refuse(at, "a second value or other text after the value: " + shown(at));
    }
  }

  /** Lets go of the input and of scratch that one large text has blown up. */
  private void release() {
    in = new byte[0];
    if (out.length > KEEP) {
      out = new byte[512];
    }
    if (spare.length > KEEP) {
      spare = new byte[512];
    }
    if (starts.length > KEEP / Long.BYTES) {
      starts = new int[32];
      nameEnds = new int[32];
      namesAt = new int[32];
      heads = new long[32];
      order = new int[FEW];
    }
  }

  private void reserve() throws JsonException {
    long needed = (long) size + (end - at) + SLACK;
    if (needed > out.length) {
      if (needed > Integer.MAX_VALUE - 16) {
        throw refuse(at, "canonical form longer than 2 GiB");
      }
      long larger = Math.max(needed, Math.min(2L * out.length, Integer.MAX_VALUE - 16));
      out = Arrays.copyOf(out, (int) larger);
    }
  }

  private void value() throws JsonException {
    if (at == end) {
      throw refuse(at, "ends where a value is expected");
    }
    switch (in[at]) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word(TRUE);
      case 'f' -> word(FALSE);
      case 'n' -> word(NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw refuse(at, "expected a value, found " + shown(at));
    }
  }

  private void enter() throws JsonException {
    if (depth == maxDepth) {
      throw refuse(at, "nested deeper than " + maxDepth + " levels");
    }
    depth++;
    out[size++] = in[at++];
  }

  private void array() throws JsonException {
    enter();
    skipSpace();
    if (at < end && in[at] == ']') {
      out[size++] = in[at++];
      depth--;
      return;
    }
    while (true) {
      value();
      skipSpace();
      byte next = at < end ? in[at] : 0;
      if (next == ',') {
        out[size++] = ',';
        at++;
        skipSpace();
      } else if (next == ']') {
        out[size++] = ']';
        at++;
        depth--;
        return;
      } else {
        throw expected("',' or ']'");
      }
    }
  }

  private void object() throws JsonException {
    enter();
    skipSpace();
    if (at < end && in[at] == '}') {
      out[size++] = in[at++];
      depth--;
      return;
    }
    int first = members;
    boolean ordered = true;
    while (true) {
      if (at == end || in[at] != '"') {
        throw expected("a member name in quotes");
      }
      int nameAt = at;
      int memberAt = size;
      string();
      int member = addMember(memberAt, nameAt);
      if (ordered && member > first) {
        int comparison = compare(member - 1, member);
        if (comparison == 0) {
          throw duplicate(member);
        }
        ordered = comparison < 0;
      }
      if (at < end && in[at] != ':') {
        skipSpace();
      }
      if (at == end || in[at] != ':') {
        throw expected("':'");
      }
      out[size++] = ':';
      at++;
      skipSpace();
      value();
      skipSpace();
      byte next = at < end ? in[at] : 0;
      if (next == ',') {
        out[size++] = ',';
        at++;
        skipSpace();
      } else if (next == '}') {
        break;
      } else {
        throw expected("',' or '}'");
      }
    }
    if (!ordered) {
      sort(first);
    }
    members = first;
    out[size++] = '}';
    at++;
    depth--;
  }

  private int addMember(int memberAt, int nameAt) {
    int member = members++;
    if (member == starts.length) {
      starts = Arrays.copyOf(starts, 2 * member);
      nameEnds = Arrays.copyOf(nameEnds, 2 * member);
      namesAt = Arrays.copyOf(namesAt, 2 * member);
      heads = Arrays.copyOf(heads, 2 * member);
    }
    starts[member] = memberAt;
    namesAt[member] = nameAt;
    int nameEnd = size - 1;
    nameEnds[member] = plain ? nameEnd : -nameEnd;
    long head = (long) BIG.get(out, memberAt + 1);
    int length = nameEnd - memberAt - 1;
    if (length < Long.BYTES) {
      head &= ~(-1L >>> (Byte.SIZE * length));
    }
    heads[member] = head ^ Long.MIN_VALUE;
    return member;
  }

  /** Order of two members' names by UTF-16 code units. */
  private int compare(int a, int b) {
    int aEnd = nameEnds[a];
    int bEnd = nameEnds[b];
    if ((aEnd | bEnd) < 0) {
      return compareWithCare(starts[a] + 1, Math.abs(aEnd), starts[b] + 1, Math.abs(bEnd));
    }
    if (heads[a] != heads[b]) {
      return heads[a] < heads[b] ? -1 : 1;
    }
    // Below U+E000 the order of UTF-8 bytes is that of UTF-16 code units.
    return Arrays.compareUnsigned(out, starts[a] + 1, aEnd, out, starts[b] + 1, bEnd);
  }

  private int compareWithCare(int aStart, int aEnd, int bStart, int bEnd) {
    int a = aStart;
    int b = bStart;
    while (a < aEnd && b < bEnd) {
      int x = out[a] & 0xff;
      int y = out[b] & 0xff;
      if (x == '\\') {
        x = unescaped(a);
        a += out[a + 1] == 'u' ? 6 : 2;
      } else {
        a++;
      }
      if (y == '\\') {
        y = unescaped(b);
        b += out[b + 1] == 'u' ? 6 : 2;
      } else {
        b++;
      }
      if (x != y) {
        return rank(x) - rank(y);
      }
    }
    return (a < aEnd ? 1 : 0) - (b < bEnd ? 1 : 0);
  }

  private int unescaped(int backslash) {
    return switch (out[backslash + 1]) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      case 'u' ->
          Character.digit(out[backslash + 4], 16) << 4 | Character.digit(out[backslash + 5], 16);
      default -> out[backslash + 1];
    };
  }

  /**
   * In UTF-16 the supplementary characters (lead bytes F0 to F4 in UTF-8) come before U+E000 to
   * U+FFFF (lead bytes EE and EF). Lead bytes meet only lead bytes: what stands before is equal.
   */
  private static int rank(int utf8) {
    return utf8 == 0xee || utf8 == 0xef ? utf8 + 0x100 : utf8;
  }

  /** Puts the innermost open object's members in order, {@code out} ending with its last one. */
  private void sort(int first) throws JsonException {
    int count = members - first;
    if (order.length < count) {
      order = new int[Math.max(count, 2 * order.length)];
    }
    if (count <= FEW) {
      sortFew(first, count);
    } else {
      sortMany(first, count);
    }
    int from = starts[first];
    int length = size - from;
    if (spare.length < length) {
      spare = new byte[Math.max(length, Math.min(2 * spare.length, Integer.MAX_VALUE - 16))];
    }
    int to = 0;
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        spare[to++] = ',';
      }
      int member = order[i];
      int memberEnd = member + 1 < members ? starts[member + 1] - 1 : size;
      System.arraycopy(out, starts[member], spare, to, memberEnd - starts[member]);
      to += memberEnd - starts[member];
    }
    System.arraycopy(spare, 0, out, from, length);
  }

  private void sortFew(int first, int count) throws JsonException {
    int[] sorted = order;
    for (int i = 0; i < count; i++) {
      int member = first + i;
      int to = i;
      while (to > 0) {
        int comparison = compare(sorted[to - 1], member);
        if (comparison == 0) {
          throw duplicate(member);
        }
        if (comparison < 0) {
          break;
        }
        sorted[to] = sorted[to - 1];
        to--;
      }
      sorted[to] = member;
    }
  }

  private void sortMany(int first, int count) throws JsonException {
    Integer[] boxed = new Integer[count];
    Arrays.setAll(boxed, i -> first + i);
    Arrays.sort(boxed, this::compare);
    int repeated = -1;
    for (int i = 0; i < count; i++) {
      order[i] = boxed[i];
      // The sort is stable: of equal names the later one in the input comes later.
      if (i > 0 && (repeated < 0 || order[i] < repeated) && compare(order[i - 1], order[i]) == 0) {
        repeated = order[i];
      }
    }
    if (repeated >= 0) {
      throw duplicate(repeated);
    }
  }

  private void string() throws JsonException {
    byte[] source = in;
    byte[] target = out;
    int from = at;
    int to = size;
    int opening = from;
    int last = end - Long.BYTES;
    plain = true;
    target[to++] = '"';
    from++;
    while (true) {
      if (from <= last) {
        long word = (long) LITTLE.get(source, from);
        LITTLE.set(target, to, word);
        long quotes = word ^ QUOTES;
        long backslashes = word ^ BACKSLASHES;
        long special =
            (((word - SPACES) & ~word)
                    | ((quotes - ONES) & ~quotes)
                    | ((backslashes - ONES) & ~backslashes)
                    | word)
                & HIGHS;
        if (special == 0) {
          from += Long.BYTES;
          to += Long.BYTES;
          continue;
        }
        // Borrows run upward only, so the lowest mark is a true one.
        int ordinary = Long.numberOfTrailingZeros(special) >>> 3;
        from += ordinary;
        to += ordinary;
      }
      if (from >= end) {
        throw refuse(opening, "string without an end");
      }
      byte b = source[from];
      if (b == '"') {
        target[to++] = '"';
        at = from + 1;
        size = to;
        return;
      }
      if (b >= ' ' && b != '\\') {
        target[to++] = b;
        from++;
      } else {
        size = to;
        from = special(from);
        to = size;
      }
    }
  }

  /** Writes what is no ordinary ASCII character of a string; returns the position after it. */
  private int special(int from) throws JsonException {
    byte b = in[from];
    if (b == '\\') {
      return escape(from);
    }
    if (b >= 0) {
      throw refuse(from, "control character U+%04X in a string must be escaped".formatted((int) b));
    }
    int next = from;
    while (next < end && in[next] < 0) {
      int length = sequence(next);
      plain &= (in[next] & 0xff) < 0xee;
      System.arraycopy(in, next, out, size, length);
      size += length;
      next += length;
    }
    return next;
  }

  /** Length of the valid UTF-8 sequence of two to four bytes that begins at {@code from}. */
  private int sequence(int from) throws JsonException {
    int lead = in[from] & 0xff;
    if (lead < 0xc0) {
      throw refuse(from, "invalid UTF-8: continuation byte without a lead byte");
    }
    if (lead < 0xc2) {
      throw refuse(from, "invalid UTF-8: overlong form");
    }
    if (lead > 0xf7) {
      throw refuse(from, "invalid UTF-8: byte 0x%02x".formatted(lead));
    }
    if (lead > 0xf4) {
      throw refuse(from, "invalid UTF-8: beyond U+10FFFF");
    }
    int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    for (int i = 1; i < length; i++) {
      if (from + i >= end || (in[from + i] & 0xc0) != 0x80) {
        throw refuse(from, "invalid UTF-8: sequence cut short");
      }
    }
    int second = in[from + 1] & 0xff;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90)) {
      throw refuse(from, "invalid UTF-8: overlong form");
    }
    if (lead == 0xed && second >= 0xa0) {
      throw refuse(from, "invalid UTF-8: surrogate");
    }
    if (lead == 0xf4 && second >= 0x90) {
      throw refuse(from, "invalid UTF-8: beyond U+10FFFF");
    }
    return length;
  }

  /** Writes what the escape at {@code backslash} stands for; returns the position after it. */
  private int escape(int backslash) throws JsonException {
    int next = backslash + 1 < end ? in[backslash + 1] : -1;
    return switch (next) {
      case '"', '\\', 'b', 'f', 'n', 'r', 't' -> {
        out[size++] = '\\';
        out[size++] = (byte) next;
        plain = false;
        yield backslash + 2;
      }
      case '/' -> {
        out[size++] = '/';
        yield backslash + 2;
      }
      case 'u' -> unicodeEscape(backslash);
      default -> throw refuse(backslash, "unknown escape");
    };
  }

  private int unicodeEscape(int backslash) throws JsonException {
    int unit = hex(backslash);
    int after = backslash + 6;
    int point = unit;
    if (Character.isSurrogate((char) unit)) {
      boolean paired =
          Character.isHighSurrogate((char) unit)
              && after + 1 < end
              && in[after] == '\\'
              && in[after + 1] == 'u';
      int low = paired ? hex(after) : 0;
      if (!Character.isLowSurrogate((char) low)) {
        throw refuse(backslash, "lone surrogate \\u%04x".formatted(unit));
      }
      point = Character.toCodePoint((char) unit, (char) low);
      after += 6;
    }
    int escaped = point < 0x80 ? escapeOf(point, out, size) : 0;
    size = escaped > 0 ? size + escaped : writeUtf8(point, out, size);
    plain &= escaped == 0 && point < 0xe000;
    return after;
  }

  private int hex(int backslash) throws JsonException {
    int unit = 0;
    for (int i = backslash + 2; i < backslash + 6; i++) {
      int digit = i < end && in[i] >= 0 ? Character.digit(in[i], 16) : -1;
      if (digit < 0) {
        throw refuse(backslash, "\\u must be followed by four hex digits");
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  /** Writes a code point that is no surrogate; returns the position after it. */
  static int writeUtf8(int point, byte[] target, int at) {
    int to = at;
    if (point < 0x80) {
      target[to++] = (byte) point;
    } else if (point < 0x800) {
      target[to++] = (byte) (0xc0 | (point >> 6));
      target[to++] = (byte) (0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      target[to++] = (byte) (0xe0 | (point >> 12));
      target[to++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      target[to++] = (byte) (0x80 | (point & 0x3f));
    } else {
      target[to++] = (byte) (0xf0 | (point >> 18));
      target[to++] = (byte) (0x80 | ((point >> 12) & 0x3f));
      target[to++] = (byte) (0x80 | ((point >> 6) & 0x3f));
      target[to++] = (byte) (0x80 | (point & 0x3f));
    }
    return to;
  }

  /**
   * Writes the canonical escape of a character, if it needs one.
   *
   * @return its length, 0 if there is none
   */
  static int escapeOf(int c, byte[] target, int at) {
    if (c >= ' ' && c != '"' && c != '\\') {
      return 0;
    }
    byte letter =
        switch (c) {
          case '\b' -> 'b';
          case '\t' -> 't';
          case '\n' -> 'n';
          case '\f' -> 'f';
          case '\r' -> 'r';
          case '"', '\\' -> (byte) c;
          default -> 0;
        };
    target[at] = '\\';
    if (letter != 0) {
      target[at + 1] = letter;
      return 2;
    }
    target[at + 1] = 'u';
    target[at + 2] = '0';
    target[at + 3] = '0';
    target[at + 4] = HEX[c >> 4];
    target[at + 5] = HEX[c & 0xf];
    return 6;
  }

  private void word(byte[] word) throws JsonException {
    int length = word.length;
    if (end - at < length || !Arrays.equals(in, at, at + length, word, 0, length)) {
      throw refuse(at, "expected a value, found a word that is not " + new String(word, US_ASCII));
    }
    System.arraycopy(word, 0, out, size, length);
    at += length;
    size += length;
  }

  private void number() throws JsonException {
    int first = at;
    int leading = in[first] == '-' ? first + 1 : first;
    int p = leading;
    long integer = 0; // right for up to 18 digits
    while (p < end && isDigit(in[p])) {
      integer = integer * 10 + (in[p] - '0');
      p++;
    }
    int count = p - leading;
    requireDigits(count, p);
    if (count > 1 && in[leading] == '0') {
      throw refuse(leading, "number with a leading zero");
    }
    byte next = p < end ? in[p] : 0;
    if (next == '.' || next == 'e' || next == 'E') {
      decimal(first, leading);
    } else if (count > EXACT_INTEGER_DIGITS || integer > JsonNumber.MAX_SAFE_INTEGER) {
      at = p;
      longNumber(first, true);
    } else if (integer == 0) {
      at = p;
      out[size++] = '0'; // -0 too
    } else {
      at = p;
      System.arraycopy(in, first, out, size, p - first);
      size += p - first;
    }
  }

  /** A number with a fraction or an exponent, its digits beginning at {@code leading}. */
  private void decimal(int first, int leading) throws JsonException {
    digits = 0;
    significant = 0;
    int p = digits(leading);
    int exponent = 0;
    int power = 0;
    if (in[p] == '.') {
      int fraction = p + 1;
      p = digits(fraction);
      exponent = fraction - p;
      requireDigits(p - fraction, p);
    }
    if (p < end && (in[p] == 'e' || in[p] == 'E')) {
      p++;
      boolean negative = p < end && in[p] == '-';
      if (p < end && (in[p] == '-' || in[p] == '+')) {
        p++;
      }
      int firstDigit = p;
      while (p < end && isDigit(in[p])) {
        power = Math.min(power * 10 + (in[p] - '0'), FAR_EXPONENT);
        p++;
      }
      requireDigits(p - firstDigit, p);
      exponent += negative ? -power : power;
    }
    at = p;
    if (significant == 0) {
      out[size++] = '0';
    } else if (significant <= JsonNumbers.EXACT_DIGITS
        && power < FAR_EXPONENT
        && exponent > -NORMAL_EXPONENT
        && significant + exponent < NORMAL_EXPONENT) {
      size = JsonNumbers.writeDecimal(leading > first, digits, exponent, out, size);
      reserve();
    } else {
      longNumber(first, false);
    }
  }

  /** Adds the digits from {@code p} on to {@link #digits}; returns the position after them. */
  private int digits(int p) {
    int next = p;
    while (next < end && isDigit(in[next])) {
      significant += significant > 0 || in[next] != '0' ? 1 : 0;
      digits = digits * 10 + (in[next] - '0');
      next++;
    }
    return next;
  }

  private void requireDigits(int count, int position) throws JsonException {
    if (count == 0) {
      throw refuse(
          position,
          position < end ? "expected a digit, found " + shown(position) : "number cut short");
    }
  }

  /** A number that ends before {@link #at} and that only a full conversion gets right. */
  private void longNumber(int first, boolean integer) throws JsonException {
    double value = JsonNumbers.parse(in, first, at);
    if (Double.isInfinite(value)) {
      throw refuse(first, "number beyond the range of a double");
    }
    if (value == 0) {
      throw refuse(first, "number so small that a double holds it as zero");
    }
    int written = JsonNumbers.write(value, out, size);
    if (integer && !Arrays.equals(in, first, at, out, size, written)) {
      throw refuse(first, "integer beyond 2^53-1 that a double would change; write it as a string");
    }
    size = written;
    reserve();
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private void skipSpace() {
    while (at < end && isSpace(in[at])) {
      at++;
    }
  }

  private static boolean isSpace(byte b) {
    return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t');
  }

  private JsonException expected(String what) {
    return refuse(
        at, at < end ? "expected " + what + ", found " + shown(at) : "ends before " + what);
  }

  private JsonException duplicate(int member) {
    return refuse(namesAt[member], "member name a second time");
  }

  private JsonException refuse(int position, String reason) {
    int told = position - start;
    release();
    return new JsonException(told, reason);
  }

  private String shown(int position) {
    byte b = in[position];
    return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : "byte 0x%02x".formatted(b & 0xff);
  }
}
