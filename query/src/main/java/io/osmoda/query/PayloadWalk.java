package io.osmoda.query;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.ArrayUtil;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the canonical text of payloads and hands out what the index holds of them, without
 * building values: this is where an index that follows a ledger spends much of its time. What
 * payloads have in common, their paths, is put together once and kept. Checks nothing, since the
 * text was checked when it was read. Not thread-safe.
 */
final class PayloadWalk {
  /** Most values of a payload that are indexed by path; entries with more are read instead. */
  static final int MAX_VALUES = 1_000;

  /** Memory for paths that were seen, bytes of their names. */
  private static final int MAX_KNOWN = 1 << 21;

  /** What a path costs beside its names, bytes. */
  private static final int PATH_COST = 128;

  /** Of names' hashes: another in each process, so that nobody can choose names that collide. */
  private static final int SEED = new SecureRandom().nextInt() | 1;

  /** Integers of so many digits are exact in a double. */
  private static final int EXACT_DIGITS = 15;

  /** Takes what is found. Bytes are good during the call. */
  interface Sink {
    /** There is something at this path. */
    void exists(byte[] key);

    /** There is a string or a literal at this path. */
    void value(byte[] key, char type, byte[] value, int from, int length);

    /** There is a number at this path. */
    void number(long path, double value);

    /** The payload's member {@link EntryDocument#DURATION_NAME} is a number. */
    void duration(double nanos);

    /** A word of a name. */
    void word(byte[] word);

    /** Text of a string or number. */
    void text(byte[] utf8, int from, int to);
  }

  /** A path that was seen, and those that lead on from it. */
  private static final class Known {
    final byte[] name;
    final PayloadTerms.Path path;
    final byte[][] words;
    final boolean isDuration;

    /** By the names' hashes; half empty at least. */
    @Nullable Known[] inner = new Known[4];

    int innerCount;

    /** The payload in which it was seen last. */
    long round;

    Known(byte[] name, PayloadTerms.Path path, byte[][] words, boolean isDuration) {
      this.name = name;
      this.path = path;
      this.words = words;
      this.isDuration = isDuration;
    }
  }

  private final PayloadTerms terms = new PayloadTerms();
  private final Sink sink;
  private final byte[] literal = new byte[1];
  private Known root;
  private int known;
  private long round;

  private byte[] text = {};
  private int at;
  private int values;
  private boolean isFull;

  /** The string that was read last: where it stands. */
  private byte[] string = {};

  private int stringFrom;
  private int stringTo;
  private byte[] unescaped = new byte[256];

  PayloadWalk(Sink sink) {
    this.sink = sink;
    this.root = newRoot();
  }

  private Known newRoot() {
    return new Known(new byte[0], terms.root(), new byte[0][], false);
  }

  /**
   * Hands out what stands in a payload.
   *
   * @param canonical its canonical text
   * @return false where it holds more than {@link #MAX_VALUES}, so that not all values were handed
   *     out; all words were
   */
  boolean walk(byte[] canonical) {
    if (known > MAX_KNOWN) {
      root = newRoot();
      known = 0;
    }
    round++;
    text = canonical;
    at = 0;
    values = 0;
    isFull = false;
    exists(root);
    value(root, false);
    return !isFull;
  }

  private void exists(Known path) {
    count();
    if (path.round == round) {
      return;
    }
    path.round = round;
    for (byte[] word : path.words) {
      sink.word(word);
    }
    if (!isFull) {
      sink.exists(path.path.key());
    }
  }

  private void count() {
    isFull |= ++values > MAX_VALUES;
  }

  /**
   * @param isMember whether the value is that of the member that the path names last, not an
   *     element of an array there
   */
  private void value(Known path, boolean isMember) {
    switch (text[at]) {
      case '{' -> object(path);
      case '[' -> array(path);
      case '"' -> {
        readString();
        string(path);
        sink.text(string, stringFrom, stringTo);
      }
      case 't' -> literal(path, 4);
      case 'f' -> literal(path, 5);
      case 'n' -> literal(path, 4);
      default -> number(path, isMember);
    }
  }

  private void object(Known path) {
    do {
      at++;
      if (text[at] == '}') {
        break;
      }
      readString();
      at++;
      Known inner = inner(path);
      exists(inner);
      value(inner, true);
    } while (text[at] == ',');
    at++;
  }

  private void array(Known path) {
    do {
      at++;
      if (text[at] == ']') {
        break;
      }
      count();
      value(path, false);
    } while (text[at] == ',');
    at++;
  }

