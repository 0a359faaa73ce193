package io.osmoda.cli;

import io.osmoda.evidence.PdfReport;
import io.osmoda.evidence.ReportCopy;
import io.osmoda.ledger.TrustPolicy;
import io.osmoda.ledger.VerifyOptions;
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
    VerifyOptions options = VerifyOptions.defaults();
    TrustPolicy policy = trust.policy();
    if (policy != null) {
      options = options.withTrust(policy, trust.from());
    }
    ReportCopy copy = ReportCopy.of(bundle, mask, options);
    try (OutputStream out = new BufferedOutputStream(target)) {
      if (format == CopyFormat.PDF) {
        PdfReport.write(copy.html(), copy.extracted(), out);
      } else {
        out.write(copy.html().getBytes(StandardCharsets.UTF_8));
      }
    }
  }
}
