package io.osmoda.evidence;

import com.openhtmltopdf.css.parser.FSRGBColor;
import com.openhtmltopdf.css.sheet.FontFaceRule;
import com.openhtmltopdf.css.style.CssContext;
import com.openhtmltopdf.extend.OutputDevice;
import com.openhtmltopdf.extend.SVGDrawer;
import com.openhtmltopdf.layout.SharedContext;
import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.render.Box;
import com.openhtmltopdf.render.RenderingContext;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.File;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Draws the pictures of {@link ReportCharts} in a PDF: their rectangles and paths, no more. */
final class PdfCharts implements SVGDrawer {
  @Override
  public SVGImage buildSVGImage(
      Element svg, Box box, CssContext css, double width, double height, double dotsPerPixel) {
    String[] view = svg.getAttribute("viewBox").split(" ", -1);
    return new Chart(
        svg,
        (int) Math.max(1, width),
        (int) Math.max(1, height),
        Double.parseDouble(view[2]),
        Double.parseDouble(view[3]));
  }

  /** One picture, stretched to its place; lengths in the page's dots. */
  private record Chart(Element svg, int width, int height, double unitsAcross, double unitsDown)
      implements SVGImage {
    @Override
    public int getIntrinsicWidth() {
      return width;
    }

    @Override
    public int getIntrinsicHeight() {
      return height;
    }

    @Override
    public void drawSVG(OutputDevice page, RenderingContext context, double x, double y) {
      AffineTransform place = AffineTransform.getTranslateInstance(x, y);
      place.scale(width / unitsAcross, height / unitsDown);
      for (Node child = svg.getFirstChild(); child != null; child = child.getNextSibling()) {
        if (child instanceof Element element) {
          page.setColor(color(element.getAttribute("fill")));
          page.fill(place.createTransformedShape(shape(element)));
        }
      }
    }

    private static FSRGBColor color(String hex) {
      return new FSRGBColor(Integer.parseInt(hex.substring(1), 16));
    }

    private static Shape shape(Element element) {
      return switch (element.getTagName()) {
        case "rect" ->
            new Rectangle2D.Double(
                units(element, "x"),
                units(element, "y"),
                units(element, "width"),
                units(element, "height"));
        case "path" -> path(element.getAttribute("d"));
        default -> throw new IllegalArgumentException("not an element of our charts: " + element);
      };
    }

    private static double units(Element element, String name) {
      return Double.parseDouble(element.getAttribute(name));
    }

    private static Shape path(String commands) {
      Path2D path = new Path2D.Double();
      String[] words = commands.split(" ", -1);
      int at = 0;
      while (at < words.length) {
        String word = words[at];
        switch (word.toUpperCase(Locale.ROOT).charAt(0)) {
          case 'M' -> path.moveTo(number(word.substring(1)), number(words[++at]));
          case 'L' -> path.lineTo(number(word.substring(1)), number(words[++at]));
          default -> path.closePath();
        }
        at++;
      }
      return path;
    }

    private static double number(String word) {
      return Double.parseDouble(word);
    }
  }

  @Override
  public void importFontFaceRules(List<FontFaceRule> fontFaces, SharedContext shared) {
    // the charts have no text
  }

  @Override
  public void addFontFile(
      File fontFile, String family, @Nullable Integer weight, @Nullable FontStyle style) {
    // the charts have no text
  }

  @Override
  public void close() {
    // nothing is held
  }
}
