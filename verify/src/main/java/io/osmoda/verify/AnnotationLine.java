package io.osmoda.verify;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of annotations.ndjson (section 6): which controls an entry is said to support. What
 * stands before the number is the same in most lines, so it is parsed once. Not thread-safe.
 */
public final class AnnotationLine {
  /** Beginnings of lines that are remembered; a framework has some tens of actions. */
  private static final int MAX_KNOWN = 64;

  private static final int MAX_DIGITS = 16; // of 2^53 - 1

  private final List<byte[]> known = new ArrayList<>(); // that begin a good line; the newest last

  /** The number in a line, which is good; null where it is no annotation. */
  @Nullable Long seq(byte[] buffer, int from, int end) {
    int digits = Math.max(from, end - 1);
    while (digits > from && buffer[digits - 1] >= '0' && buffer[digits - 1] <= '9') {
      digits--;
    }
    for (int i = known.size() - 1; i >= 0; i--) {
      byte[] before = known.get(i);
      if (Arrays.equals(buffer, from, digits, before, 0, before.length)) {
        return number(buffer, digits, end);
      }
    }
    Long seq = seq(Arrays.copyOfRange(buffer, from, end));
    if (seq != null && digits > from && buffer[digits - 1] == ':') {
      if (known.size() == MAX_KNOWN) {
        known.removeFirst();
      }
      known.add(Arrays.copyOfRange(buffer, from, digits));
    }
    return seq;
  }

  /** A number in canonical form that a brace follows. */
  private static @Nullable Long number(byte[] buffer, int digits, int end) {
    int length = end - 1 - digits;
    if (length < 1
        || length > MAX_DIGITS
        || buffer[end - 1] != '}'
        || (buffer[digits] == '0' && length > 1)) {
      return null;
    }
    long seq = 0;
    for (int i = digits; i < end - 1; i++) {
      seq = 10 * seq + buffer[i] - '0';
    }
    return seq <= JsonNumber.MAX_SAFE_INTEGER ? seq : null;
  }

  /** The number in a line of annotations; null where it is none. */
  public static @Nullable Long seq(byte[] line) {
    try {
      if (CanonicalJson.parse(line) instanceof JsonObject json
          && Arrays.equals(CanonicalJson.write(json), line)
          && json.members().keySet().equals(Set.of("controls", "seq"))
          && json.get("controls") instanceof JsonArray controls
          && !controls.elements().isEmpty()
          && json.get("seq") instanceof JsonNumber(var seq)
          && seq >= 0
          && seq == Math.rint(seq)
          && controls.elements().stream()
              .allMatch(
                  each ->
                      each instanceof JsonObject control
                          && control.members().keySet().equals(Set.of("control", "framework"))
                          && control.string("control") != null
                          && control.string("framework") != null)) {
        return (long) seq;
      }
    } catch (JsonException e) {
      return null;
    }
    return null;
  }
}
