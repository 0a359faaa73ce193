package io.osmoda.cli;

import io.osmoda.evidence.PdfReport;
import io.osmoda.evidence.ReportCopy;
import io.osmoda.ledger.Finding;
import io.osmoda.ledger.Verdict;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes the report of a bundle by itself, as HTML or PDF, once the bundle was verified. */
final class ReportFile {
  private ReportFile() {}

  /** Writes it; closes the stream. */
  static void write(Path bundle, CopyFormat format, Trust trust, OutputStream target)
      throws IOException {
    ReportCopy copy = ReportCopy.of(bundle, trust.policy());
    if (copy.verification().verdict() == Verdict.TAMPERED) {
      Finding first = copy.verification().findings().getFirst();
      throw new CliException(
          "the export does not verify under the keys of %s: %s, %s"
              .formatted(trust.from(), first.kind().text(), first.detail()),
          "No report was written. Check the ledger with osmoda verify.");
    }
    try (OutputStream out = new BufferedOutputStream(target)) {
      if (format == CopyFormat.PDF) {
        PdfReport.write(copy.html(), copy.extracted(), out);
      } else {
        out.write(copy.html().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
