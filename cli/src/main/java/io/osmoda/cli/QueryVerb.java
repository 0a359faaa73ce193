package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.EntryFields;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.Member;
import io.osmoda.query.SortKey;
import io.osmoda.query.WhereParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "query",
    description = {
      "Shows or counts entries that meet all conditions. By default a table shows the newest 100"
          + " matches, oldest first, and the other formats print all matches. Entries shown are"
          + " read from the ledger's segments and re-hashed; counts come from the index. Each query"
          + " is itself recorded as ledger_query."
    },
    footer = {
      "  osmoda query --from 1h --status error --status denied",
      "  osmoda query --where 'tool:http_request AND payload.status>=500' --from yesterday",
      "  osmoda query --text 'invoice refus*' --fields seq,time,actor,payload.url",
      "  osmoda query --by actor,status --from 7d",
      "  osmoda query --histogram 1m --by tool --from 2h --action tool_result",
      "  osmoda query --sort payload.duration_ns:desc --limit 10 --from today",
      "  osmoda query --status error --action tool_result --arguments",
      "  osmoda query --touched /srv/data/customers.csv",
      "  osmoda query --session-of 4711 --before 4711",
      "  osmoda query --from 2026-03-01 --to 2026-04-01 --json > march.ndjson",
    })
final class QueryVerb extends Verb {
  private static final long DEFAULT_LIMIT = 100;
  private static final int DEFAULT_FACETS = 20;
  private static final int MAX_FACETS = 10_000;
  private static final int MAX_COLUMNS = 100;
  private static final int MAX_PROVEN = 1_000;

  /** Reading so many takes long enough to say why. */
  private static final long MANY_UNINDEXED = 500_000;

  private static final String CSV_FIELDS =
      "seq,timestamp,actor,action,tool,target,status,source,session,reason,payload,entry_hash";

