package io.osmoda.evidence;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.outputdevice.helper.ExternalResourceControlPriority;
import com.openhtmltopdf.pdfboxout.PdfBoxRenderer;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.util.XRLog;
import io.osmoda.format.log.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.GregorianCalendar;
import java.util.logging.Level;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * Makes a PDF of a report: the same words and pictures, with page numbers and an outline, and a
 * font that lies in it. The same report and time give the same bytes. Nothing is fetched.
 */
public final class PdfReport {
  private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

  private PdfReport() {}

  /**
   * Writes the PDF.
   *
   * @param html a report as {@link ReportCopy} gives it
   * @param created what it says of when it was made
   * @param out not closed
   * @throws IOException if the report is none, or the PDF cannot be written
   */
  public static void write(String html, Instant created, OutputStream out) throws IOException {
    XRLog.listRegisteredLoggers().forEach(log -> XRLog.setLevel(log, Level.SEVERE));
    Document report = parse(html);
    String title = report.getElementsByTagName("title").item(0).getTextContent();
    addStyle(report);
    addOutline(report);
    TrueTypeFont font = new TTFParser().parse(new RandomAccessReadBuffer(font()));
    new PdfCharacters(font.getUnicodeCmapLookup()).show(report);
    FontMappers.set(new OneFont(font));
    PdfRendererBuilder builder =
        new PdfRendererBuilder()
            .withW3cDocument(report, null)
            .useFont(PdfReport::font, "Report", 400, FontStyle.NORMAL, true)
            .useSVGDrawer(new PdfCharts())
            .useExternalResourceAccessControl(
                (uri, type) -> false, ExternalResourceControlPriority.RUN_BEFORE_RESOLVING_URI)
            .useExternalResourceAccessControl(
                (uri, type) -> false, ExternalResourceControlPriority.RUN_AFTER_RESOLVING_URI);
    try (PdfBoxRenderer renderer = builder.buildPdfRenderer();
        PDDocument pdf = renderer.createPDFKeepOpen()) {
      PDDocumentInformation about = new PDDocumentInformation();
      about.setTitle(title);
      about.setProducer("osModa Audit");
      about.setCreationDate(
          GregorianCalendar.from(ZonedDateTime.ofInstant(created, ZoneOffset.UTC)));
      pdf.setDocumentInformation(about);
      pdf.getDocumentCatalog().setLanguage("en");
      // else the file's identifier would come from the clock
      pdf.setDocumentId(
          ByteBuffer.wrap(Digests.of(html.getBytes(StandardCharsets.UTF_8)).toBytes()).getLong());
      pdf.save(out);
    }
  }

  private static InputStream font() {
    InputStream font = PDDocument.class.getResourceAsStream(FONT);
    if (font == null) {
      throw new IllegalStateException(FONT + " is not in the class path");
    }
    return font;
  }

  private static Document parse(String html) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setExpandEntityReferences(false);
      return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html)));
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("the report cannot be read: " + e.getMessage(), e);
    }
  }

  private static Element head(Document report) {
    return (Element) report.getElementsByTagName("head").item(0);
  }

  private static void addStyle(Document report) throws IOException {
    Element style = report.createElement("style");
    style.setTextContent(ReportPage.resource("report-pdf.css"));
    head(report).appendChild(style);
  }

  private static void addOutline(Document report) {
    Element outline = report.createElement("bookmarks");
    NodeList titles = report.getElementsByTagName("h2");
    for (int i = 0; i < titles.getLength(); i++) {
      Element title = (Element) titles.item(i);
      Element bookmark = report.createElement("bookmark");
      bookmark.setAttribute("name", title.getTextContent());
      bookmark.setAttribute("href", "#" + title.getAttribute("id"));
      outline.appendChild(bookmark);
    }
    head(report).appendChild(outline);
  }
}
