package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.query.FieldMask;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Manifest;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A report to hand out by itself: made of a bundle's lines, with a box that says of which bundle,
 * when it was extracted and by whom, and whether the bundle was verified. Immutable.
 *
 * @param html one page
 * @param extracted when the export was sealed as complete
 */
public record ReportCopy(String html, Instant extracted) {
  private static final List<String> COUNTED =
      List.of("seq", "timestamp", "action", "status", "source", "occurred_at");

  private static final String REPORT = "report.html";
  private static final int MAX_REPORT = 64 << 20;
  private static final int MAX_LINE = 1 << 20;

  /**
   * Verifies a bundle and rebuilds its report.
   *
   * @param bundle of kind range
   * @param mask what is not shown
   * @param options with the trust that is at hand; without, the copy says that the bundle is
   *     consistent in itself and no more
   * @throws IOException if the bundle is damaged, or is none that has a report
   */
  public static ReportCopy of(Path bundle, FieldMask mask, VerifyOptions options)
      throws IOException {
    requireMaskable(mask);
    BundleVerification found = BundleVerifier.verify(bundle, options);
    found.demandConsistent();
    try (BundleFiles files = BundleFiles.open(bundle)) {
      byte[] bytes = files.read("manifest.json", Manifest.MAX_BYTES);
      Manifest manifest = Manifest.parse(bytes);
      String own = BundleReport.of(files, manifest, FieldMask.NONE);
      String report = mask.isEmpty() ? own : BundleReport.of(files, manifest, mask);
      Entry closing = Entry.parse(files.read("export.ndjson", MAX_LINE));
      Markup box = new Markup();
      write(box, manifest, Manifest.sha256(bytes).hex(), closing, found);
      row(box, "Its own report.html").text(compare(files, own, mask)).add("</td></tr>");
      if (!mask.isEmpty()) {
        row(box, "Masked").whole(String.join(", ", mask.names())).add("</td></tr>");
      }
      box.add("</table></div>");
      return new ReportCopy(
          report.replace(ReportPage.COPY_PLACE, box.toString()), closing.instant());
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }

  /**
   * Takes only what a report can do without.
   *
   * @throws RequestRefusedException if the mask has a member that it counts by; says which
   */
  public static void requireMaskable(FieldMask mask) {
    for (String member : COUNTED) {
      if (mask.hides(member)) {
        throw new RequestRefusedException(
            "a report counts by " + member + ", so that cannot be masked");
      }
    }
  }

  /** What the bundle's own report is, beside the one that its lines give. */
  private static String compare(BundleFiles files, String report, FieldMask mask)
      throws IOException {
    if (!files.names().contains(REPORT)) {
      return "it has none";
    }
    return Arrays.equals(files.read(REPORT, MAX_REPORT), report.getBytes(StandardCharsets.UTF_8))
        ? mask.isEmpty()
            ? "is this page without this box, byte for byte"
            : "is this page without this box and with what is masked here, byte for byte"
        : "differs from this page, which was built from the bundle's lines: it was changed, or"
            + " comes from another version of the software";
  }

  private static void write(
      Markup page,
      Manifest manifest,
      String manifestHash,
      Entry closing,
      BundleVerification found) {
    page.add(
        """
        <div class="copy"><h2 id="copy">An unverified copy</h2>
        <p>This page was created from a bundle and <b>proves nothing</b> by itself. The bundle does, \
        once someone verifies it (section 10). If you have only this page, ask for a bundle of the \
        same request: <code>osmoda export … --out NAME.zip</code>. The report in it is this page \
        without this box, byte for byte, as long as nothing in the period was redacted in between \
        and the software version is the same.</p>
        <table class="facts">
        """);
    row(page, "Extracted at").text(ReportWords.time(closing.timestamp())).add("</td></tr>");
    row(page, "For").data(manifest.requestedBy()).add("</td></tr>");
    row(page, "Made by").data(manifest.madeBy()).add("</td></tr>");
    row(page, "Ledger when the export started")
        .text(ReportWords.entries(manifest.size()) + ", root ")
        .code(manifest.root())
        .add("</td></tr>");
    row(page, "Manifest, SHA-256")
        .code(manifestHash)
        .add("<br/>recorded in the ledger's entry ")
        .number(closing.seq())
        .add(", hash ")
        .code(closing.entryHash().hex())
        .add("</td></tr>");
    Checkpoint checkpoint = found.checkpoint();
    if (checkpoint != null) {
      row(page, "Checkpoint")
          .text("of " + ReportWords.entries(checkpoint.size()) + ", root ")
          .code(checkpoint.root().base64())
          .add("</td></tr>");
    }
    row(page, "The bundle").text(verdict(found)).add("</td></tr>");
  }

  private static String verdict(BundleVerification found) {
    return found.verdict() == Verdict.INTACT
        ? "was verified by the same software when this page was created, with the trust file"
            + " available there: intact"
        : "was found to be self-consistent only. Not checked: "
            + String.join("; ", found.notChecked());
  }

  private static Markup row(Markup page, String name) {
    return page.add("<tr><th>" + name + "</th><td>");
  }
}
