package io.osmoda.evidence;

import java.io.IOException;
import java.util.Locale;
import org.apache.fontbox.ttf.CmapLookup;
import org.w3c.dom.Node;
import org.w3c.dom.Text;

/**
 * Writes what a PDF's font has no letter for as {@code \}{@code u{…}}, and what is written from
 * right to left too: in a PDF it would stand in the wrong order, and a wrong name is worse than a
 * plain number.
 */
final class PdfCharacters {
  private final CmapLookup font;

  PdfCharacters(CmapLookup font) {
    this.font = font;
  }

  /** Changes the texts below a node. */
  void show(Node node) throws IOException {
    if (node instanceof Text text) {
      text.setData(shown(text.getData()));
    }
    for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (!child.getNodeName().equals("style")) {
        show(child);
      }
    }
  }

  private String shown(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              if (Character.isWhitespace(point) || isPlain(point)) {
                shown.appendCodePoint(point);
              } else {
                shown.append("\\u{").append(Integer.toHexString(point).toUpperCase(Locale.ROOT));
                shown.append('}');
              }
            });
    return shown.toString();
  }

  private boolean isPlain(int point) {
    byte direction = Character.getDirectionality(point);
    return font.getGlyphId(point) != 0
        && direction != Character.DIRECTIONALITY_RIGHT_TO_LEFT
        && direction != Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC
        && Character.getType(point) != Character.NON_SPACING_MARK;
  }
}
