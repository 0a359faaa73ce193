package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Random values, with a liking for what is easily got wrong, and random layouts of them. */
final class RandomJsonText {
  private final RandomGenerator random;

  RandomJsonText(RandomGenerator random) {
    this.random = random;
  }

  JsonObject object(int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    int count = random.nextInt(20) == 0 ? random.nextInt(60) : random.nextInt(8);
    for (int i = 0; i < count; i++) {
      members.put(string(), value(depth - 1));
    }
    return new JsonObject(members);
  }

  JsonValue value(int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> JsonNull.NULL;
      case 1 -> JsonBoolean.of(random.nextBoolean());
      case 2, 3 -> new JsonNumber(number());
      case 4, 5 -> new JsonString(string());
      case 6 -> object(depth);
      default -> {
        List<JsonValue> elements = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          elements.add(value(depth - 1));
        }
        yield new JsonArray(elements);
      }
    };
  }

  double number() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(1000);
      case 1 -> random.nextLong(-(1L << 53) + 1, 1L << 53);
      case 2 -> random.nextInt(100_000_000) / Math.pow(10, random.nextInt(9));
      case 3 -> -random.nextDouble();
      case 4 -> Math.scalb(1.0, random.nextInt(2098) - 1074);
      case 5 -> Math.pow(10, random.nextInt(600) - 300);
      case 6 -> Double.longBitsToDouble(random.nextLong(1, 300));
      default -> {
        double any = Double.longBitsToDouble(random.nextLong());
        yield Double.isFinite(any) ? any : 0;
      }
    };
  }

  String string() {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(10) == 0 ? random.nextInt(80) : random.nextInt(12);
    boolean tame = random.nextBoolean();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(tame ? 'a' + random.nextInt(26) : codePoint());
    }
    return text.toString();
  }

  private int codePoint() {
    return switch (random.nextInt(10)) {
      case 0 -> random.nextInt(0x20);
      case 1 -> "\"\\/\b\f\n\r\t\u007f\u2028".charAt(random.nextInt(10));
      case 2 -> 0x80 + random.nextInt(0x780);
      case 3 -> 0x800 + random.nextInt(0xd000);
      case 4 -> 0xd7ff - random.nextInt(2);
      case 5 -> 0xe000 + random.nextInt(0x2000);
      case 6 -> 0x10000 + random.nextInt(0x100000);
      default -> 0x20 + random.nextInt(0x5f);
    };
  }

  /** The value as text in some layout, order, spelling of strings and of numbers. */
  byte[] layOut(JsonValue value) {
    StringBuilder text = new StringBuilder();
    layOut(value, text);
    space(text);
    return text.toString().getBytes(UTF_8);
  }

  private void layOut(JsonValue value, StringBuilder text) {
    space(text);
    switch (value) {
      case JsonObject object -> {
        text.append('{');
        List<Map.Entry<String, JsonValue>> members = new ArrayList<>(object.members().entrySet());
        Collections.shuffle(members, Random.from(random));
        String comma = "";
        for (Map.Entry<String, JsonValue> member : members) {
          text.append(comma);
          space(text);
          layOut(member.getKey(), text);
          space(text);
          text.append(':');
          layOut(member.getValue(), text);
          space(text);
          comma = ",";
        }
        space(text);
        text.append('}');
      }
      case JsonArray array -> {
        text.append('[');
        String comma = "";
        for (JsonValue element : array.elements()) {
          text.append(comma);
          layOut(element, text);
          space(text);
          comma = ",";
        }
        space(text);
        text.append(']');
      }
      case JsonString string -> layOut(string.value(), text);
      case JsonNumber number -> text.append(spelling(number.value()));
      case JsonBoolean bool -> text.append(bool == JsonBoolean.TRUE);
      case JsonNull nothing -> text.append("null");
    }
  }

  private void space(StringBuilder text) {
    while (random.nextInt(4) == 0) {
      text.append(" \t\r\n".charAt(random.nextInt(4)));
    }
  }

  private void layOut(String string, StringBuilder text) {
    text.append('"');
    boolean escapeAll = random.nextInt(8) == 0;
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (escapeAll || c < 0x20) {
        text.append((random.nextBoolean() ? "\\u%04x" : "\\u%04X").formatted((int) c));
      } else if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c == '/' && random.nextBoolean()) {
        text.append("\\/");
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  private String spelling(double value) {
    return switch (random.nextInt(5)) {
      case 0 -> Double.toString(value);
      case 1 -> {
        String exact = new BigDecimal(value).toPlainString();
        yield exact.contains(".") ? exact : exact + ".000";
      }
      case 2 -> new BigDecimal(value).unscaledValue() + "e" + -new BigDecimal(value).scale();
      case 3 -> "%.17e".formatted(value);
      default -> {
        byte[] bytes = new byte[JsonNumbers.MAX_LENGTH];
        yield new String(bytes, 0, JsonNumbers.write(value, bytes, 0), UTF_8);
      }
    };
  }
}
