package io.osmoda.cli;

import io.osmoda.evidence.PdfReport;
import io.osmoda.evidence.ReportCopy;
import io.osmoda.query.FieldMask;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes the report of a bundle by itself, as HTML or PDF, once the bundle was verified. */
final class ReportFile {
  private ReportFile() {}

  /** Writes it; closes the stream. */
  static void write(
      Path bundle, CopyFormat format, FieldMask mask, Trust trust, OutputStream target)
      throws IOException {
    ReportCopy copy = ReportCopy.of(bundle, mask, trust.options());
    try (OutputStream out = new BufferedOutputStream(target)) {
      if (format == CopyFormat.PDF) {
        PdfReport.write(copy.html(), copy.extracted(), out);
      } else {
        out.write(copy.html().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
