package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Style COLOURED =
      Style.of(Style.Choice.ALWAYS, false, Shell.of(System.in, System.out, System.err, Map.of()));

  private static List<String> print(Table table, Style style, int width) {
    var out = new ByteArrayOutputStream();
    table.print(new PrintStream(out, true, StandardCharsets.UTF_8), style, width);
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void columnsLineUpWhateverTheScript() {
    Table table =
        new Table(Table.Column.right("N"), Table.Column.left("WHO"), Table.Column.left("X"));
    table.row("1", "größe", "a");
    table.row("100", "日本", "b");

    assertThat(print(table, Style.PLAIN, 100))
        .containsExactly("  N  WHO    X", "  1  größe  a", "100  日本   b");
  }

  @Test
  void colourTakesNoWidth() {
    Table table = new Table(Table.Column.left("A", COLOURED::good), Table.Column.left("B"));
    table.row("x", "1");
    table.row("long", "2");

    assertThat(print(table, COLOURED, 100).subList(1, 3))
        .containsExactly("\u001b[32mx\u001b[0m     1", "\u001b[32mlong\u001b[0m  2");
  }

  @Test
  void theLastColumnIsCutToTheWidth() {
    Table table = new Table(Table.Column.left("A"), Table.Column.left("B"));
    table.row("x", "y".repeat(100));
    List<String> narrow = print(table, Style.PLAIN, 40);
    table.row("x", "y".repeat(100));

    assertThat(narrow).allSatisfy(line -> assertThat(line).hasSizeLessThan(41));
    assertThat(narrow.getLast()).endsWith("…");
    assertThat(print(table, Style.PLAIN, 400).getLast()).endsWith("yyy");
  }

  @Test
  void aLastColumnWithoutRoomStandsOnALineOfItsOwnAndIsCutThere() {
    Table table = new Table("  ", Table.Column.right("N"), Table.Column.left("WHAT"));
    table.row("1".repeat(30), "y".repeat(100));
    table.row("2", "");

    assertThat(print(table, Style.PLAIN, 40))
        .containsExactly(
            " ".repeat(31) + "N",
            "       WHAT",
            "  " + "1".repeat(30),
            "       " + "y".repeat(32) + "…",
            " ".repeat(31) + "2");
  }

  @Test
  void laterRowsStandUnderTheSameHeadAndNeverNarrower() {
    Table table = new Table(Table.Column.left("A"), Table.Column.left("B"));
    table.row("long", "1");
    assertThat(print(table, Style.PLAIN, 40)).containsExactly("A     B", "long  1");
    table.row("x", "2");
    assertThat(print(table, Style.PLAIN, 40)).containsExactly("x     2");
    assertThat(print(table, Style.PLAIN, 40)).isEmpty();
  }

  @Test
  void whatAnAgentWroteCannotSteerTheTerminal() {
    Table table = new Table(Table.Column.left("A"));
    table.row("\u001b[2Jx\r\n\u009b31m\u202ey\u2028");

    assertThat(String.join("", print(table, Style.PLAIN, 100)))
        .doesNotContain("\u001b", "\u009b", "\u202e", "\u2028", "\r")
        .contains("·[2Jx··");
  }

  @Test
  void clippingNeverPartsACharacter() {
    assertThat(Table.clip("ab😀cd", 4)).isEqualTo("ab…");
    assertThat(Table.clip("ab😀cd", 5)).isEqualTo("ab😀…");
    assertThat(Table.clip("ab😀cd", 6)).isEqualTo("ab😀cd");
  }
}
