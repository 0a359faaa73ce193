package io.osmoda.cli;

import io.osmoda.evidence.BundleEntries;
import io.osmoda.evidence.BundleSummary;
import io.osmoda.ledger.JsonObject;
import io.osmoda.query.EntryFields;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** How an export is written: as a bundle, or as a copy that proves nothing and says so. */
enum CopyFormat {
  BUNDLE,
  JSON,
  NDJSON,
  CSV;

  private static final String CSV_FIELDS =
      "seq,timestamp,occurred_at,actor,action,tool,target,status,source,session,reason,payload,"
          + "entry_hash";

  /** The column and member that say of what a copy is one. */
  static final String MARK = "unverified_copy_of";

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Writes a copy of what matches in a bundle; closes the stream. */
  void copy(Path bundle, OutputStream target) throws IOException {
    BundleSummary summary = BundleSummary.of(bundle);
    JsonObject mark =
        JsonObject.builder()
            .put("manifest_sha256", summary.manifestSha256())
            .put("origin", summary.origin())
            .build();
    try (PrintStream out =
        new PrintStream(new BufferedOutputStream(target), false, StandardCharsets.UTF_8)) {
      switch (this) {
        case BUNDLE -> throw new IllegalStateException("a bundle is no copy");
        case JSON -> {
          out.print("{\"" + MARK + "\":" + JsonText.line(mark) + ",\"entries\":");
          write(bundle, new LineWriter(out, EntryFields.WHOLE, true));
          out.println("}");
        }
        case NDJSON -> {
          out.println(JsonText.line(JsonObject.builder().put(MARK, mark).build()));
          write(bundle, new LineWriter(out, EntryFields.WHOLE, false));
        }
        case CSV ->
            write(
                bundle,
                new CsvWriter(
                    out,
                    EntryFields.parse(CSV_FIELDS),
                    MARK,
                    summary.origin() + " manifest " + summary.manifestSha256()));
      }
      if (out.checkError()) {
        throw new IOException("the copy could not be written to its end");
      }
    }
  }

  private static void write(Path bundle, EntryWriter writer) throws IOException {
    try (writer) {
      BundleEntries.read(bundle, writer::add);
    }
  }
}
