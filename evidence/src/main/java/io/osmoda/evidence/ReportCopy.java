package io.osmoda.evidence;

import io.osmoda.ledger.Checkpoint;
import io.osmoda.ledger.Entry;
import io.osmoda.ledger.Finding;
import io.osmoda.ledger.TrustPolicy;
import io.osmoda.ledger.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A report to hand out by itself: that of a bundle, with a section that says of which bundle, when
 * it was extracted and by whom, and whether the bundle was verified. Immutable.
 *
 * @param html one page
 * @param extracted when the export was sealed as complete
 * @param verification what verifying the bundle found
 */
public record ReportCopy(String html, Instant extracted, BundleVerification verification) {
  private static final int MAX_REPORT = 64 << 20;
  private static final int MAX_LINE = 1 << 20;

  /**
   * Verifies a bundle and makes a copy of its report.
   *
   * @param bundle of kind range
   * @param trust whose keys to believe; null where none are at hand, then the copy says that the
   *     bundle is self-consistent at best
   * @throws IOException if the bundle has no report, or is damaged
   */
  public static ReportCopy of(Path bundle, @Nullable TrustPolicy trust) throws IOException {
    BundleVerification found = BundleVerifier.verify(bundle, trust);
    try (BundleFiles files = BundleFiles.open(bundle)) {
      byte[] bytes = files.read("manifest.json", Manifest.MAX_BYTES);
      Manifest manifest = Manifest.parse(bytes);
      String report = new String(files.read("report.html", MAX_REPORT), StandardCharsets.UTF_8);
      int place = report.indexOf(ReportPage.COPY_PLACE);
      if (place < 0) {
        throw new IOException("report.html has no place for what it is a copy of");
      }
      Entry closing = Entry.parse(files.read("export.ndjson", MAX_LINE));
      String section = section(manifest, Manifest.sha256(bytes).hex(), closing, found);
      String html =
          report.substring(0, place)
              + section
              + report.substring(place + ReportPage.COPY_PLACE.length());
      return new ReportCopy(html, closing.instant(), found);
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }

  private static String section(
      Manifest manifest, String manifestHash, Entry closing, BundleVerification found) {
    Markup page = new Markup();
    page.add(
        """
        <div class="copy"><h2 id="copy">An unverified copy</h2>
        <p>This page was taken out of a bundle that was not kept, and <b>proves nothing</b>. A bundle \
        does: whoever needs proof asks for one of the same request (<code>osmoda export … --out \
        NAME.zip</code>) and verifies it. The <code>report.html</code> in it is this page without \
        this box, byte for byte, as long as nothing in the period was redacted in between and the \
        software is of the same version.</p>
        <table class="facts">
        """);
    row(page, "Extracted at").text(ReportWords.time(closing.timestamp())).add("</td></tr>");
    row(page, "For").data(manifest.requestedBy()).add("</td></tr>");
    row(page, "Made by").data(manifest.madeBy()).add("</td></tr>");
    row(page, "Ledger when the export began")
        .text(ReportWords.entries(manifest.size()) + ", root ")
        .code(manifest.root())
        .add("</td></tr>");
    row(page, "Manifest, SHA-256")
        .code(manifestHash)
        .add("<br/>on record in the ledger's entry ")
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
    row(page, "The bundle it was taken from").text(verdict(found)).add("</td></tr>");
    return page.add("</table></div>").toString();
  }

  private static String verdict(BundleVerification found) {
    if (found.verdict() == Verdict.TAMPERED) {
      Finding first = found.findings().getFirst();
      return "TAMPERED: " + first.kind().text() + ", " + first.detail();
    }
    return found.verdict() == Verdict.INTACT
        ? "was verified when this copy was made, by the same software on the same machine, with the"
            + " trust file there: intact"
        : "was found to be consistent in itself, no more: not checked were "
            + String.join("; ", found.notChecked());
  }

  private static Markup row(Markup page, String name) {
    return page.add("<tr><th>" + name + "</th><td>");
  }
}
