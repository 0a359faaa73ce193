package io.osmoda.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Takes a bundle that comes as a zip over a connection. */
public final class BundleTransfer {
  /** What every bundle of a range ends in: without it the sender broke off. */
  private static final String LAST = "range.proof";

  private BundleTransfer() {}

  /**
   * Writes what comes to a sink, and finishes it when all is there.
   *
   * @throws IOException if it breaks off, or names a file that a bundle cannot have
   */
  public static void receive(InputStream in, BundleSink sink) throws IOException {
    ZipInputStream zip = new ZipInputStream(in);
    Set<String> names = new HashSet<>();
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (!names.add(entry.getName())) {
        throw new IOException("the bundle names a file twice: " + entry.getName());
      }
      try (OutputStream out = sink.begin(entry.getName())) {
        zip.transferTo(out);
      }
    }
    in.transferTo(OutputStream.nullOutputStream()); // a connection that breaks off is told here
    if (!names.contains(LAST)) {
      throw new IOException("the bundle was incomplete; nothing was kept");
    }
    sink.finish();
  }
}
