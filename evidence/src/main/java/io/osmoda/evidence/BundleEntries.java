package io.osmoda.evidence;

import io.osmoda.ledger.Entry;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the entries of a bundle that its filter matches, for copies to look at. */
public final class BundleEntries {
  private BundleEntries() {}

  /** Takes entries. */
  public interface Sink {
    /** One that matches, without its payload where the bundle lacks it. */
    void accept(Entry entry) throws IOException;
  }

  /**
   * Hands out what matches, in order.
   *
   * @throws IOException if the bundle cannot be read, or a line of it is no entry
   */
  public static void read(Path bundle, Sink sink) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle);
        InputStream in = files.open("entries.ndjson")) {
      Manifest manifest = Manifest.parse(files.read("manifest.json", Manifest.MAX_BYTES));
      LineSource source = new LineSource(in);
      while (source.next()) {
        Entry entry =
            Entry.parse(
                Arrays.copyOfRange(
                    source.buffer(), source.offset(), source.offset() + source.length()));
        if (manifest.isInside(entry.timestamp()) && manifest.filter().matches(entry)) {
          sink.accept(entry);
        }
      }
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }
}
