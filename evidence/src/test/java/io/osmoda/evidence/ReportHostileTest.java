package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.FieldMask;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** What an agent may write must stay text in the report, and be seen as what it is. */
class ReportHostileTest {
  private static final Set<String> ELEMENTS =
      Set.of(
          "html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "h3",
          "h4", "div", "span", "b", "i", "br", "code", "pre", "ul", "ol", "li", "bdi", "table",
          "thead", "tbody", "tfoot", "tr", "th", "td", "svg", "rect", "path");

  private static final Set<String> ATTRIBUTES =
      Set.of(
          "xmlns",
          "lang",
          "charset",
          "http-equiv",
          "content",
          "name",
          "class",
          "id",
          "colspan",
          "viewBox",
          "preserveAspectRatio",
          "role",
          "aria-label",
          "aria-hidden",
          "x",
          "y",
          "width",
          "height",
          "fill",
          "d");

  private static final String MARKUP =
      "</code></td><script>alert(1)</script>\"' onload='alert(2)' <!-- copy --> ]]> <![CDATA[ &lt;"
          + " &#0; <img src=x onerror=alert(3)> javascript:alert(4) </style></title>";
  private static final String TURNED =
      "invoice\u202Efdp.exe \u2066x\u2069 \u200B\uFEFF \u2028 \uFFFE \uE000";
  private static final String CONTROL = "\u0000\u0001\u001B[31m\r\n\u0085 tab\t.";

  @TempDir Path temp;

  @Test
  void markupControlCharactersAndTurnedTextStayText() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      ledger.appendDurably(
          EntryDraft.builder("api", "agent:" + MARKUP, "access_deny")
              .tool(MARKUP + TURNED)
              .target(TURNED + MARKUP)
              .session(MARKUP)
              .status(Status.DENIED)
              .reason(MARKUP + CONTROL)
              .payload(JsonObject.builder().put("secret", "payload-of-an-agent" + MARKUP).build())
              .build());
      ledger
          .capture(
              new CaptureEvent(
                  CaptureEvent.Kind.GAP,
                  "mcp_proxy",
                  TURNED + MARKUP,
                  JsonObject.builder()
                      .put("from", MARKUP)
                      .put("to", CONTROL)
                      .put("lost", 1e300)
                      .put("why", CONTROL + MARKUP + TURNED)
                      .build()))
          .join();
      ledger.redact(
          1, 1, MARKUP + CONTROL + TURNED, JsonObject.builder().put("basis", MARKUP).build());
      Path bundle = temp.resolve("bundle");
      ExportRequest request =
          new ExportRequest(
              "soc2", null, null, null, Map.of("tool", List.of(MARKUP + TURNED, "*")), false);
      try (BundleSink sink = new FolderSink(bundle)) {
        new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:" + MARKUP, sink);
      }
      String report = ReportView.in(bundle).html();
      String copy = ReportCopy.of(bundle, FieldMask.NONE, SampleLedger.trusting(ledger)).html();
      for (String html : List.of(report, copy)) {
        check(ReportView.of(html));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PdfReport.write(copy, ledger.reader().entry(0).instant(), out);
      try (PDDocument pdf = Loader.loadPDF(out.toByteArray())) {
        assertThat(pdf.getNumberOfPages()).isPositive();
        assertThat(pdf.getDocumentCatalog().getOpenAction()).isNull();
        assertThat(pdf.getDocumentCatalog().getNames()).isNull();
      }
    }
  }

  private static void check(ReportView report) {
    for (Element element : report.elements()) {
      assertThat(ELEMENTS).contains(element.getTagName());
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        assertThat(ATTRIBUTES).contains(element.getAttributes().item(i).getNodeName());
      }
    }
    String html = report.html();
    assertThat(html.indexOf("<style>")).isEqualTo(html.lastIndexOf("<style>"));
    assertThat(
            html.codePoints()
                .filter(
                    point ->
                        (point < 0x20 && point != '\n')
                            || point == 0x7f
                            || (point >= 0x80
                                && (Character.getType(point) == Character.CONTROL
                                    || Character.getType(point) == Character.FORMAT
                                    || Character.getType(point) == Character.UNASSIGNED)))
                .mapToObj(point -> Integer.toHexString(point).toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet()))
        .isEmpty();
    assertThat(report.text())
        .contains("</code></td><script>alert(1)</script>\"' onload='alert(2)'")
        .contains("]]> <![CDATA[ &lt; &#0;")
        .contains(
            "invoice\\u{202E}fdp.exe \\u{2066}x\\u{2069} \\u{200B}\\u{FEFF} \\u{2028} \\u{FFFE}")
        .contains("\\u{0}\\u{1}\\u{1B}[31m\\u{D}\\u{A}\\u{85} tab\\u{9}.")
        .doesNotContain("payload-of-an-agent");
    assertThat(html)
        .contains("default-src 'none'; style-src 'sha256-")
        .doesNotContain("url(", "@import", "<script");
  }
}
