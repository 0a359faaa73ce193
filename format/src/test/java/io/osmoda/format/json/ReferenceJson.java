package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same rules a second time, written to be plainly right and not to be fast: works on text, with
 * the JDK's decoder, regular expressions and exact decimals. What it and {@link CanonicalJson} do
 * not agree on is a bug in one of them.
 */
final class ReferenceJson {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern STRING =
      Pattern.compile("\"((?:[^\"\\\\\\x00-\\x1f]|\\\\(?:[\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+)\"");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u(....)|(.))", Pattern.DOTALL);
  private static final Pattern SPACE = Pattern.compile("[ \\t\\n\\r]*+");

  private final String text;
  private int at;

  private ReferenceJson(String text) {
    this.text = text;
  }

  /** The canonical form, or nothing where the input is refused. */
  static Optional<String> canonicalize(byte[] utf8) {
    try {
      String text =
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8))
              .toString();
      ReferenceJson reader = new ReferenceJson(text);
      reader.match(SPACE);
      String canonical = reader.value(1);
      reader.match(SPACE);
      return reader.at == text.length() ? Optional.of(canonical) : Optional.empty();
    } catch (CharacterCodingException | Refused e) {
      return Optional.empty();
    }
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private Matcher match(Pattern pattern) {
    Matcher matcher = pattern.matcher(text).region(at, text.length());
    if (!matcher.lookingAt()) {
      throw new Refused();
    }
    at = matcher.end();
    return matcher;
  }

  private boolean take(String token) {
    if (text.startsWith(token, at)) {
      at += token.length();
      return true;
    }
    return false;
  }

  private void require(boolean holds) {
    if (!holds) {
      throw new Refused();
    }
  }

  private String value(int level) {
    for (String word : new String[] {"null", "true", "false"}) {
      if (take(word)) {
        return word;
      }
    }
    if (take("{")) {
      require(level <= 64);
      return object(level);
    }
    if (take("[")) {
      require(level <= 64);
      return array(level);
    }
    return text.startsWith("\"", at) ? quote(string()) : number();
  }

  private String object(int level) {
    Map<String, String> members = new TreeMap<>();
    match(SPACE);
    if (!take("}")) {
      do {
        match(SPACE);
        String name = string();
        match(SPACE);
        require(take(":"));
        match(SPACE);
        require(members.put(name, value(level + 1)) == null);
        match(SPACE);
      } while (take(","));
      require(take("}"));
    }
    StringJoiner joined = new StringJoiner(",", "{", "}");
    members.forEach((name, value) -> joined.add(quote(name) + ":" + value));
    return joined.toString();
  }

  private String array(int level) {
    StringJoiner joined = new StringJoiner(",", "[", "]");
    match(SPACE);
    if (!take("]")) {
      do {
        match(SPACE);
        joined.add(value(level + 1));
        match(SPACE);
      } while (take(","));
      require(take("]"));
    }
    return joined.toString();
  }

  private String string() {
    String body = match(STRING).group(1);
    String plain =
        ESCAPE
            .matcher(body)
            .replaceAll(
                escape -> {
                  String hex = escape.group(1);
                  String one =
                      hex != null
                          ? Character.toString((char) Integer.parseInt(hex, 16))
                          : switch (escape.group(2)) {
                            case "b" -> "\b";
                            case "f" -> "\f";
                            case "n" -> "\n";
                            case "r" -> "\r";
                            case "t" -> "\t";
                            default -> escape.group(2);
                          };
                  return Matcher.quoteReplacement(one);
                });
    require(UTF_8.newEncoder().canEncode(plain));
    return plain;
  }

  private static String quote(String plain) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      quoted.append(
          switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> c < 0x20 ? "\\u%04x".formatted((int) c) : Character.toString(c);
          });
    }
    return quoted.append('"').toString();
  }

  private String number() {
    Matcher matcher = match(NUMBER);
    String literal = matcher.group();
    double value = Double.parseDouble(literal);
    boolean zero = literal.matches("-?[0.]+([eE].*)?");
    require(Double.isFinite(value) && (value != 0 || zero));
    String canonical = number(value);
    if (matcher.group(1) == null
        && matcher.group(2) == null
        && new BigDecimal(literal).abs().compareTo(new BigDecimal("9007199254740991")) > 0) {
      require(literal.equals(canonical));
    }
    return canonical;
  }

  /**
   * ECMAScript's Number::toString by its own words: the fewest digits that come back as the double,
   * and of those the closest.
   */
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    if (value < 0) {
      return "-" + number(-value);
    }
    BigDecimal exact = new BigDecimal(value);
    int magnitude = exact.precision() - exact.scale();
    for (int digits = 1; ; digits++) {
      BigDecimal below = exact.setScale(digits - magnitude, RoundingMode.FLOOR);
      BigDecimal above = exact.setScale(digits - magnitude, RoundingMode.CEILING);
      boolean belowFits = below.doubleValue() == value;
      boolean aboveFits = above.doubleValue() == value;
      if (belowFits || aboveFits) {
        boolean takeBelow =
            belowFits
                && (!aboveFits
                    || exact.subtract(below).compareTo(above.subtract(exact)) < 0
                    || (exact.subtract(below).compareTo(above.subtract(exact)) == 0
                        && !below.unscaledValue().testBit(0)));
        return layOut((takeBelow ? below : above).stripTrailingZeros());
      }
    }
  }

  private static String layOut(BigDecimal decimal) {
    String digits = decimal.unscaledValue().toString();
    int k = digits.length();
    int n = k - decimal.scale();
    if (k <= n && n <= 21) {
      return digits + "0".repeat(n - k);
    }
    if (0 < n && n <= 21) {
      return digits.substring(0, n) + "." + digits.substring(n);
    }
    if (-6 < n && n <= 0) {
      return "0." + "0".repeat(-n) + digits;
    }
    String exponent = (n - 1 < 0 ? "e-" : "e+") + Math.abs(n - 1);
    return k == 1 ? digits + exponent : digits.charAt(0) + "." + digits.substring(1) + exponent;
  }
}
