package io.osmoda.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help texts. */
final class Help {
  private static final int WIDTH = 80;
  private static final int NAME_WIDTH = 14;

  private Help() {}

  /** All verbs, grouped by what they are for. */
  static String root(Style style) {
    StringBuilder text = new StringBuilder();
    text.append(style.bold("osmoda")).append(": tamper-evident audit ledger for AI agents\n\n");
    text.append("Usage: osmoda COMMAND [OPTIONS]\n");
    for (Verbs.Group group : Verbs.Group.values()) {
      StringBuilder lines = new StringBuilder();
      for (Verbs.Entry entry : Verbs.ALL) {
        if (entry.group() == group) {
          lines.append(line(entry, style));
        }
      }
      if (!lines.isEmpty()) {
        text.append('\n').append(style.bold(group.title())).append('\n').append(lines);
      }
    }
    text.append('\n').append(style.bold("Examples")).append('\n');
    text.append("  osmoda demo\n");
    text.append("  osmoda init && osmoda mcp wrap --agent my-agent -- npx -y SOME-MCP-SERVER\n");
    text.append("  osmoda query --from 1h --status error\n");
    text.append("  osmoda verify --trust auditor.policy\n");
    text.append(
        """

        Run osmoda COMMAND --help for details. Every command accepts --ledger DIR
        (default: $OSMODA_LEDGER, else ./osmoda-ledger).
        Exit code: 0 done or intact, 1 findings, 2 usage error or unverifiable.
        """);
    return text.toString();
  }

  /** The verbs of two words that share their first. */
  static String family(List<Verbs.Entry> family) {
    StringBuilder text = new StringBuilder();
    for (Verbs.Entry entry : family) {
      text.append(line(entry, Style.PLAIN));
    }
    return text.toString();
  }

  private static String line(Verbs.Entry entry, Style style) {
    String padding = " ".repeat(Math.max(1, NAME_WIDTH - entry.name().length()));
    return "  " + style.name(entry.name()) + padding + entry.summary() + "\n";
  }

  /** One verb's help. */
  static String of(CommandLine line, boolean colour) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage
        .width(WIDTH)
        .sortOptions(false)
        .synopsisHeading("%nUsage: ")
        .parameterListHeading("%n@|bold Arguments|@%n")
        .optionListHeading("%n@|bold Options|@%n")
        .descriptionHeading("%n")
        .footerHeading("%n@|bold Examples|@%n");
    usage.description(folded(usage.description()));
    return line.getUsageMessage(colour ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF);
  }

  /** Breaks paragraphs between words: the option parser would break inside them. */
  private static String[] folded(String[] paragraphs) {
    List<String> lines = new ArrayList<>();
    for (String paragraph : paragraphs) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(folded(paragraph, WIDTH));
    }
    return lines.toArray(String[]::new);
  }

  /** The text in lines of fewer columns than the width. */
  static List<String> folded(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() >= width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
