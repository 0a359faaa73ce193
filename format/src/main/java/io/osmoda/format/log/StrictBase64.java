package io.osmoda.format.log;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Standard base64, padded, unused bits zero: so that every value has one spelling. */
final class StrictBase64 {
  private StrictBase64() {}

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The bytes, or null where the text is anything but their one spelling. */
  static byte @Nullable [] decode(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    // The JDK's decoder lets missing padding and unused bits pass.
    return encode(bytes).equals(text) ? bytes : null;
  }

  /** The hash, or null where the text is not the one spelling of 32 bytes. */
  static @Nullable Hash hash(String text) {
    byte[] bytes = decode(text);
    return bytes == null || bytes.length != Hash.LENGTH ? null : Hash.wrap(bytes);
  }
}
