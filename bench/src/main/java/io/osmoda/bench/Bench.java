package io.osmoda.bench;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** {@code osmoda bench}: measures the ledger beside what people would use instead. */
public final class Bench {
  private static final int EXIT_DONE = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_WRONG_USE = 2;

  private static final List<Run> RUNS =
      List.of(
          new FloorRun(),
          new AppendRun(),
          new SyncRun(),
          new CallerRun(),
          new GrowthRun(),
          new VerifyRun(),
          new OpenRun(),
          new ProofRun(),
          new DaemonRun(),
          new WrapRun(),
          new ApiRun(),
          new AppendStdinRun(),
          new IndexRun(),
          new QueryRun(),
          new SqlRun(),
          new FollowRun());

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(run(System.out, System.err, arguments));
  }

  static int run(PrintStream out, PrintStream err, String... arguments) {
    Options options;
    List<Run> runs;
    try {
      options = Options.parse(arguments);
      runs = chosen(options.runs());
    } catch (Options.WrongUseException e) {
      err.println("osmoda bench: " + e.getMessage() + "; osmoda bench --help shows the use");
      return EXIT_WRONG_USE;
    }
    if (options.help()) {
      out.print(help());
      return EXIT_DONE;
    }
    try {
      return measure(runs, options, out, err) ? EXIT_DONE : EXIT_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println("osmoda bench: interrupted");
      return EXIT_FAILED;
    } catch (Exception e) {
      err.println("osmoda bench: " + e);
      return EXIT_FAILED;
    }
  }

  private static List<Run> chosen(List<String> names) throws Options.WrongUseException {
    if (names.isEmpty()) {
      return RUNS;
    }
    List<Run> runs = new ArrayList<>();
    for (String name : names) {
      runs.add(
          RUNS.stream()
              .filter(run -> run.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new Options.WrongUseException("unknown run " + name)));
    }
    return runs;
  }

  /** Returns whether all runs could be done. */
  private static boolean measure(List<Run> runs, Options options, PrintStream out, PrintStream err)
      throws Exception {
    try (Session session = new Session(options, err)) {
      Machine machine = Machine.of(session.folders().base());
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      if (!options.json()) {
        out.println("osmoda bench, " + now);
        out.println(machine.text());
        out.println();
      }
      List<JsonValue> tables = new ArrayList<>();
      boolean isDone = true;
      for (Run run : runs) {
        session.tell(run.name() + ": " + run.about());
        ResultTable table;
        try {
          table = run.run(session);
        } catch (InterruptedException e) {
          throw e;
        } catch (Exception e) {
          // The others' figures are worth having all the same.
          table = ResultTable.skipped(run, "failed: " + e);
          isDone = false;
        }
        if (options.json()) {
          tables.add(table.json());
        } else {
          out.println(table.text());
        }
      }
      if (options.json()) {
        JsonObject all =
            JsonObject.builder()
                .put("at", now.toString())
                .put("machine", machine.json())
                .put("runs", new JsonArray(tables))
                .build();
        out.write(CanonicalJson.write(all));
        out.println();
      }
      return isDone;
    }
  }

  private static String help() {
    String runs =
        RUNS.stream()
            .map(run -> String.format(Locale.ROOT, "  %-12s %s%n", run.name(), run.about()))
            .collect(Collectors.joining());
    return String.format(
        Locale.ROOT,
        """
        Usage: osmoda bench [RUN...] [--entries N] [--seconds S] [--rounds N] [--dir DIR] [--cold]
                            [--json]

        Measures the ledger beside what people would use instead, in interleaved rounds, and prints
        medians with ratios first. Without RUN all are done, in less than half an hour and with
        some 24 gigabytes of disk, which are given back at the end.

        %s
          --entries N  entries of the largest ledgers made (default %,d)
          --seconds S  length of one contender's round (default %.0f)
          --rounds N   rounds after a shorter one that only warms up (default %d)
          --dir DIR    where the working folder is made (default ./bench-data)
          --cold       query: also from a cold disk, for which the page cache of the whole machine
                       is dropped again and again (root only)
          --json       one JSON object instead of tables; progress goes to standard error
        """,
        runs,
        Options.DEFAULT_ENTRIES,
        Options.DEFAULT_SECONDS,
        Options.DEFAULT_ROUNDS);
  }
}