  /** How entries are printed. */
  enum Format {
    TABLE,
    JSON,
    NDJSON,
    CSV;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin FilterOptions filters = new FilterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Show at most N entries; 0 shows all (default: 100 in a table, otherwise all). With --by,"
              + " list at most N values (default: 20).")
  @Nullable Long limit;

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      description =
          "Sort by seq, actor, action, tool, target, status, source, session or a number in the"
              + " payload (payload.duration_ns). Append :desc for descending order.")
  @Nullable String sort;

  @Option(names = "--newest-first", description = "Same as --sort seq:desc.")
  boolean newestFirst;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description =
          "Continue where an earlier query with the same conditions and --sort stopped. That query"
              + " printed its cursor to standard error.")
  @Nullable String cursor;

  @Option(
      names = "--fields",
      paramLabel = "LIST",
      description = "Show only these members, for example seq,actor,payload.url.")
  @Nullable String fields;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES} (default: table). ndjson without --fields prints the stored"
              + " lines, which can be verified; csv is a copy for reading.")
  @Nullable Format format;

  @Option(names = "--count", description = "Print only the number of matches.")
  boolean count;

  @Option(
      names = "--by",
      paramLabel = "LIST",
      split = ",",
      description = "Count by the values of one to three members, for example actor,action.")
  List<String> by = List.of();

  @Option(
      names = "--histogram",
      paramLabel = "SPAN",
      description =
          "Count by time, in intervals such as 15m, 1h or 1d. With --by MEMBER, its most frequent"
              + " values are columns.")
  @Nullable String histogram;

  @Option(
      names = "--arguments",
      description =
          "Show each result beside the arguments of its call. With --json each line is {\"entry\","
              + " \"call\"}.")
  boolean arguments;

  @Option(names = "--before", paramLabel = "SEQ", description = "Only entries before this one.")
  @Nullable Long before;

  @Option(
      names = "--session-of",
      paramLabel = "SEQ",
      description = "Only entries of the same session as this one.")
  @Nullable Long sessionOf;

  @Option(
      names = "--prove",
      description =
          "Prove that each entry shown is in the newest checkpoint's tree. With --json each line is"
              + " {\"entry\", \"proof\"}, where proof is the text of a tlog-proof file.")
  boolean prove;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    if (limit != null && limit < 0) {
      throw new CliException("--limit: expected a number of at least 0, found " + limit, null);
    }
    requireOneQuestion();
    EntryFilter filter = filters.filter(shell.clock().instant(), rendering.zone());
    try (LedgerSession access = access(shell)) {
      tellUnindexed(shell, access);
      tellCost(shell, filter);
      try {
        filter = narrowed(access, filter);
        if (count) {
          count(shell, access, filter);
        } else if (histogram != null) {
          histogram(shell, access, filter, histogram);
        } else if (!by.isEmpty()) {
          facets(shell, access, filter);
        } else {
          entries(shell, access, filter);
        }
      } catch (RequestRefusedException e) {
        throw new CliException(String.valueOf(e.getMessage()), null);
      }
      for (String why : access.nearMisses()) {
        shell.err().println("osmoda: " + Table.printable(why));
      }
      tellNotice(shell, access);
      return ExitCode.DONE;
    }
  }

  /** Says what the part of a text costs: the index has words. */
  private static void tellCost(Shell shell, EntryFilter filter) {
    if (filter.readsEntries()) {
      shell
          .err()
          .println(
              "osmoda: ~ on text, reason or the payload reads entries instead of asking the index;"
                  + " --from or another condition makes them fewer");
    }
  }

  /** With the conditions that refer to an entry. */
  private EntryFilter narrowed(LedgerSession access, EntryFilter filter) throws IOException {
    EntryFilter narrowed = filter;
    if (before != null) {
      if (before < 0) {
        throw new CliException("--before: there is no entry " + before, null);
      }
      narrowed = narrowed.and(WhereParser.before(before));
    }
    if (sessionOf != null) {
      String session = access.entry(sessionOf).session();
      if (session == null) {
        throw new CliException("--session-of: entry %d has no session".formatted(sessionOf), null);
      }
      narrowed = narrowed.and(WhereParser.session(session));
    }
    return narrowed;
  }

  /** So that a person who waits knows why, and what would help. */
  private static void tellUnindexed(Shell shell, LedgerSession access) throws IOException {
    long unindexed = access.unindexed();
    if (unindexed >= MANY_UNINDEXED) {
      shell
          .err()
          .println(
              "osmoda: reading %,d unindexed entries; to speed this up, run osmoda index or keep osmoda"
                      .formatted(unindexed)
                  + " serve running");
    }
  }

  private void requireOneQuestion() {
    List<String> questions = new ArrayList<>();
    if (count) {
      questions.add("--count");
    }
    if (!by.isEmpty() && histogram == null) {
      questions.add("--by");
    }
    if (histogram != null) {
      questions.add("--histogram");
    }
    if (histogram != null && by.size() > 1) {
      throw new CliException("--histogram: one member to count by at most", "Drop the others.");
    }
    if (questions.size() > 1) {
      throw new CliException(
          String.join(" and ", questions) + " cannot be combined", "Use one at a time.");
    }
    boolean shows =
        sort != null || newestFirst || cursor != null || fields != null || prove || arguments;
    if (arguments && (prove || fields != null || format() == Format.CSV)) {
      throw new CliException(
          "--arguments goes with a table or --json", "Drop --prove, --fields and --format.");
    }
    if (!questions.isEmpty() && shows) {
      throw new CliException(
          questions.getFirst() + " does not show entries",
          "Drop --sort, --newest-first, --cursor, --fields, --arguments and --prove.");
    }
    if (!questions.isEmpty() && format == Format.CSV) {
      throw new CliException(questions.getFirst() + " has no csv output", "Use --json.");
    }
    if (sort != null && newestFirst) {
      throw new CliException("--newest-first and --sort cannot be combined", "Use one of them.");
    }
    if (prove && (fields != null || format() == Format.CSV || format() == Format.JSON)) {
      throw new CliException(
          "--prove needs complete entries, in a table or as ndjson", "Drop --fields and --format.");
    }
    if (rendering.json && format != null && format != Format.NDJSON && format != Format.JSON) {
      throw new CliException("cannot combine --json and --format " + format, "Use one of them.");
    }
  }

  private Format format() {
    return format != null ? format : rendering.json ? Format.NDJSON : Format.TABLE;
  }

  private boolean isForPeople() {
    return format() == Format.TABLE;
  }

  private void count(Shell shell, LedgerSession access, EntryFilter filter) throws IOException {
    long found = access.count(filter);
    shell
        .out()
        .println(
            isForPeople()
                ? String.format(Locale.ROOT, "%,d", found)
                : JsonText.line(JsonObject.builder().put("count", found).build()));
    shell.out().flush();
  }

  private void facets(Shell shell, LedgerSession access, EntryFilter filter) throws IOException {
    List<Member> members = members();
    long most = limit == null ? DEFAULT_FACETS : limit == 0 ? MAX_FACETS : limit;
    JsonObject facets = access.facets(filter, members, (int) Math.min(most, MAX_FACETS));
    if (isForPeople()) {
      CountText.facets(facets, shell.out(), style(shell));
    } else {
      shell.out().println(JsonText.line(facets));
    }
    shell.out().flush();
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (String name : by) {
      Member member = Member.of(name.strip().toLowerCase(Locale.ROOT));
      if (member == null || !Member.GROUPED.contains(member)) {
        throw new CliException(
            "--by: cannot count by '" + name + "'",
            "Count by " + String.join(", ", EntryFilter.MEMBERS) + ".");
      }
      members.add(member);
    }
    return members;
  }

  private void histogram(Shell shell, LedgerSession access, EntryFilter filter, String span)
      throws IOException {
    Member member = by.isEmpty() ? null : members().getFirst();
    long most = limit == null ? DEFAULT_FACETS : limit == 0 ? MAX_COLUMNS : limit;
    JsonObject found =
        access.histogram(
            filter, Times.duration("--histogram", span), member, (int) Math.min(most, MAX_COLUMNS));
    if (isForPeople() && member != null) {
      CountText.columns(found, rendering, shell.out(), style(shell), EntryTable.width(shell));
    } else if (isForPeople()) {
      CountText.histogram(found, rendering, shell.out(), style(shell));
    } else {
      shell.out().println(JsonText.line(found));
    }
    shell.out().flush();
  }

  private void entries(Shell shell, LedgerSession access, EntryFilter filter) throws IOException {
    SortKey key = sortKey();
    long most = most(key);
    String next = null;
    long shown;
    ProvenEntries proven = prove ? new ProvenEntries(writer(shell)) : null;
    AnsweredCalls calls =
        arguments
            ? new AnsweredCalls(
                isForPeople() ? new EntryTable(shell, style(shell), rendering) : null)
            : null;
    EntryWriter direct = proven != null ? proven : calls != null ? calls : writer(shell);
    try (EntryPrinter printer = new EntryPrinter(shell, filters, direct, isForPeople())) {
      if (key == null) {
        printer.printNewest(access, filter, (int) most);
      } else {
        next =
            access.query(
                filter,
                key,
                // A table may leave some out, which a page in another order is too short to make
                // good.
                isForPeople() && key.isBySeq() ? LedgerSession.NO_LIMIT : most,
                cursor,
                entry -> printer.print(entry) && printer.printed() < most);
      }
      shown = printer.printed();
    }
    if (proven != null) {
      proven.print(access, shell, isForPeople());
    }
    if (calls != null) {
      calls.print(access, shell);
    }
    if (next != null) {
      shell.err().println("osmoda: more entries match; continue with --cursor " + next);
    } else if (isForPeople() && shown == 0) {
      shell.err().println("No entries match.");
    } else if (isForPeople() && key == null && shown == most && limit == null) {
      shell
          .err()
          .println(
              "osmoda: showing the newest %d; use --limit N for more, --limit 0 for all"
                  .formatted(most));
    }
  }

  /** The order asked for; null for the newest, the oldest of them first. */
  private @Nullable SortKey sortKey() {
    if (sort != null) {
      SortKey key = SortKey.parse(sort);
      if (key == null) {
        throw new CliException(
            "--sort: unknown key '" + sort + "'",
            "Sort by seq, one of "
                + String.join(", ", EntryFilter.MEMBERS)
                + " or payload.NAME, optionally followed by :asc or :desc.");
      }
      return key;
    }
    if (newestFirst) {
      return SortKey.NEWEST_FIRST;
    }
    boolean isAll = limit == null ? !isForPeople() : limit == 0;
    return cursor != null || (isAll && !prove && !arguments) ? SortKey.OLDEST_FIRST : null;
  }

  private long most(@Nullable SortKey key) {
    boolean bounded = isForPeople() || prove || arguments;
    long most =
        limit == null
            ? bounded ? DEFAULT_LIMIT : LedgerSession.NO_LIMIT
            : limit == 0 ? LedgerSession.NO_LIMIT : limit;
    if (key == null && most > EntryPrinter.MAX_TURNED) {
      throw new CliException(
          "--limit: at most %d in oldest-first order".formatted(EntryPrinter.MAX_TURNED),
          "Add --newest-first, or show all with --limit 0.");
    }
    if (key != null && !key.isBySeq() && limit != null && most > LedgerSession.MAX_SORTED) {
      throw new CliException(
          "--limit: at most %d when sorting by a member".formatted(LedgerSession.MAX_SORTED),
          "Continue with --cursor, or sort by seq.");
    }
    if (arguments && most > MAX_PROVEN) {
      throw new CliException(
          "--limit: at most %d with --arguments".formatted(MAX_PROVEN),
          "Continue with --cursor, or narrow the query.");
    }
    if (prove && most > MAX_PROVEN) {
      throw new CliException(
          "--limit: at most %d with --prove".formatted(MAX_PROVEN),
          "Continue with --cursor; osmoda export proves whole ranges.");
    }
    return most;
  }

  private EntryWriter writer(Shell shell) {
    EntryFields wanted = EntryFields.WHOLE;
    if (fields != null) {
      wanted = EntryFields.parse(fields);
    }
    return switch (format()) {
      case TABLE ->
          wanted.isWhole()
              ? new EntryTable(shell, style(shell), rendering)
              : new FieldTable(shell, style(shell), rendering, wanted);
      case JSON -> new LineWriter(shell.out(), wanted, true);
      case NDJSON -> new LineWriter(shell.out(), wanted, false);
      case CSV ->
          new CsvWriter(shell.out(), wanted.isWhole() ? EntryFields.parse(CSV_FIELDS) : wanted);
    };
  }
}
