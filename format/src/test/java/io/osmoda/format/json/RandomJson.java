package io.osmoda.format.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random JSON values and random damage to bytes, for property tests. */
public final class RandomJson {
  private static final String[] CHARACTERS = {
    "a",
    "b",
    "Z",
    "0",
    " ",
    "\"",
    "\\",
    "/",
    "\n",
    "\t",
    "\b",
    "\f",
    "\r",
    "\u0000",
    "\u001f",
    "\u007f",
    "\u0080",
    "\u00e9",
    "\u05d0",
    "\u2028",
    "\u20ac",
    "\ud7ff",
    "\ue000",
    "\ufb33",
    "\uffff",
    "\ud83d\ude00",
    "\udbff\udfff",
    "abcdefgh",
    "0123456789abcdef"
  };
  private static final String SPICE = "\"\\{}[]:,0123456789eE+-. untrfals/\n\t";

  private RandomJson() {}

  static JsonValue value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> JsonBoolean.of(random.nextBoolean());
      case 1 -> JsonNull.NULL;
      case 2 -> new JsonNumber(number(random));
      case 3 -> JsonNumber.of(random.nextInt(2_000) - 1_000);
      case 4, 5 -> new JsonString(text(random));
      case 6 -> {
        List<JsonValue> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(value(random, depth - 1));
        }
        yield new JsonArray(items);
      }
      default -> object(random, depth);
    };
  }

  static JsonObject object(Random random, int depth) {
    JsonObject.Builder object = JsonObject.builder();
    for (int i = random.nextInt(6); i > 0; i--) {
      object.put(text(random), value(random, depth - 1));
    }
    return object.build();
  }

  /** One random change: a byte flipped, removed, doubled, put in or a part moved. */
  public static byte[] mutate(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    byte other =
        random.nextInt(4) == 0
            ? (byte) random.nextInt(256)
            : (byte) SPICE.charAt(random.nextInt(SPICE.length()));
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] copy = bytes.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        yield copy;
      }
      case 1 -> {
        byte[] copy = bytes.clone();
        copy[at] = other;
        yield copy;
      }
      case 2 -> splice(bytes, at, at + 1, new byte[0]);
      case 3 -> splice(bytes, at, at, new byte[] {other});
      default -> {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
        yield splice(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      }
    };
  }

  /** The bytes with those in [from, to) replaced. */
  public static byte[] splice(byte[] bytes, int from, int to, byte[] replacement) {
    byte[] result = new byte[bytes.length - (to - from) + replacement.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(replacement, 0, result, from, replacement.length);
    System.arraycopy(bytes, to, result, from + replacement.length, bytes.length - to);
    return result;
  }

  private static double number(Random random) {
    while (true) {
      double value =
          switch (random.nextInt(4)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(1_000_000) / 1_000.0;
            case 2 -> random.nextGaussian();
            default -> random.nextLong();
          };
      // Integers past 2^53 are accepted only in canonical form, and so always here.
      if (Double.isFinite(value)) {
        return value;
      }
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(random.nextInt(8) == 0 ? 40 : 5); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }
}
