package io.osmoda.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Makes an origin (format, section 3) out of the machine's name. */
final class Origins {
  private static final int MAX = 255;

  private Origins() {}

  /** The machine's name, made to fit. */
  static String ofMachine() {
    return fitted(hostName());
  }

  /** Whether the text is an origin as it stands. */
  static boolean isOrigin(String text) {
    return text.matches("[a-z0-9][a-z0-9._/:-]{0,254}");
  }

  /**
   * The text with all that an origin may not hold replaced; {@code localhost} where none is left.
   */
  static String fitted(String name) {
    String fitted =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._/:-]+", "-")
            .replaceAll("^[^a-z0-9]+", "")
            .replaceAll("[^a-z0-9]+$", "");
    if (fitted.length() > MAX) {
      fitted = fitted.substring(0, MAX);
    }
    return fitted.isEmpty() ? "localhost" : fitted;
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      // not Linux: ask the resolver, which may be slower
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
