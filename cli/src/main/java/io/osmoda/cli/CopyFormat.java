package io.osmoda.cli;

import io.osmoda.evidence.BundleEntries;
import io.osmoda.evidence.BundleSummary;
import io.osmoda.evidence.CloudEvents;
import io.osmoda.evidence.JsonCopy;
import io.osmoda.evidence.OcsfEvents;
import io.osmoda.evidence.OcsfVersion;
import io.osmoda.evidence.OscalResults;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.EntryFields;
import io.osmoda.query.FieldMask;
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
  CSV,
  OSCAL,
  OCSF,
  CLOUDEVENTS,
  HTML,
  PDF;

  private static final String CSV_FIELDS =
      "seq,timestamp,occurred_at,actor,action,tool,target,status,source,session,reason,payload,"
          + "entry_hash";

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How names of such files end. */
  String ending() {
    return switch (this) {
      case BUNDLE -> "zip";
      case OSCAL, OCSF, CLOUDEVENTS -> this + ".json";
      default -> toString();
    };
  }

  /** Whether it is the report for people, which {@link ReportFile} writes. */
  boolean isReport() {
    return this == HTML || this == PDF;
  }

  /** Whether the bundle is verified anyhow when such a copy is made. */
  boolean verifies() {
    return isReport() || this == OSCAL;
  }

  /** Whether it can leave out what is masked: entries that stand as they were sealed cannot. */
  boolean canMask() {
    return this == JSON || this == CSV || isReport();
  }

  /**
   * Writes a copy of what matches in a bundle; closes the stream.
   *
   * @param mask what is not shown; empty where the format cannot mask
   * @param version of the OCSF, where that is the format
   */
  void copy(Path bundle, FieldMask mask, OcsfVersion version, OutputStream target)
      throws IOException {
    try (PrintStream out =
        new PrintStream(new BufferedOutputStream(target), false, StandardCharsets.UTF_8)) {
      switch (this) {
        case BUNDLE, HTML, PDF -> throw new IllegalStateException(this + " has no list of entries");
        case JSON -> JsonCopy.write(bundle, mask, out);
        case NDJSON -> {
          JsonObject mark = BundleSummary.of(bundle).mark();
          out.println(JsonText.line(JsonObject.builder().put(BundleSummary.MARK, mark).build()));
          write(bundle, new LineWriter(out, EntryFields.WHOLE, false));
        }
        case CSV -> write(bundle, csv(bundle, mask, out));
        case OSCAL -> OscalResults.write(bundle, out);
        case OCSF -> OcsfEvents.write(bundle, version, out);
        case CLOUDEVENTS -> CloudEvents.write(bundle, out);
      }
      if (out.checkError()) {
        throw new IOException("the copy is incomplete: writing failed");
      }
    }
  }

  private static CsvWriter csv(Path bundle, FieldMask mask, PrintStream out) throws IOException {
    BundleSummary summary = BundleSummary.of(bundle);
    return new CsvWriter(
        out,
        EntryFields.parse(CSV_FIELDS),
        mask,
        BundleSummary.MARK,
        summary.origin()
            + " manifest "
            + summary.manifestSha256()
            + (mask.isEmpty() ? "" : " masked " + String.join(" ", mask.names())));
  }

  private static void write(Path bundle, EntryWriter writer) throws IOException {
    try (writer) {
      BundleEntries.read(bundle, writer::add);
    }
  }
}
