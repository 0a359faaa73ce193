package io.osmoda.cli;

import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.CausalTree.Line;
import io.osmoda.query.CausalTree.Mention;
import io.osmoda.query.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A causal tree for people: one line an entry or a pair. Used once. */
final class TraceText {
  /** Deeper lines are indented no further: their depth is said. */
  private static final int MAX_INDENT = 16;

  private static final int MAX_ACTOR = 32;
  private static final int MAX_WHAT = 40;
  private static final int MAX_TARGET = 60;
  private static final int MIN_TARGET = 12;
  private static final int TARGET = 4;
  private static final int GAP = 2;
  private static final int MAX_REFERENCE = 48;

  private final Shell shell;
  private final Style style;
  private final Rendering rendering;
  private final List<String[]> rows = new ArrayList<>();

  TraceText(Shell shell, Style style, Rendering rendering) {
    this.shell = shell;
    this.style = style;
    this.rendering = rendering;
  }

  void print(CausalTree tree) {
    List<Boolean> isLast = lasts(tree.lines());
    // Whether a line of that depth, on the way to the present one, has another below it.
    List<Boolean> goesOn = new ArrayList<>();
    for (int i = 0; i < tree.lines().size(); i++) {
      Line line = tree.lines().get(i);
      while (goesOn.size() > line.depth()) {
        goesOn.removeLast();
      }
      row(tree, line, indent(goesOn, line.depth(), isLast.get(i)));
      goesOn.add(!isLast.get(i));
      boolean hasBelow =
          i + 1 < tree.lines().size() && tree.lines().get(i + 1).depth() > line.depth();
      String margin = indent(goesOn, line.depth() + 1) + (hasBelow ? "│  " : "   ");
      for (Mention mention : line.mentions()) {
        add(margin + "↖", "", "", "", reference(mention) + " " + said(mention), "", "");
      }
    }
    printRows();
    shell.out().println();
    shell.out().println(style.dim(sum(tree)));
  }

  private void add(String... cells) {
    rows.add(cells);
  }

  /** On a terminal targets are cut so far that each line fits, if that is possible. */
  private void printRows() {
    Table.Column[] columns = {
      Table.Column.left("ENTRY"),
      Table.Column.left("TIME", style::dim),
      Table.Column.left("ACTOR"),
      Table.Column.left("WHAT", style::bold),
      Table.Column.left("TARGET"),
      Table.Column.left("OUTCOME", style::status),
      Table.Column.right("DURATION")
    };
    int target = MAX_TARGET;
    if (shell.terminal().out()) {
      target = Terminal.width(shell.variable("COLUMNS"));
      for (int i = 0; i < columns.length; i++) {
        int column = i;
        int widest =
            rows.stream().mapToInt(cells -> Table.columnsOf(cells[column])).max().orElse(0);
        target -= i == TARGET ? 0 : GAP + Math.max(widest, columns[i].title().length());
      }
      target = Math.clamp(target, MIN_TARGET, MAX_TARGET);
    }
    Table table = new Table(columns);
    for (String[] cells : rows) {
      cells[TARGET] = Table.clip(cells[TARGET], target);
      table.row(cells);
    }
    table.print(shell.out(), style, Integer.MAX_VALUE);
  }

  /** Whether each line is the last of those that stand under the same. */
  private static List<Boolean> lasts(List<Line> lines) {
    List<Boolean> lasts = new ArrayList<>();
    List<Boolean> seen = new ArrayList<>();
    for (Line line : lines.reversed()) {
      while (seen.size() > line.depth() + 1) {
        seen.removeLast();
      }
      while (seen.size() <= line.depth()) {
        seen.add(false);
      }
      lasts.add(!seen.set(line.depth(), true));
    }
    return lasts.reversed();
  }

  /** What stands before a line of that depth, from the branches that go on beside it. */
  private static String indent(List<Boolean> goesOn, int depth) {
    StringBuilder indent = new StringBuilder();
    int from = 1;
    if (depth > MAX_INDENT) {
      indent.append("… ");
      from = depth - MAX_INDENT;
    }
    for (int at = from; at < depth; at++) {
      indent.append(goesOn.get(at) ? "│  " : "   ");
    }
    return indent.toString();
  }

  private static String indent(List<Boolean> goesOn, int depth, boolean isLast) {
    return depth == 0 ? "" : indent(goesOn, depth) + (isLast ? "└─ " : "├─ ");
  }

  private void row(CausalTree tree, Line line, String indent) {
    Step start = line.start();
    String numbers = line.end() == null ? "" + start.seq() : start.seq() + " → " + line.end().seq();
    boolean isMarked = line.isAsked() && tree.of() instanceof CausalStart.Seq;
    String what = start.tool() == null ? start.action() : start.action() + " " + start.tool();
    Long nanos = line.nanos();
    add(
        indent + numbers + (isMarked ? " ◂" : ""),
        rendering.time(Instant.parse(start.timestamp())),
        Table.clip(start.actor(), MAX_ACTOR),
        Table.clip(what, MAX_WHAT),
        about(start),
        line.isUnfinished() ? "unfinished" : line.outcome(),
        line.isUnfinished()
            ? "for " + Times.brief(line.age(tree.at()))
            : nanos == null ? "" : Times.took(nanos));
  }

  /** What it was about: the target, and what a call was given. */
  private static String about(Step step) {
    String target = step.target() == null ? "" : step.target();
    String arguments = step.arguments() == null ? "" : step.arguments();
    return (target + " " + arguments).strip();
  }

  private static String reference(Mention mention) {
    String reference = mention.reference();
    int hash = reference.indexOf('@');
    return Table.clip(hash < 0 ? reference : reference.substring(0, hash), MAX_REFERENCE);
  }

  private static String said(Mention mention) {
    return switch (mention.kind()) {
      case ALSO -> "led to this too";
      case OUTSIDE -> "led to this too; not shown";
      case OTHER_LEDGER -> "in another ledger; not followed";
      case CYCLE -> "cyclic spans; not followed";
    };
  }

  private static String sum(CausalTree tree) {
    long unfinished = tree.lines().stream().filter(Line::isUnfinished).count();
    return Words.entries(tree.entries())
        + (unfinished == 0 ? "" : ", %,d unfinished".formatted(unfinished));
  }
}
