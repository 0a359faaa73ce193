package io.osmoda.agents;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC id as a key: numbers compare by value, and {@code 1} is never {@code "1"}.
 *
 * @param kind {@code s} string, {@code n} number, {@code x} anything that is no proper id
 */
record MessageId(char kind, String text) {
  /** The key of an id; null for no id and for {@code null}, which name no request. */
  static @Nullable MessageId of(@Nullable JsonSlice id) {
    if (id == null || id.isNull()) {
      return null;
    }
    String text = id.text();
    if (text != null) {
      return new MessageId('s', text);
    }
    return id.isNumber() ? new MessageId('n', number(id.raw())) : new MessageId('x', id.raw());
  }

  private static String number(String literal) {
    boolean plain =
        literal.indexOf('.') < 0 && literal.indexOf('e') < 0 && literal.indexOf('E') < 0;
    if (plain) {
      return literal.equals("-0") ? "0" : literal;
    }
    try {
      BigDecimal value = new BigDecimal(literal).stripTrailingZeros();
      return value.scale() <= 0 && value.precision() - value.scale() < 40
          ? value.toBigInteger().toString()
          : value.toString();
    } catch (NumberFormatException e) {
      return literal; // an exponent beyond all reason: its spelling is the key
    }
  }
}
