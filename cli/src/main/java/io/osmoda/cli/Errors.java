package io.osmoda.cli;

import io.osmoda.daemon.Remedies;
import io.osmoda.format.entry.LedgerException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Tells people on standard error what went wrong, where, and what to do. */
final class Errors {
  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, Integer.class, long.class, Long.class);

  private Errors() {}

  /** Arguments that the verb does not take. */
  static int wrongUse(Shell shell, Verbs.Entry entry, CommandLine.ParameterException e) {
    StringBuilder message = new StringBuilder(sentence(message(e)));
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (unmatched.isUnknownOption() && !near.isEmpty()) {
        message.append("; did you mean ").append(String.join(" or ", near)).append('?');
      }
    }
    print(shell, entry, message.toString(), "See: osmoda " + entry.name() + " --help");
    return ExitCode.FAILED;
  }

  /** The parser's words, but for values: it names Java's types, and an enum's constants. */
  private static String message(CommandLine.ParameterException e) {
    String message = String.valueOf(e.getMessage());
    String value = e.getValue();
    if (!message.startsWith("Invalid value")
        || !(e.getArgSpec() instanceof CommandLine.Model.OptionSpec option)
        || value == null) {
      return message;
    }
    Class<?> type = option.type();
    String wanted =
        type.isEnum()
            ? "one of "
                + Arrays.stream(type.getEnumConstants())
                    .map(each -> each.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "))
            : WHOLE.contains(type) ? "an integer" : null;
    return wanted == null
        ? message
        : "%s: expected %s, found '%s'".formatted(option.longestName(), wanted, value);
  }

  /** Anything that ended a verb. */
  static int failed(Shell shell, Verbs.Entry entry, Exception e) {
    switch (e) {
      case CliException wrong -> {
        String message = wrong.getMessage();
        print(shell, entry, message == null ? "failed" : message, wrong.details());
      }
      case LedgerException ledger -> print(shell, entry, describe(ledger), null);
      case RequestRefusedException refused -> print(shell, entry, describe(refused), null);
      case JsonException json -> print(shell, entry, "invalid JSON " + json.getMessage(), null);
      case UncheckedIOException io -> print(shell, entry, describe(io), null);
      case IOException io -> print(shell, entry, describe(io), null);
      default -> {
        print(
            shell,
            entry,
            "internal error: " + e,
            "This is a bug in osmoda. Please report it with the output below.");
        e.printStackTrace(shell.err());
        return ExitCode.FAILED;
      }
    }
    if (shell.variable("OSMODA_DEBUG") != null) {
      e.printStackTrace(shell.err());
    }
    return ExitCode.FAILED;
  }

  /** What a failure means to a person. */
  static String describe(Throwable e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return switch (e) {
      case UncheckedIOException unchecked when unchecked.getCause() != null ->
          describe(unchecked.getCause());
      case NoSuchFileException f -> "no such file or folder: " + f.getFile();
      case AccessDeniedException f -> "permission denied: " + f.getFile();
      case FileAlreadyExistsException f -> "already exists: " + f.getFile();
      case NotDirectoryException f -> "not a folder: " + f.getFile();
      case DirectoryNotEmptyException f -> "the folder is not empty: " + f.getFile();
      case FileSystemException f ->
          (f.getReason() == null ? f.toString() : f.getReason() + ": " + f.getFile());
      case IOException io when "Is a directory".equals(message) ->
          "expected a file, found a folder";
      default -> message.isEmpty() ? e.toString() : Remedies.told(e);
    };
  }

  private static void print(
      Shell shell, Verbs.Entry entry, String message, @Nullable String details) {
    shell.out().flush();
    Style style = Style.of(Style.Choice.AUTO, shell.terminal().err(), shell);
    shell.err().println(style.bad("osmoda:") + " " + entry.name() + ": " + message);
    if (details != null) {
      details.lines().forEach(line -> shell.err().println("  " + line));
    }
    shell.err().flush();
  }

  private static String sentence(String message) {
    return message.isEmpty() || (message.length() > 1 && Character.isUpperCase(message.charAt(1)))
        ? message
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }
}