  private void string(Known path) {
    if (isFull) {
      return;
    }
    int length = stringTo - stringFrom;
    if (length <= PayloadTerms.MAX_STRING) {
      sink.value(path.path.key(), PayloadTerms.STRING, string, stringFrom, length);
    } else {
      byte[] cut = terms.cut(string, stringFrom, stringTo);
      sink.value(path.path.key(), PayloadTerms.CUT, cut, 0, PayloadTerms.CUT_LENGTH);
    }
  }

  private void literal(Known path, int length) {
    literal[0] = text[at];
    at += length;
    if (!isFull) {
      sink.value(path.path.key(), PayloadTerms.LITERAL, literal, 0, 1);
    }
  }

  private void number(Known path, boolean isMember) {
    int from = at;
    boolean isWhole = true;
    byte b = text[at];
    do {
      isWhole &= b >= '0' && b <= '9';
      b = text[++at];
    } while ((b >= '0' && b <= '9') || b == '-' || b == '+' || b == '.' || b == 'e');
    double value = isWhole && at - from <= EXACT_DIGITS ? whole(from) : parse(from);
    if (path.isDuration && isMember) {
      sink.duration(value);
    }
    if (!isFull) {
      sink.number(path.path.number(), value);
    }
    sink.text(text, from, at);
  }

  private double whole(int from) {
    long value = 0;
    for (int i = from; i < at; i++) {
      value = 10 * value + (text[i] - '0');
    }
    return value;
  }

  private double parse(int from) {
    return Double.parseDouble(new String(text, from, at - from, StandardCharsets.ISO_8859_1));
  }

  /** Reads a string from its opening quote past the closing one. */
  private void readString() {
    int from = ++at;
    byte b = text[at];
    while (b != '"' && b != '\\') {
      b = text[++at];
    }
    string = text;
    stringFrom = from;
    stringTo = at;
    if (b == '\\') {
      unescape(from);
    }
    at++;
  }

  private void unescape(int from) {
    int length = at - from;
    unescaped = ArrayUtil.grow(unescaped, length + 1);
    System.arraycopy(text, from, unescaped, 0, length);
    while (text[at] != '"') {
      byte b = text[at++];
      if (b == '\\') {
        b = escape(text[at++]);
      }
      if (length == unescaped.length) {
        unescaped = ArrayUtil.grow(unescaped, length + 1);
      }
      unescaped[length++] = b;
    }
    string = unescaped;
    stringFrom = 0;
    stringTo = length;
  }

  /** The character that an escape stands for, its letter read: all are ASCII in canonical text. */
  private byte escape(byte letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'f' -> '\f';
      case 'r' -> '\r';
      case 'u' -> {
        at += 4;
        yield (byte) (Character.digit(text[at - 2], 16) << 4 | Character.digit(text[at - 1], 16));
      }
      default -> letter;
    };
  }

  /** The path that goes on with the name that was read. */
  private Known inner(Known outer) {
    int mask = outer.inner.length - 1;
    int slot = hash(string, stringFrom, stringTo) & mask;
    for (Known each = outer.inner[slot]; each != null; each = outer.inner[slot]) {
      if (Arrays.equals(each.name, 0, each.name.length, string, stringFrom, stringTo)) {
        return each;
      }
      slot = (slot + 1) & mask;
    }
    Known inner = newInner(outer);
    outer.inner[slot] = inner;
    if (2 * ++outer.innerCount > mask) {
      grow(outer);
    }
    return inner;
  }

  private Known newInner(Known outer) {
    byte[] name = Arrays.copyOfRange(string, stringFrom, stringTo);
    String asText = new String(name, StandardCharsets.UTF_8);
    List<byte[]> words = new ArrayList<>();
    for (String word : WordSplitter.words(asText)) {
      words.add(word.getBytes(StandardCharsets.UTF_8));
    }
    PayloadTerms.Path path = terms.within(outer.path, name, 0, name.length);
    known += PATH_COST + path.key().length + 2 * name.length;
    boolean isDuration = outer == root && asText.equals(EntryDocument.DURATION_NAME);
    return new Known(name, path, words.toArray(byte[][]::new), isDuration);
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = SEED * hash + bytes[i];
    }
    return hash ^ hash >>> 16;
  }

  private static void grow(Known outer) {
    @Nullable Known[] all = outer.inner;
    outer.inner = new Known[2 * all.length];
    int mask = outer.inner.length - 1;
    for (Known each : all) {
      if (each != null) {
        int slot = hash(each.name, 0, each.name.length) & mask;
        while (outer.inner[slot] != null) {
          slot = (slot + 1) & mask;
        }
        outer.inner[slot] = each;
      }
    }
  }
}
