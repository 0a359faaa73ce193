package io.osmoda.evidence;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Pattern;

/**
 * Where a bundle's files go, one after the other. What was begun and is closed without {@link
 * #finish} leaves nothing behind where that can be had. Not thread-safe.
 */
public interface BundleSink extends Closeable {
  /** What a file of a bundle may be called; no part may be {@code .} or {@code ..}. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?");

  /** Whether a file of a bundle may be called so. */
  static boolean isName(String name) {
    if (!NAME.matcher(name).matches()) {
      return false;
    }
    for (String part : name.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** Begins a file; closing the stream ends it, before the next is begun. */
  OutputStream begin(String name) throws IOException;

  /** The bundle is whole. */
  void finish() throws IOException;
}
