package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.FieldMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PdfReportTest {
  @TempDir Path temp;

  private ReportCopy copy(Ledger ledger) throws Exception {
    Path bundle = temp.resolve("bundle.zip");
    try (BundleSink sink = new ZipFileSink(bundle)) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(new ExportRequest("soc2", null, null, null, Map.of(), false), "user:dora", sink);
    }
    return ReportCopy.of(bundle, FieldMask.NONE, SampleLedger.trusting(ledger));
  }

  private static byte[] pdf(ReportCopy copy) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PdfReport.write(copy.html(), copy.extracted(), out);
    return out.toByteArray();
  }

  @Test
  void aPdfHasTheWordsOfThePageAnOutlinePageNumbersAndItsFont() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 30);
      ReportCopy copy = copy(ledger);
      byte[] bytes = pdf(copy);
      assertThat(pdf(copy)).as("the same report gives the same PDF").isEqualTo(bytes);
      try (PDDocument pdf = Loader.loadPDF(bytes)) {
        String text = new PDFTextStripper().getText(pdf);
        for (Control control : Frameworks.builtIn().get("soc2").controls()) {
          assertThat(text).contains(control.id());
        }
        assertThat(text)
            .contains("An unverified copy")
            .contains("not evidenced")
            .contains("page 1 of " + pdf.getNumberOfPages())
            .contains("page %1$d of %1$d".formatted(pdf.getNumberOfPages()));
        assertThat(pdf.getDocumentInformation().getTitle()).contains("SOC 2 common criteria");
        assertThat(pdf.getDocumentInformation().getCreationDate().toInstant().getEpochSecond())
            .isEqualTo(copy.extracted().getEpochSecond());
        List<String> outline = new ArrayList<>();
        for (PDOutlineItem item : pdf.getDocumentCatalog().getDocumentOutline().children()) {
          outline.add(item.getTitle());
        }
        assertThat(outline)
            .contains("An unverified copy", "6. Controls", "11. What this does not say");
        for (PDPage page : pdf.getPages()) {
          for (COSName name : page.getResources().getFontNames()) {
            assertThat(page.getResources().getFont(name).isEmbedded()).as(name.getName()).isTrue();
          }
        }
      }
    }
  }

  @Test
  void whatTheFontLacksOrWouldTurnAroundIsWrittenAsNumbers() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      ledger.appendDurably(
          EntryDraft.builder("api", "agent:größe-Ωж", "access_deny")
              .target("中文 שלום العربية 😀 e\u0301")
              .status(Status.DENIED)
              .build());
      try (PDDocument pdf = Loader.loadPDF(pdf(copy(ledger)))) {
        assertThat(new PDFTextStripper().getText(pdf).replaceAll("\\s+", ""))
            .contains("agent:größe-Ωж")
            .contains("\\u{4E2D}\\u{6587}\\u{5E9}")
            .contains("\\u{1F600}e\\u{301}");
      }
    }
  }
}
