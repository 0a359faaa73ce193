package io.osmoda.verify;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies bundles that were collected one after the other: each by itself, and that together they
 * are one history. Each names the manifest of the one before, their times meet, and the line in
 * which two of them meet is the same entry in both: since it carries the hash of all before it,
 * both are of one chain. For one folder.
 */
public final class BundleChain {
  private final VerifyOptions options;
  private final List<Bundle> bundles = new ArrayList<>();
  private final List<String> breaks = new ArrayList<>();
  private final List<String> notChecked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** A bundle whose manifest could be read. */
  private record Bundle(
      Path path, Manifest manifest, String manifestSha256, BundleVerification found) {
    String file() {
      return String.valueOf(path.getFileName());
    }

    String from() {
      return String.valueOf(manifest.timeFrom());
    }

    String to() {
      return String.valueOf(manifest.timeTo());
    }

    long checkpointSize() {
      Checkpoint checkpoint = found.checkpoint();
      return checkpoint == null ? 0 : checkpoint.size();
    }

    ChainVerification.Link link() {
      return new ChainVerification.Link(
          file(),
          found.verdict(),
          from(),
          to(),
          manifest.counts(),
          manifestSha256,
          checkpointSize());
    }
  }

  private static final int MAX_EXPORT = 1 << 20;

  private final @Nullable Exports exports;

  /** What the ledger that the bundles came from has on record. */
  public interface Exports {
    /** Its {@code ledger_export} entries from that one on, oldest first. */
    List<Entry> from(long seq) throws IOException;
  }

  private BundleChain(VerifyOptions options, @Nullable Exports exports) {
    this.options = options;
    this.exports = exports;
  }

  /**
   * Verifies the bundles in a folder.
   *
   * @param folder holds bundles, as folders or zips, and nothing else that matters
   * @throws IOException if there is no such folder
   */
  public static ChainVerification verify(Path folder, VerifyOptions options) throws IOException {
    return verify(folder, options, null);
  }

  /**
   * The same, held against the ledger: whether it exported bundles that follow the newest one and
   * are not there, which files alone cannot tell.
   *
   * @param exports null where no ledger is at hand
   */
  public static ChainVerification verify(
      Path folder, VerifyOptions options, @Nullable Exports exports) throws IOException {
    return new BundleChain(options, exports).verify(folder);
  }

