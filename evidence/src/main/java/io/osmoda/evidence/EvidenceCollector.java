package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects evidence period by period into a folder: a bundle for each, which names the manifest of
 * the one before, so that the folder is a chain that can be checked. What was collected the folder
 * itself tells. Thread-safe, but for two that collect into one folder at once.
 */
public final class EvidenceCollector {
  private static final Pattern NAME =
      Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{4}-[0-9]{2}-[0-9]{2})\\.zip");

  /** Periods that are due, at most, that are told one by one. */
  private static final int MOST_TOLD = 12;

  private final Ledger ledger;

  /** A collector of a ledger's evidence, with the frameworks that come along. */
  public EvidenceCollector(Ledger ledger) {
    this.ledger = ledger;
  }

  /** A period, half-open. */
  public record Span(Instant from, Instant to) {
    String fileName() {
      return day(from) + "_" + day(to) + ".zip";
    }

    private static LocalDate day(Instant moment) {
      return moment.atZone(ZoneOffset.UTC).toLocalDate();
    }

    JsonObject toJson() {
      return JsonObject.builder().put("from", from.toString()).put("to", to.toString()).build();
    }
  }

  /** The newest bundle in the folder. */
  private record Newest(Path file, Span span, String manifestSha256) {}

  /**
   * Where the collecting stands.
   *
   * @param files names of what is collected, in order
   * @param next the period that is collected next
   * @param due how many periods are over and not collected
   */
  public record Standing(List<String> files, Span next, int due) {
    public Standing {
      files = List.copyOf(files);
    }
  }

  /**
   * Looks where the collecting stands.
   *
   * @throws IOException if the folder cannot be read, or its newest bundle is not one of this
   *     ledger's; says what to do
   */
  public Standing standing(Configuration.EvidencePlan plan, Instant now) throws IOException {
    List<String> files = files(plan.out());
    Span next = next(plan, newest(plan.out(), files));
    int due = 0;
    Span each = next;
    while (!now.isBefore(each.to())) {
      due++;
      each = new Span(each.to(), plan.every().end(each.to()));
    }
    return new Standing(files, next, due);
  }

  private static List<String> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> listed = Files.list(folder)) {
      return listed
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> NAME.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  private @Nullable Newest newest(Path folder, List<String> files) throws IOException {
    if (files.isEmpty()) {
      return null;
    }
    Path file = folder.resolve(files.getLast());
    Matcher name = NAME.matcher(files.getLast());
    if (!name.matches()) {
      throw new IllegalStateException("only names of that form are listed");
    }
    Span span = new Span(midnight(name.group(1)), midnight(name.group(2)));
    BundleSummary summary = BundleSummary.of(file);
    Entry closing = ClosingEntry.of(file);
    LedgerReader reader = ledger.reader();
    if (closing == null
        || !ClosingEntry.names(closing, summary.manifestSha256())
        || closing.seq() >= reader.size()
        || !reader.entry(closing.seq()).entryHash().equals(closing.entryHash())) {
      throw new IOException(
          file
              + " is not a bundle exported by this ledger, so no bundle can follow it: move it"
              + " away, or set another folder in evidence.out");
    }
    return new Newest(file, span, summary.manifestSha256());
  }

  private static Instant midnight(String day) {
    return LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private Span next(Configuration.EvidencePlan plan, @Nullable Newest newest) throws IOException {
    Instant from;
    if (newest != null) {
      from = newest.span().to();
    } else if (plan.from() != null) {
      from = plan.from();
    } else {
      from = plan.every().start(ledger.reader().entry(0).instant());
    }
    return new Span(from, plan.every().end(from));
  }

  /**
   * Collects the next period, if it is over.
   *
   * @param by the actor for whom, such as {@code system:schedule}
   * @param goOn false ends the collecting with an {@link IOException}
   * @return the file; null where nothing is due
   * @throws IOException if it cannot be collected: nothing is left behind, and an export that had
   *     begun is on record as failed
   */
  public @Nullable Path collectNext(
      Configuration.EvidencePlan plan, String by, Instant now, BooleanSupplier goOn)
      throws IOException {
    Newest newest = newest(plan.out(), files(plan.out()));
    Span span = next(plan, newest);
    if (now.isBefore(span.to())) {
      return null;
    }
    Path file = plan.out().resolve(span.fileName());
    try (BundleSink sink = new LateSink(plan.out(), file, goOn)) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(
              new ExportRequest(
                  plan.framework(),
                  null,
                  span.from(),
                  span.to(),
                  Map.of(),
                  plan.withheld(),
                  newest == null ? null : newest.manifestSha256()),
              by,
              sink);
    } catch (RequestRefusedException e) {
      throw new IOException(e.getMessage(), e);
    }
    return file;
  }

  /**
   * The same for programs and people.
   *
   * @param plan null where nothing is collected by itself
   */
  public JsonObject tell(Configuration.@Nullable EvidencePlan plan, Instant now)
      throws IOException {
    if (plan == null) {
      return JsonObject.builder().put("configured", false).build();
    }
    JsonObject.Builder json =
        JsonObject.builder()
            .put("configured", true)
            .put("every", plan.every().toString())
            .putIfPresent("framework", plan.framework())
            .put("payloads", plan.withheld() ? "withheld" : "full")
            .put("out", plan.out().toString());
    Standing standing = standing(plan, now);
    List<JsonValue> due = new ArrayList<>();
    Span each = standing.next();
    for (int i = 0; i < Math.min(standing.due(), MOST_TOLD); i++) {
      due.add(each.toJson());
      each = new Span(each.to(), plan.every().end(each.to()));
    }
    return json.put("collected", standing.files().size())
        .putIfPresent("last", standing.files().isEmpty() ? null : standing.files().getLast())
        .put("next", standing.next().toJson())
        .put("due", standing.due())
        .put("due_periods", new JsonArray(due))
        .build();
  }

  /**
   * A zip file that is made with the first byte: so what stands in its way is told in the export's
   * own entry.
   */
  private static final class LateSink implements BundleSink {
    private final Path folder;
    private final Path file;
    private final BooleanSupplier goOn;
    private @Nullable ZipFileSink zip;

    LateSink(Path folder, Path file, BooleanSupplier goOn) {
      this.folder = folder;
      this.file = file;
      this.goOn = goOn;
    }

    private void requireGoOn() throws IOException {
      if (!goOn.getAsBoolean()) {
        throw new IOException("the collection was stopped");
      }
    }

    @Override
    public OutputStream begin(String name) throws IOException {
      requireGoOn();
      ZipFileSink begun = zip;
      if (begun == null) {
        Path above = folder.getParent();
        if (!Files.exists(folder)) {
          if (above == null || !Files.isDirectory(above)) {
            throw new IOException(
                "no folder %s for %s: create it, or set another in evidence.out"
                    .formatted(above, folder.getFileName()));
          }
          Files.createDirectory(
              folder,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else if (!Files.isDirectory(folder)) {
          throw new IOException(folder + " is not a folder: set another in evidence.out");
        }
        begun = new ZipFileSink(file);
        zip = begun;
      }
      OutputStream out = begun.begin(name);
      return new OutputStream() {
        @Override
        public void write(int value) throws IOException {
          requireGoOn();
          out.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          requireGoOn();
          out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          out.close();
        }
      };
    }

    @Override
    public void finish() throws IOException {
      if (zip == null) {
        throw new IllegalStateException("a bundle has files");
      }
      zip.finish();
    }

    @Override
    public void close() throws IOException {
      if (zip != null) {
        zip.close();
      }
    }
  }
}
