package io.osmoda.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Generates docs/cli.md from the commands' help texts. */
final class CliReference {
  private static final String HEAD =
      """
      # The `osmoda` command

      <!-- Generated from the commands by scripts/cli-reference.sh: change the commands, not this page. -->

      Every command accepts the options in the first table, before or after its name. Results go to standard output,
      everything else to standard error. Exit codes: **0** done, or verified intact; **1** findings, or part of the
      request was refused; **2** usage error, failure, or unverifiable.

      """;

  private CliReference() {}

  static String generate() {
    StringBuilder text = new StringBuilder(HEAD);
    CommandSpec any = spec(Verbs.ALL.getFirst());
    List<OptionSpec> common = new ArrayList<>();
    for (OptionSpec option : any.options()) {
      if (isCommon(option)) {
        common.add(option);
      }
    }
    table(text, common, List.of());
    for (Verbs.Group group : Verbs.Group.values()) {
      text.append("\n## ").append(group.title()).append('\n');
      for (Verbs.Entry entry : Verbs.ALL) {
        if (entry.group() == group) {
          verb(text, entry);
        }
      }
    }
    return text.toString();
  }

  private static void verb(StringBuilder text, Verbs.Entry entry) {
    CommandSpec spec = spec(entry);
    text.append("\n### osmoda ").append(entry.name()).append("\n\n");
    text.append(entry.summary()).append("\n\n");
    text.append("    ").append(synopsis(spec)).append("\n");
    for (String paragraph : spec.usageMessage().description()) {
      text.append('\n').append(escaped(paragraph)).append('\n');
    }
    List<OptionSpec> own =
        spec.options().stream().filter(o -> !isCommon(o) && !o.hidden()).toList();
    if (!own.isEmpty() || !spec.positionalParameters().isEmpty()) {
      text.append('\n');
      table(text, own, spec.positionalParameters());
    }
    text.append('\n');
    for (String example : spec.usageMessage().footer()) {
      text.append("    ").append(example.strip()).append('\n');
    }
  }

  private static void table(
      StringBuilder text, List<OptionSpec> options, List<PositionalParamSpec> parameters) {
    text.append("| option | what it does |\n|---|---|\n");
    for (PositionalParamSpec parameter : parameters) {
      row(text, "`" + parameter.paramLabel() + "`", parameter);
    }
    for (OptionSpec option : options) {
      String names = "`" + String.join("`, `", option.names()) + "`";
      String value = option.arity().max() == 0 ? "" : " `" + option.paramLabel() + "`";
      row(text, names + value, option);
    }
  }

  private static void row(StringBuilder text, String name, ArgSpec argument) {
    text.append("| ")
        .append(name)
        .append(" | ")
        .append(escaped(String.join(" ", argument.description())))
        .append(" |\n");
  }

  private static String escaped(String paragraph) {
    return paragraph.replace("|", "\\|").replace("<", "&lt;").replace("%%", "%");
  }

  private static String synopsis(CommandSpec spec) {
    StringBuilder line = new StringBuilder(spec.name());
    if (spec.options().stream().anyMatch(o -> !isCommon(o))) {
      line.append(" [OPTIONS]");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "…" : "");
      line.append(' ').append(parameter.required() ? label : "[" + label + "]");
    }
    return line.toString();
  }

  private static boolean isCommon(OptionSpec option) {
    return option.userObject() instanceof java.lang.reflect.Field field
        && field.getDeclaringClass() == Verb.class;
  }

  private static CommandSpec spec(Verbs.Entry entry) {
    CommandLine line = Osmoda.commandLine(entry, entry.make().get());
    return line.getCommandSpec();
  }
}