  private ChainVerification verify(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> listed = Files.list(folder)) {
      paths = listed.sorted().toList();
    }
    for (Path path : paths) {
      String name = String.valueOf(path.getFileName());
      if (name.endsWith(".zip") || Files.exists(path.resolve("manifest.json"))) {
        take(path, name);
      } else if (!name.startsWith(".")) {
        notes.add("not looked at, since it is no bundle: " + Printable.of(name));
      }
    }
    if (bundles.isEmpty() && breaks.isEmpty()) {
      notChecked.add("anything: there is no bundle in the folder");
    }
    bundles.sort(Comparator.comparing(Bundle::from).thenComparing(Bundle::to));
    for (int i = 0; i < bundles.size(); i++) {
      if (i == 0) {
        begin(bundles.getFirst());
      } else {
        join(bundles.get(i - 1), bundles.get(i));
      }
    }
    if (!bundles.isEmpty()) {
      lookPast(bundles.getLast());
    }
    return new ChainVerification(
        bundles.isEmpty() ? null : bundles.getFirst().manifest().origin(),
        bundles.stream().map(Bundle::link).toList(),
        breaks,
        notChecked,
        notes);
  }

  private void take(Path path, String name) throws IOException {
    BundleVerification found = BundleVerifier.verify(path, options);
    String shown = Printable.of(name);
    if (found.verdict() == Verdict.TAMPERED) {
      Finding first = found.findings().getFirst();
      breaks.add("%s: tampered: %s: %s".formatted(shown, first.kind().text(), first.detail()));
    } else if (found.verdict() == Verdict.UNVERIFIABLE) {
      notChecked.add(shown + ": " + String.join("; ", found.notChecked()));
    }
    try (BundleFiles files = BundleFiles.open(path)) {
      byte[] bytes = files.read("manifest.json", Manifest.MAX_BYTES);
      Manifest manifest = Manifest.parse(bytes);
      if (manifest.isSample()) {
        notes.add(shown + " is a sample, which is no part of a chain");
      } else if (manifest.timeFrom() == null) {
        breaks.add(shown + ": it is of no time, so it is no part of a chain");
      } else {
        bundles.add(new Bundle(path, manifest, Manifest.sha256(bytes).hex(), found));
      }
    } catch (BadManifestException | IOException e) {
      if (found.verdict() == Verdict.INTACT) {
        breaks.add(shown + ": manifest.json: " + e.getMessage());
      } // else what is wrong is told already
    }
  }

  private void begin(Bundle first) {
    String previous = previous(first);
    if (previous != null) {
      notes.add(
          "%s names one before it, with the manifest %s, which is not in the folder"
              .formatted(Printable.of(first.file()), Printable.of(previous)));
    }
  }

  private static @Nullable String previous(Bundle bundle) {
    return bundle.manifest().request().string("previous");
  }

  /** Holds two bundles that follow one another against each other. */
  private void join(Bundle earlier, Bundle later) {
    String pair = "%s and %s".formatted(Printable.of(earlier.file()), Printable.of(later.file()));
    if (!earlier.manifest().origin().equals(later.manifest().origin())) {
      breaks.add(pair + ": they are of different ledgers");
      return;
    }
    int meets = earlier.to().compareTo(later.from());
    if (meets < 0) {
      breaks.add("%s: a gap from %s to %s".formatted(pair, earlier.to(), later.from()));
    } else if (meets > 0) {
      breaks.add(
          "%s: they overlap: one ends at %s, the next begins at %s"
              .formatted(pair, earlier.to(), later.from()));
    }
    String previous = previous(later);
    if (previous == null) {
      breaks.add(pair + ": the later does not name the one before it");
    } else if (!previous.equals(earlier.manifestSha256())) {
      breaks.add(pair + ": the later names another manifest than that of the one before it");
    }
    if (later.checkpointSize() < earlier.checkpointSize()) {
      breaks.add(
          "%s: the later's checkpoint has %,d entries, fewer than the %,d of the earlier's"
              .formatted(pair, later.checkpointSize(), earlier.checkpointSize()));
    }
    if (meets == 0) {
      meetInOneEntry(pair, earlier, later);
    }
    if (!earlier.manifest().filter().equals(later.manifest().filter())
        || earlier.manifest().withheld() != later.manifest().withheld()) {
      notes.add(pair + ": they were asked for otherwise (filter, payloads)");
    }
  }

  /** Asks the ledger for bundles that follow the newest one. */
  private void lookPast(Bundle newest) throws IOException {
    if (exports == null) {
      notes.add(
          "the chain reaches until %s; files alone cannot exclude that newer bundles are missing"
              .formatted(Printable.of(newest.to())));
      return;
    }
    String shown = Printable.of(newest.file());
    Entry closing;
    try (BundleFiles files = BundleFiles.open(newest.path())) {
      closing = Entry.parse(files.read("export.ndjson", MAX_EXPORT));
    } catch (IOException e) {
      notChecked.add(
          "whether newer bundles are missing: %s: export.ndjson: %s"
              .formatted(shown, e.getMessage()));
      return;
    }
    List<Entry> later = exports.from(closing.seq());
    if (later.isEmpty() || !later.getFirst().entryHash().equals(closing.entryHash())) {
      breaks.add(
          "%s: the ledger does not have entry #%d, which closes its export: it is another ledger, or"
                  .formatted(shown, closing.seq())
              + " an older state of it");
      return;
    }
    int missing = follow(newest.manifestSha256(), later.subList(1, later.size()));
    if (missing == 0) {
      notes.add(
          "the chain reaches until %s, and the ledger has no export on record that follows it; the"
                  .formatted(Printable.of(newest.to()))
              + " ledger itself is not verified here");
    }
  }

  /**
   * Tells which exports follow a bundle, and those that follow them.
   *
   * @return how many
   */
  private int follow(String manifestSha256, List<Entry> entries) {
    Set<String> chain = new HashSet<>(Set.of(manifestSha256));
    Map<Long, JsonObject> requests = new HashMap<>();
    int following = 0;
    int redacted = 0;
    for (Entry entry : entries) {
      JsonObject payload = entry.payload();
      if (payload == null) {
        redacted++;
      } else if (payload.get("request") instanceof JsonObject request) {
        requests.put(entry.seq(), request);
      } else if (entry.status().equals("ok") && !entry.causedBy().isEmpty()) {
        JsonObject request = requests.get(entry.causedBy().getFirst().seq());
        String previous = request == null ? null : request.string("previous");
        if (request != null && previous != null && chain.contains(previous)) {
          String manifest = String.valueOf(payload.string("manifest_sha256"));
          chain.add(manifest);
          following++;
          breaks.add(
              "the bundle from %s to %s is missing: the ledger exported it (#%d, manifest %s)"
                  .formatted(
                      Printable.of(String.valueOf(request.string("from"))),
                      Printable.of(String.valueOf(request.string("to"))),
                      entry.seq(),
                      Printable.of(manifest)));
        }
      }
    }
    if (redacted > 0) {
      notChecked.add(
          "whether newer bundles are missing: %d later entries about exports are redacted"
              .formatted(redacted));
    }
    return following;
  }

  private void meetInOneEntry(String pair, Bundle earlier, Bundle later) {
    long last = earlier.manifest().endSeq() - 1;
    try {
      Hash one = hash(earlier.path(), last - earlier.manifest().firstSeq());
      Hash other = hash(later.path(), last - later.manifest().firstSeq());
      if (one == null || !one.equals(other)) {
        breaks.add(
            "%s: they do not meet in one entry: #%d is not the same in both".formatted(pair, last));
      }
    } catch (IOException e) {
      breaks.add("%s: where they meet: %s".formatted(pair, e.getMessage()));
    }
  }

  /** The hash of the entry in a line, counted from 0; null where there is no such line. */
  private static @Nullable Hash hash(Path bundle, long line) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle);
        InputStream in = files.open("entries.ndjson")) {
      LineSource lines = new LineSource(in);
      long at = -1;
      while (at < line) {
        if (!lines.next()) {
          return null;
        }
        at++;
      }
      return line < 0
          ? null
          : Entry.parse(
                  Arrays.copyOfRange(
                      lines.buffer(), lines.offset(), lines.offset() + lines.length()))
              .entryHash();
    }
  }
}
