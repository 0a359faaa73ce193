package io.osmoda.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The {@code osmoda} command's entry point. Only the verb that is asked for is loaded: help and
 * version cost neither the option parser nor the ledger.
 */
public final class Osmoda {
  private static final List<String> LEADING_OPTIONS = List.of("--ledger", "--keys", "--color");

  private Osmoda() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    // An error that nothing catches, such as too little memory, would end the JVM with 1: findings.
    int code = ExitCode.FAILED;
    try {
      code = run(Shell.ofProcess(), arguments);
    } catch (Error e) {
      System.err.println("osmoda: failed: " + e);
    }
    System.exit(code);
  }

  /**
   * Runs the command inside this process, with streams that are no terminal.
   *
   * @return the exit code
   */
  public static int run(
      String[] arguments,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment) {
    return run(Shell.of(in, out, err, environment), arguments);
  }

  static int run(Shell shell, String... arguments) {
    int code;
    try {
      code = dispatch(shell, leadingOptionsBehindVerb(arguments));
    } finally {
      shell.out().flush();
      shell.err().flush();
    }
    String lost = shell.out().lost();
    if (lost == null) {
      return code;
    }
    shell.err().println("osmoda: cannot write to standard output: " + lost);
    return ExitCode.FAILED;
  }

  private static int dispatch(Shell shell, List<String> arguments) {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    switch (first) {
      case "", "--help", "-h" -> {
        return rootHelp(shell);
      }
      case "--version", "-V", "version" -> {
        shell.out().println("osmoda " + version());
        return ExitCode.DONE;
      }
      case "help" -> {
        List<String> topic = arguments.subList(1, arguments.size());
        if (topic.isEmpty()) {
          return rootHelp(shell);
        }
        List<String> asked = new ArrayList<>(topic);
        asked.add("--help");
        return dispatch(shell, asked);
      }
      default -> {
        // a verb
      }
    }
    Verbs.Entry entry = Verbs.find(arguments);
    if (entry == null) {
      return noSuchVerb(shell, arguments);
    }
    int words = entry.words();
    return run(shell, entry, arguments.subList(words, arguments.size()).toArray(String[]::new));
  }

  private static int run(Shell shell, Verbs.Entry entry, String[] arguments) {
    Verb verb = entry.make().get();
    CommandLine line = commandLine(entry, verb);
    boolean colour = Style.of(Style.Choice.AUTO, shell.terminal().out(), shell).isOn();
    try {
      CommandLine.ParseResult parsed = line.parseArgs(arguments);
      if (parsed.isUsageHelpRequested()) {
        shell.out().print(Help.of(line, colour));
        return ExitCode.DONE;
      }
      int code = verb.run(shell);
      shell.out().flush();
      return code;
    } catch (CommandLine.ParameterException e) {
      return Errors.wrongUse(shell, entry, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      shell.err().println("osmoda: interrupted");
      return ExitCode.FAILED;
    } catch (Exception e) {
      return Errors.failed(shell, entry, e);
    }
  }

  static CommandLine commandLine(Verbs.Entry entry, Verb verb) {
    CommandLine line =
        new CommandLine(verb)
            .setExpandAtFiles(false) // a payload may be given as @file
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUnmatchedOptionsArePositionalParams(false)
            .setStopAtPositional(entry.takesCommand());
    line.getCommandSpec().name("osmoda " + entry.name());
    line.getCommandSpec().usageMessage().header(entry.summary());
    return line;
  }

  private static int rootHelp(Shell shell) {
    shell.out().print(Help.root(Style.of(Style.Choice.AUTO, shell.terminal().out(), shell)));
    return ExitCode.DONE;
  }

  private static int noSuchVerb(Shell shell, List<String> arguments) {
    String first = arguments.getFirst();
    List<Verbs.Entry> family = Verbs.family(first);
    if (!family.isEmpty()) {
      boolean helpAsked =
          arguments.size() > 1 && List.of("--help", "-h").contains(arguments.get(1));
      if (!helpAsked) {
        shell
            .err()
            .println(
                "osmoda: "
                    + (arguments.size() > 1
                        ? "unknown command '%s %s'".formatted(first, arguments.get(1))
                        : "'%s' needs a subcommand".formatted(first))
                    + "; choose one of:");
      }
      (helpAsked ? shell.out() : shell.err()).print(Help.family(family));
      return helpAsked ? ExitCode.DONE : ExitCode.FAILED;
    }
    if (first.startsWith("-")) {
      shell.err().println("osmoda: unknown option '%s' before the command".formatted(first));
    } else {
      shell.err().println("osmoda: unknown command '%s'".formatted(first));
    }
    @Nullable String near = Verbs.nearest(first);
    shell
        .err()
        .println(near == null ? "  See: osmoda --help" : "  Did you mean: osmoda " + near + "?");
    return ExitCode.FAILED;
  }

  /** Lets {@code osmoda --ledger DIR query} do what {@code osmoda query --ledger DIR} does. */
  private static List<String> leadingOptionsBehindVerb(String[] arguments) {
    int at = 0;
    while (at < arguments.length) {
      String argument = arguments[at];
      if (LEADING_OPTIONS.contains(argument) && at + 1 < arguments.length) {
        at += 2;
      } else if (LEADING_OPTIONS.stream().anyMatch(o -> argument.startsWith(o + "="))) {
        at++;
      } else {
        break;
      }
    }
    List<String> all = Arrays.asList(arguments);
    List<String> rest = all.subList(at, all.size());
    if (at == 0 || rest.isEmpty()) {
      return rest;
    }
    Verbs.Entry entry = Verbs.find(rest);
    int words = entry == null ? 1 : entry.words();
    List<String> moved = new ArrayList<>(rest.subList(0, words));
    moved.addAll(all.subList(0, at));
    moved.addAll(rest.subList(words, rest.size()));
    return moved;
  }

  /** The version of the build, or "development" where it does not run from a jar. */
  static String version() {
    String version = Osmoda.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
