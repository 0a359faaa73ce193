package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.FieldMask;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the report of a bundle out of its lines: the same that an export puts into it. So a {@code
 * report.html} that says something else is found, and never has to be believed.
 */
final class BundleReport {
  private BundleReport() {}

  /**
   * The page.
   *
   * @param files of a bundle of kind range that was verified
   * @param mask what is not shown
   * @throws IOException if it cannot be read, or was not made of a request of ours
   */
  static String of(BundleFiles files, Manifest manifest, FieldMask mask) throws IOException {
    if (manifest.isSample()) {
      throw new IOException("a sample has no report; the bundle it was drawn from has one");
    }
    ExportRequest request;
    try {
      request = ExportRequest.parse(manifest.request());
    } catch (RequestRefusedException e) {
      throw new IOException("manifest.json, request: " + e.getMessage(), e);
    }
    List<Framework> frameworks = BundleFrameworks.of(files, manifest);
    Entry first = first(files);
    ReportTally tally =
        new ReportTally(
            period(files, manifest, first), frameworks, manifest.timeFrom(), manifest.timeTo());
    try (InputStream in = files.open("entries.ndjson")) {
      LineSource lines = new LineSource(in);
      while (lines.next()) {
        Entry entry = entry(lines);
        boolean isInside = manifest.isInside(entry.timestamp());
        tally.add(entry, isInside, isInside && manifest.filter().matches(entry));
      }
    }
    tally.finish();
    return new String(
        ReportPage.of(
            new ReportScope(
                manifest.origin(),
                request,
                manifest.filter(),
                frameworks,
                manifest.timeFrom(),
                manifest.timeTo(),
                manifest.counts(),
                first.timestamp(), // a ledger that begins in the period begins with its range
                redactions(files),
                mask),
            tally),
        StandardCharsets.UTF_8);
  }

  private static ReportPeriod period(BundleFiles files, Manifest manifest, Entry first)
      throws IOException {
    String from = manifest.timeFrom();
    String to = manifest.timeTo();
    return from == null || to == null
        ? new ReportPeriod(first.instant(), last(files).instant().plusNanos(1), false)
        : new ReportPeriod(Instant.parse(from), Instant.parse(to), true);
  }

  private static Entry first(BundleFiles files) throws IOException {
    try (InputStream in = files.open("entries.ndjson")) {
      LineSource lines = new LineSource(in);
      if (!lines.next()) {
        throw new IOException("entries.ndjson is empty");
      }
      return entry(lines);
    }
  }

  private static Entry last(BundleFiles files) throws IOException {
    byte[] last = new byte[0];
    try (InputStream in = files.open("entries.ndjson")) {
      LineSource lines = new LineSource(in);
      while (lines.next()) {
        last = line(lines);
      }
    }
    return Entry.parse(last);
  }

  private static List<ReportTally.Noted> redactions(BundleFiles files) throws IOException {
    List<ReportTally.Noted> redactions = new ArrayList<>();
    try (InputStream in = files.open("context.ndjson")) {
      LineSource lines = new LineSource(in);
      while (lines.next()) {
        redactions.add(ReportTally.Noted.of(entry(lines)));
      }
    }
    return redactions;
  }

  private static Entry entry(LineSource lines) throws IOException {
    return BundleEntries.entry(lines);
  }

  private static byte[] line(LineSource lines) {
    return Arrays.copyOfRange(lines.buffer(), lines.offset(), lines.offset() + lines.length());
  }
}
