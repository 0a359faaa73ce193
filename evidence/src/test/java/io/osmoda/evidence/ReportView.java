package io.osmoda.evidence;

import io.osmoda.verify.BundleFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.w3c.dom.Text;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A report as a test looks at it: parsed as strictly as XML is. */
final class ReportView {
  private static final Set<String> INLINE = Set.of("#text", "b", "i", "code", "bdi", "span");

  private final String html;
  private final Document document;

  private ReportView(String html) throws IOException {
    this.html = html;
    try {
      document =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(html)));
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException("the report is no XML: " + e.getMessage(), e);
    }
  }

  static ReportView of(String html) throws IOException {
    return new ReportView(html);
  }

  /** The report of a bundle. */
  static ReportView in(Path bundle) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle)) {
      return of(new String(files.read("report.html", 1 << 26), StandardCharsets.UTF_8));
    }
  }

  String html() {
    return html;
  }

  /** All that a reader sees, with one space for each stretch of white space. */
  String text() {
    return plain(document.getElementsByTagName("body").item(0));
  }

  List<Element> elements() {
    return list(document.getElementsByTagName("*"));
  }

  /** The cells of each row that has data cells, of all tables. */
  List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (Element row : list(document.getElementsByTagName("tr"))) {
      List<String> cells = new ArrayList<>();
      for (Element cell : list(row.getElementsByTagName("*"))) {
        if (cell.getTagName().equals("th") || cell.getTagName().equals("td")) {
          cells.add(plain(cell));
        }
      }
      rows.add(cells);
    }
    return rows;
  }

  /** The rows of the table of counts whose first column has that head: value, matching, inside. */
  List<List<String>> counts(String head) {
    List<List<String>> rows = rows();
    int at = rows.indexOf(List.of(head, "matching", "in the period"));
    List<List<String>> found = new ArrayList<>();
    for (int i = at + 1; i < rows.size() && rows.get(i).size() == 3; i++) {
      if (rows.get(i).get(1).equals("matching")) {
        break;
      }
      found.add(rows.get(i));
    }
    return at < 0 ? List.of() : found;
  }

  /** The first row that begins with that cell. */
  List<String> row(String first) {
    return rows().stream()
        .filter(row -> !row.isEmpty() && row.getFirst().equals(first))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row begins with " + first + ":\n" + rows()));
  }

  private static String plain(Node node) {
    StringBuilder text = new StringBuilder();
    read(node, text);
    return Pattern.compile("\\s+").matcher(text).replaceAll(" ").strip();
  }

  private static void read(Node node, StringBuilder text) {
    if (node instanceof Text some) {
      text.append(some.getData());
    }
    for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      read(child, text);
    }
    if (!INLINE.contains(node.getNodeName())) {
      text.append(' ');
    }
  }

  private static List<Element> list(NodeList nodes) {
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }
}
