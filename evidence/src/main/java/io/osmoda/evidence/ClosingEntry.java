package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.verify.BundleFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code ledger_export} entry that closes a bundle's export, as the bundle shows it. */
final class ClosingEntry {
  private static final String FILE = "export.ndjson";
  private static final int MAX_BYTES = 1 << 20;

  private ClosingEntry() {}

  /**
   * Reads it; its hashes are checked, its place in the ledger is not.
   *
   * @return null where the bundle has none, as a sample
   */
  static @Nullable Entry of(Path bundle) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle)) {
      return files.names().contains(FILE) ? Entry.parse(files.read(FILE, MAX_BYTES)) : null;
    }
  }

  /** Whether the entry closes an export and names that manifest. */
  static boolean names(Entry entry, String manifestSha256) {
    JsonObject payload = entry.payload();
    return entry.action().equals("ledger_export")
        && entry.status().equals("ok")
        && payload != null
        && manifestSha256.equals(payload.string("manifest_sha256"));
  }
}
