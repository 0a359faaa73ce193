package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns JSON from the wire into what an entry's payload may hold: masked, within the cap, and
 * within what the ledger's strict JSON accepts. Nothing is lost or refused for its form: what the
 * format does not accept becomes {@code {"raw": text}}, what is too long {@code {"omitted_bytes",
 * "sha256", "head"}} (section 1). Thread-safe.
 */
final class PayloadText {
  /** Characters kept of a part that is left out. */
  static final int HEAD = 1_024;

  /** Characters kept of a long string inside a part that is otherwise kept. */
  private static final int STRING_HEAD = 256;

  /** Strings from this many bytes on are left out first, where a part is over the cap. */
  private static final int LONG_STRING = 1_024;

  /** How far past the head secrets are looked for, so that none is cut in two and shown. */
  private static final int LOOK_AHEAD = 16 * 1024;

  /** Levels left for captured values below the payload object and the member that holds them. */
  private static final int MAX_DEPTH = CanonicalJson.MAX_DEPTH - 4;

  private final SecretMask mask;
  private final int maxPart;

  PayloadText(SecretMask mask, int maxPart) {
    this.mask = mask;
    this.maxPart = maxPart;
  }

  SecretMask mask() {
    return mask;
  }

  /** The value as the mode wants it written. */
  JsonValue capture(JsonSlice value, CaptureMode mode) {
    return switch (mode) {
      case FULL -> full(value);
      case DIGEST -> digest(value);
      case NONE -> JsonObject.builder().put("bytes", value.length()).build();
    };
  }

  /** The value itself, masked, or the head of it where it is over the cap. */
  JsonValue full(JsonSlice value) {
    boolean over = value.length() > maxPart;
    Reader reader = new Reader(value.bytes(), value.end(), over);
    try {
      JsonValue read = reader.value(value.start(), 1, false);
      if (reader.size <= maxPart) {
        return read;
      }
      return omitted(value.bytes(), value.start(), value.end(), HEAD);
    } catch (JsonRefused e) {
      return raw(value.bytes(), value.start(), value.end());
    }
  }

  /** Text from outside JSON, masked: the whole if it is short, else what was left out of it. */
  JsonValue text(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    return utf8.length > maxPart
        ? omitted(utf8, 0, utf8.length, HEAD)
        : new JsonString(mask.mask(new String(utf8, UTF_8)));
  }

  /** Bytes as they came, masked: {@code {"raw"}}, {@code {"raw_base64"}} or the head of them. */
  JsonObject raw(byte[] bytes, int start, int end) {
    if (escapedLength(bytes, start, end) > maxPart) {
      return omitted(bytes, start, end, HEAD);
    }
    String text = utf8(bytes, start, end);
    if (text != null) {
      return JsonObject.builder().put("raw", mask.mask(text)).build();
    }
    String latin = mask.mask(new String(bytes, start, end - start, ISO_8859_1));
    return JsonObject.builder()
        .put("raw_base64", Base64.getEncoder().encodeToString(latin.getBytes(ISO_8859_1)))
        .build();
  }

