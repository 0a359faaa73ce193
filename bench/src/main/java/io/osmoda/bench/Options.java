package io.osmoda.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What was asked for on the command line.
 *
 * @param runs names of runs, in order; empty for all
 * @param entries of the largest ledger that is made
 * @param time of one round of a contender
 * @param rounds that are interleaved, after one that only warms up
 * @param directory below which the working folder is made
 * @param cold whether the page cache of the machine may be dropped, to measure a cold disk too
 */
record Options(
    List<String> runs,
    long entries,
    Duration time,
    int rounds,
    Path directory,
    boolean cold,
    boolean json,
    boolean help) {
  static final long DEFAULT_ENTRIES = 10_000_000;
  static final double DEFAULT_SECONDS = 3;
  static final int DEFAULT_ROUNDS = 3;
  private static final long MIN_ENTRIES = 10;
  private static final long MAX_ENTRIES = 1_000_000_000;
  private static final double MAX_SECONDS = 3_600;
  private static final int MAX_ROUNDS = 1_000;

  /** The command line was not understood; the message says what and how it is right. */
  static final class WrongUseException extends Exception {
    WrongUseException(String message) {
      super(message);
    }
  }

  static Options parse(String... arguments) throws WrongUseException {
    List<String> runs = new ArrayList<>();
    long entries = DEFAULT_ENTRIES;
    double seconds = DEFAULT_SECONDS;
    int rounds = DEFAULT_ROUNDS;
    Path directory = Path.of("bench-data");
    boolean cold = false;
    boolean json = false;
    boolean help = false;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      switch (argument) {
        case "--entries" ->
            entries = (long) number(argument, arguments, ++i, MIN_ENTRIES, MAX_ENTRIES);
        case "--seconds" -> seconds = number(argument, arguments, ++i, 0.001, MAX_SECONDS);
        case "--rounds" -> rounds = (int) number(argument, arguments, ++i, 1, MAX_ROUNDS);
        case "--dir" -> directory = Path.of(value(argument, arguments, ++i));
        case "--cold" -> cold = true;
        case "--json" -> json = true;
        case "-h", "--help" -> help = true;
        case "all" -> runs.clear();
        default -> {
          if (argument.startsWith("-")) {
            throw new WrongUseException("unknown option " + argument);
          }
          runs.add(argument);
        }
      }
    }
    return new Options(
        List.copyOf(runs),
        entries,
        Duration.ofNanos((long) (seconds * 1e9)),
        rounds,
        directory.toAbsolutePath(),
        cold,
        json,
        help);
  }

  private static String value(String option, String[] arguments, int at) throws WrongUseException {
    if (at >= arguments.length) {
      throw new WrongUseException(option + " needs a value");
    }
    return arguments[at];
  }

  private static double number(String option, String[] arguments, int at, double min, double max)
      throws WrongUseException {
    String text = value(option, arguments, at).replace("_", "");
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new WrongUseException(option + " needs a number, not " + text);
    }
    if (!(number >= min && number <= max)) {
      throw new WrongUseException(
          option + " must be from " + ResultTable.number(min) + " to " + ResultTable.number(max));
    }
    return number;
  }
}
