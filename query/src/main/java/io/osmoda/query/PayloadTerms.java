package io.osmoda.query;

import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/**
 * How a payload's paths and values stand in the index, for whoever writes it and whoever asks it. A
 * term is the path, a type and the value; a number is a point of the path's number and its own. Not
 * thread-safe.
 */
final class PayloadTerms {
  /** Longest string that stands whole in a term, bytes; of a longer one its beginning and hash. */
  static final int MAX_STRING = 64;

  /** The beginning that a term has of a longer string, bytes. */
  static final int CUT_STRING = 32;

  /** Longest path that stands whole in a term, bytes; of a longer one a hash. */
  private static final int MAX_PATH = 128;

  private static final int HASH = 16;

  /** Bytes that a term has of a longer string. */
  static final int CUT_LENGTH = CUT_STRING + HASH;

  private static final int NAME = 1;
  private static final int ESCAPE = 2;
  private static final int HASHED = 3;

  static final char EXISTS = 'e';
  static final char STRING = 's';
  static final char CUT = 'c';
  static final char LITERAL = 'l';

  private static final byte[] NOTHING = {};

  /**
   * A path.
   *
   * @param key what its terms begin with: prefix-free, so no path begins another's
   * @param number what its points begin with
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Path(byte[] key, long number) {}

  private final MessageDigest digest = Digests.sha256();
  private final byte[] cut = new byte[CUT_LENGTH];

  /** The path of the payload itself. */
  Path root() {
    return path(NOTHING, 0);
  }

  /** The path of a member of what stands at another. */
  Path within(Path outer, byte[] utf8, int from, int to) {
    int length = outer.key.length - 1;
    byte[] names = Arrays.copyOf(outer.key, length + 1 + 2 * (to - from));
    names[length++] = NAME;
    for (int i = from; i < to; i++) {
      byte b = utf8[i];
      if (b >= 0 && b <= HASHED) {
        names[length++] = ESCAPE;
        names[length++] = (byte) (b + '0');
      } else {
        names[length++] = b;
      }
    }
    return path(names, length);
  }

  /** The key is the names and a zero; of long names it is their hash, with which others go on. */
  private Path path(byte[] names, int length) {
    byte[] key;
    if (length <= MAX_PATH) {
      key = new byte[length + 1];
      System.arraycopy(names, 0, key, 0, length);
    } else {
      digest.update(names, 0, length);
      key = new byte[1 + HASH + 1];
      key[0] = HASHED;
      System.arraycopy(digest.digest(), 0, key, 1, HASH);
    }
    return new Path(key, NumericUtils.sortableBytesToLong(digest.digest(key), 0));
  }

  /** What a term has of a string longer than {@link #MAX_STRING}; good until the next call. */
  byte[] cut(byte[] utf8, int from, int to) {
    digest.update(utf8, from, to - from);
    System.arraycopy(utf8, from, cut, 0, CUT_STRING);
    System.arraycopy(digest.digest(), 0, cut, CUT_STRING, HASH);
    return cut;
  }

  /** A number so that the order of longs is that of numbers; one zero only. */
  static long sortable(double value) {
    return NumericUtils.doubleToSortableLong(value + 0.0);
  }

  /** What a literal's term has for it. */
  static byte literal(JsonValue literal) {
    return (byte) (literal == JsonNull.NULL ? 'n' : literal == JsonBoolean.TRUE ? 't' : 'f');
  }

  private Path path(PayloadPath wanted) {
    Path path = root();
    for (String name : wanted.names()) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      path = within(path, utf8, 0, utf8.length);
    }
    return path;
  }

  /** The number that points have for a path. */
  long numberOf(PayloadPath wanted) {
    return path(wanted).number();
  }

  /** The term of a path, a type and a value. */
  BytesRef term(PayloadPath wanted, char type, byte[] value, int valueLength) {
    byte[] key = path(wanted).key();
    byte[] term = Arrays.copyOf(key, key.length + 1 + valueLength);
    term[key.length] = (byte) type;
    System.arraycopy(value, 0, term, key.length + 1, valueLength);
    return new BytesRef(term);
  }

  BytesRef exists(PayloadPath wanted) {
    return term(wanted, EXISTS, NOTHING, 0);
  }

  BytesRef literal(PayloadPath wanted, JsonValue literal) {
    return term(wanted, LITERAL, new byte[] {literal(literal)}, 1);
  }

  /** The term that an entry with exactly this string has. */
  BytesRef string(PayloadPath wanted, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return utf8.length <= MAX_STRING
        ? term(wanted, STRING, utf8, utf8.length)
        : term(wanted, CUT, cut(utf8, 0, utf8.length), CUT_LENGTH);
  }
}
