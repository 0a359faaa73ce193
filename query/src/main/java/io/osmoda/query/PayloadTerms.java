package io.osmoda.query;

import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonBoolean;
import io.osmoda.ledger.JsonNull;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;

/**
 * How a payload's paths and values stand in the index, for whoever writes it and whoever asks it. A
 * term is the path, a type and the value; a number is a point of the path's number and its own. Not
 * thread-safe.
 */
final class PayloadTerms {
  /** Most values of a payload that are indexed by path; entries with more are read instead. */
  static final int MAX_VALUES = 1_000;

  /** Longest string that stands whole in a term, bytes; of a longer one its beginning and hash. */
  static final int MAX_STRING = 64;

  /** Longest path that stands whole in a term, bytes; of a longer one its hash. */
  private static final int MAX_PATH = 128;

  private static final int MAX_KNOWN_PATHS = 1 << 14;
  private static final int HASH = 16;
  private static final int NAME = 1;
  private static final int ESCAPE = 2;
  private static final int HASHED = 3;

  static final char EXISTS = 'e';
  static final char STRING = 's';
  static final char CUT = 'c';
  static final char HASHED_STRING = 'h';
  static final char LITERAL = 'l';

  /** Takes what a payload has at its paths. */
  interface Sink {
    void term(byte[] path, int pathLength, char type, byte[] value, int valueLength);

    void number(long path, long sortable);
  }

  private final MessageDigest digest = sha256();
  private final Map<BytesRef, Long> pathNumbers = new HashMap<>();
  private byte[] path = new byte[256];
  private int pathLength;
  private final byte[] key = new byte[MAX_PATH + 2];
  private int keyLength;
  private int values;

  private static final byte[] NOTHING = {};

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Hands out what stands in a payload.
   *
   * @return false where it holds more than {@link #MAX_VALUES}, so that not all was handed out
   */
  boolean each(JsonObject payload, Sink sink) {
    pathLength = 0;
    values = 0;
    return each((JsonValue) payload, sink, true);
  }

  private boolean each(JsonValue value, Sink sink, boolean isNewPath) {
    if (isNewPath) {
      if (++values > MAX_VALUES) {
        return false;
      }
      makeKey();
      sink.term(key, keyLength, EXISTS, NOTHING, 0);
    }
    switch (value) {
      case JsonObject object -> {
        int before = pathLength;
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          enter(member.getKey());
          boolean all = each(member.getValue(), sink, true);
          pathLength = before;
          if (!all) {
            return false;
          }
        }
        return true;
      }
      case JsonArray array -> {
        for (JsonValue element : array.elements()) {
          if (++values > MAX_VALUES || !each(element, sink, false)) {
            return false;
          }
        }
        return true;
      }
      case JsonString string -> {
        makeKey();
        byte[] utf8 = string.value().getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MAX_STRING) {
          sink.term(key, keyLength, STRING, utf8, utf8.length);
        } else {
          sink.term(key, keyLength, CUT, utf8, MAX_STRING);
          sink.term(key, keyLength, HASHED_STRING, digest.digest(utf8), HASH);
        }
      }
      case JsonNumber number -> {
        makeKey();
        sink.number(pathNumber(), sortable(number.value()));
      }
      case JsonBoolean literal -> literal(literal == JsonBoolean.TRUE ? 't' : 'f', sink);
      case JsonNull literal -> literal('n', sink);
    }
    return true;
  }

  private void literal(char letter, Sink sink) {
    makeKey();
    sink.term(key, keyLength, LITERAL, new byte[] {(byte) letter}, 1);
  }

  private void enter(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    path = ArrayUtil.grow(path, pathLength + 2 * utf8.length + 1);
    path[pathLength++] = NAME;
    for (byte b : utf8) {
      if (b >= 0 && b <= HASHED) {
        path[pathLength++] = ESCAPE;
        path[pathLength++] = (byte) (b + '0');
      } else {
        path[pathLength++] = b;
      }
    }
  }

  /** Makes the term's beginning of the present path: prefix-free, so no path begins another's. */
  private void makeKey() {
    if (pathLength <= MAX_PATH) {
      System.arraycopy(path, 0, key, 0, pathLength);
      keyLength = pathLength;
    } else {
      digest.update(path, 0, pathLength);
      key[0] = HASHED;
      System.arraycopy(digest.digest(), 0, key, 1, HASH);
      keyLength = HASH + 1;
    }
    key[keyLength++] = 0;
  }

  private long pathNumber() {
    Long known = pathNumbers.get(new BytesRef(key, 0, keyLength));
    if (known == null) {
      if (pathNumbers.size() == MAX_KNOWN_PATHS) {
        pathNumbers.clear();
      }
      digest.update(key, 0, keyLength);
      known = NumericUtils.sortableBytesToLong(digest.digest(), 0);
      pathNumbers.put(new BytesRef(Arrays.copyOf(key, keyLength)), known);
    }
    return known;
  }

  /** A number so that the order of longs is that of numbers; one zero only. */
  static long sortable(double value) {
    return NumericUtils.doubleToSortableLong(value + 0.0);
  }

  /** The number that points have for a path. */
  long numberOf(PayloadPath wanted) {
    go(wanted.names());
    return pathNumber();
  }

  /** The term of a path, a type and a value. */
  BytesRef term(PayloadPath wanted, char type, byte[] value, int valueLength) {
    go(wanted.names());
    byte[] term = Arrays.copyOf(key, keyLength + 1 + valueLength);
    term[keyLength] = (byte) type;
    System.arraycopy(value, 0, term, keyLength + 1, valueLength);
    return new BytesRef(term);
  }

  BytesRef exists(PayloadPath wanted) {
    return term(wanted, EXISTS, NOTHING, 0);
  }

  BytesRef literal(PayloadPath wanted, JsonValue literal) {
    char letter = literal == JsonNull.NULL ? 'n' : literal == JsonBoolean.TRUE ? 't' : 'f';
    return term(wanted, LITERAL, new byte[] {(byte) letter}, 1);
  }

  /** The term that an entry with exactly this string has. */
  BytesRef string(PayloadPath wanted, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return utf8.length <= MAX_STRING
        ? term(wanted, STRING, utf8, utf8.length)
        : term(wanted, HASHED_STRING, digest.digest(utf8), HASH);
  }

  private void go(List<String> names) {
    pathLength = 0;
    names.forEach(this::enter);
    makeKey();
  }
}