  /** Bytes that text takes as a JSON string, where a control character takes six. */
  private static long escapedLength(byte[] bytes, int start, int end) {
    long length = (long) end - start;
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if (b >= 0 && b < 0x20) {
        length += 5;
      } else if (b == '"' || b == '\\') {
        length++;
      }
    }
    return length;
  }

  /** What stands for a part that is left out: its size, the hash of its exact bytes, its start. */
  JsonObject omitted(byte[] bytes, int start, int end, int head) {
    return JsonObject.builder()
        .put("omitted_bytes", end - start)
        .put("sha256", sha256(bytes, start, end))
        .put("head", head(bytes, start, end, head))
        .build();
  }

  private JsonObject digest(JsonSlice value) {
    String text = value.raw();
    String masked = maskedAsJson(value, text);
    JsonObject.Builder digest = JsonObject.builder().put("bytes", value.length());
    if (masked.equals(text)) {
      return digest.put("sha256", sha256(value.bytes(), value.start(), value.end())).build();
    }
    // A secret of few possibilities could be guessed from a plain hash, so the mask is hashed.
    byte[] utf8 = masked.getBytes(UTF_8);
    return digest.put("masked_sha256", sha256(utf8, 0, utf8.length)).build();
  }

  /** The masked form to compare with: by member names too where the value can be read. */
  private String maskedAsJson(JsonSlice value, String text) {
    String byShape = mask.mask(text);
    if (!byShape.equals(text)) {
      return byShape;
    }
    try {
      Reader reader = new Reader(value.bytes(), value.end(), false);
      JsonValue read = reader.value(value.start(), 1, false);
      return reader.masked ? new String(CanonicalJson.write(read), UTF_8) : text;
    } catch (JsonRefused | JsonException e) {
      return text; // unreadable for names: the shapes were looked for
    }
  }

  private String head(byte[] bytes, int start, int end, int head) {
    int window = Math.min(end, start + Math.multiplyExact(head, 4) + LOOK_AHEAD);
    String masked = mask.mask(new String(bytes, start, window - start, UTF_8));
    if (masked.length() <= head) {
      return masked;
    }
    return masked.substring(
        0, Character.isHighSurrogate(masked.charAt(head - 1)) ? head - 1 : head);
  }

  /** SHA-256 in hex. */
  static String sha256(byte[] bytes, int start, int end) {
    MessageDigest digest = Digests.sha256();
    digest.update(bytes, start, end - start);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static @Nullable String utf8(byte[] bytes, int start, int end) {
    try {
      return UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Says that the strict form does not accept the value. */
  private static final class JsonRefused extends Exception {
    private static final long serialVersionUID = 1L;

    JsonRefused() {
      super("not accepted by the ledger's JSON", null, false, false);
    }
  }

  /** Reads one checked value into the ledger's JSON, masking as it goes. */
  private final class Reader {
    private final byte[] bytes;
    private final int end;
    private final boolean cutLongStrings;
    private long size;
    private boolean masked;
    private int at;

    Reader(byte[] bytes, int end, boolean cutLongStrings) {
      this.bytes = bytes;
      this.end = end;
      this.cutLongStrings = cutLongStrings;
    }

    JsonValue value(int from, int depth, boolean secret) throws JsonRefused {
      if (depth > MAX_DEPTH) {
        throw new JsonRefused();
      }
      at = JsonScan.space(bytes, from, end);
      size += 8;
      return switch (bytes[at]) {
        case '{' -> object(depth);
        case '[' -> array(depth, secret);
        case '"' -> string(secret);
        case 't' -> word(4, JsonBoolean.TRUE);
        case 'f' -> word(5, JsonBoolean.FALSE);
        case 'n' -> word(4, JsonNull.NULL);
        default -> number(secret);
      };
    }

    private JsonValue word(int length, JsonValue value) {
      at += length;
      return value;
    }

    private JsonValue object(int depth) throws JsonRefused {
      Map<String, JsonValue> members = new LinkedHashMap<>();
      at = JsonScan.space(bytes, at + 1, end);
      while (bytes[at] != '}') {
        int nameStart = at;
        at = JsonScan.string(bytes, at, end);
        String name = decoded(nameStart, at);
        size += at - nameStart;
        at = JsonScan.space(bytes, at, end) + 1;
        JsonValue value = value(at, depth + 1, SecretMask.isSecretName(name));
        String shown = mask.mask(name);
        if (members.putIfAbsent(shown, value) != null) {
          throw new JsonRefused();
        }
        next();
      }
      at++;
      return new JsonObject(members);
    }

    private JsonValue array(int depth, boolean secret) throws JsonRefused {
      List<JsonValue> elements = new ArrayList<>();
      at = JsonScan.space(bytes, at + 1, end);
      while (bytes[at] != ']') {
        elements.add(value(at, depth + 1, secret));
        next();
      }
      at++;
      return new JsonArray(elements);
    }

    private void next() {
      at = JsonScan.space(bytes, at, end);
      if (bytes[at] == ',') {
        at = JsonScan.space(bytes, at + 1, end);
      }
    }

    private JsonValue string(boolean secret) throws JsonRefused {
      int start = at;
      at = JsonScan.string(bytes, at, end);
      int length = at - start - 2;
      if (secret && length > 0) {
        return mark(decoded(start, at));
      }
      if (cutLongStrings && length > LONG_STRING) {
        return longString(start, at);
      }
      String text = decoded(start, at);
      String shown = mask.mask(text);
      size += length + Math.max(0, 3L * (shown.length() - text.length()));
      masked |= !shown.equals(text);
      return new JsonString(shown);
    }

    private JsonValue longString(int start, int stop) throws JsonRefused {
      boolean plain = true;
      for (int i = start + 1; plain && i < stop - 1; i++) {
        plain = bytes[i] != '\\' && bytes[i] > 0;
      }
      size += 4L * STRING_HEAD + 128;
      if (plain) {
        return omitted(bytes, start + 1, stop - 1, STRING_HEAD);
      }
      byte[] utf8 = decoded(start, stop).getBytes(UTF_8);
      return omitted(utf8, 0, utf8.length, STRING_HEAD);
    }

    private JsonValue mark(String secret) {
      String mark = mask.mark("member", secret);
      size += mark.length();
      masked = true;
      return new JsonString(mark);
    }

    private JsonValue number(boolean secret) throws JsonRefused {
      int start = at;
      at = JsonScan.value(bytes, at, end);
      size += 25;
      if (secret) {
        return mark(new String(bytes, start, at - start, UTF_8));
      }
      try {
        if (at - start <= 15 && isInteger(start, at)) {
          return JsonNumber.of(Long.parseLong(new String(bytes, start, at - start, ISO_8859_1)));
        }
        return CanonicalJson.parse(bytes, start, at - start);
      } catch (JsonException e) {
        throw new JsonRefused();
      }
    }

    private boolean isInteger(int from, int to) {
      for (int i = from; i < to; i++) {
        if (bytes[i] != '-' && (bytes[i] < '0' || bytes[i] > '9')) {
          return false;
        }
      }
      return true;
    }

    /** The text of the string token [start, stop); refuses what is no well-formed Unicode. */
    private String decoded(int start, int stop) throws JsonRefused {
      boolean ascii = true;
      boolean escaped = false;
      for (int i = start + 1; i < stop - 1; i++) {
        ascii &= bytes[i] > 0;
        escaped |= bytes[i] == '\\';
      }
      if (ascii && !escaped) {
        return new String(bytes, start + 1, stop - start - 2, ISO_8859_1);
      }
      if (!ascii && utf8(bytes, start, stop) == null) {
        throw new JsonRefused();
      }
      String text = java.util.Objects.requireNonNull(textOf(start, stop));
      for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
        int c = text.codePointAt(i);
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
          throw new JsonRefused();
        }
      }
      return text;
    }

    private @Nullable String textOf(int start, int stop) {
      JsonSlice slice = JsonSlice.of(bytes, start, stop);
      return slice == null ? null : slice.text();
    }
  }
}
