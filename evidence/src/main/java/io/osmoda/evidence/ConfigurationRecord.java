package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records what {@code osmoda.yaml} says, whenever it says something else than the newest such
 * entry: {@code config_change} of source {@code configuration}. What was said last the ledger
 * itself tells, so that a restart seals nothing twice. Thread-safe.
 */
public final class ConfigurationRecord {
  private static final String ACTION = "config_change";
  private static final String SOURCE = "configuration";
  private static final String AFTER = "sha256_after";
  private static final String SETTINGS = "settings";

  /** Longest text in an entry's reason, characters; its payload always has all. */
  private static final int LONGEST_REASON = 1_000;

  /** A path may name a person, and a reason stays when a payload goes. */
  private static final String PATH = "evidence.out";

  private final Ledger ledger;
  private final EntrySearch search;
  private final Path keyFolder;
  private @Nullable Said known;

  /**
   * What the file said.
   *
   * @param sha256 null where there was no file
   * @param settings null where that is not known any more, since the entry was redacted
   */
  private record Said(@Nullable String sha256, @Nullable SortedMap<String, String> settings) {
    /** Before anything was on record. */
    static final Said NOTHING = new Said(null, new TreeMap<>());

    boolean isOf(ConfigurationFile file) {
      Hash hash = file.sha256();
      return settings != null && (hash == null ? sha256 == null : hash.hex().equals(sha256));
    }
  }

  /** A record in a ledger, found by a search of it. */
  public ConfigurationRecord(Ledger ledger, EntrySearch search, Path keyFolder) {
    this.ledger = ledger;
    this.search = search;
    this.keyFolder = keyFolder;
  }

  /**
   * Reads the file, for who goes by it.
   *
   * @return what it says, which is on record
   * @throws BadConfigurationException if it is wrong; nothing is sealed then, since nothing goes by
   *     it
   */
  public synchronized Configuration look() throws IOException {
    ConfigurationFile file = ConfigurationFile.read(keyFolder);
    Said before = known;
    if (before == null) {
      before = newestOnRecord();
    }
    if (!before.isOf(file)) {
      seal(before, file);
    }
    Hash hash = file.sha256();
    known = new Said(hash == null ? null : hash.hex(), file.settings());
    return file.configuration();
  }

  private Said newestOnRecord() throws IOException {
    EntryFilter wanted =
        new EntryFilter(
            null,
            null,
            Map.of(
                "action",
                List.of(ACTION),
                "source",
                List.of(SOURCE),
                "target",
                List.of(Configuration.FILE)),
            null,
            null);
    try (EntryResults results = search.search(wanted, true, null, Deadline.none())) {
      Entry entry = results.next();
      if (entry == null) {
        return Said.NOTHING;
      }
      JsonObject payload = entry.payload();
      if (payload == null || !(payload.get(SETTINGS) instanceof JsonObject settings)) {
        return new Said(null, null);
      }
      TreeMap<String, String> said = new TreeMap<>();
      for (String place : settings.members().keySet()) {
        said.put(place, String.valueOf(settings.string(place)));
      }
      return new Said(payload.string(AFTER), said);
    }
  }

  private void seal(Said before, ConfigurationFile file) throws IOException {
    Hash hash = file.sha256();
    JsonObject.Builder settings = JsonObject.builder();
    file.settings().forEach(settings::put);
    ledger.appendConfigurationChange(
        Configuration.FILE,
        reason(changes(before.settings(), file, true)),
        JsonObject.builder()
            .put(
                "changes",
                new JsonArray(
                    changes(before.settings(), file, false).stream()
                        .<JsonValue>map(JsonString::new)
                        .toList()))
            .put("file", Configuration.FILE)
            .putIfPresent("modified", file.modified() == null ? null : file.modified().toString())
            .put(SETTINGS, settings.build())
            .putIfPresent(AFTER, hash == null ? null : hash.hex())
            .putIfPresent("sha256_before", before.sha256())
            .build());
  }

  private static String reason(List<String> changes) {
    String whole = String.join("; ", changes);
    return whole.length() <= LONGEST_REASON
        ? whole
        : changes.size() + " settings changed: the payload names them";
  }

  /**
   * What changed, in words.
   *
   * @param isPublic leaves out what may name a person
   */
  private static List<String> changes(
      @Nullable SortedMap<String, String> before, ConfigurationFile file, boolean isPublic) {
    List<String> words = new ArrayList<>();
    if (file.sha256() == null) {
      words.add("the file is gone");
    }
    if (before == null) {
      words.add("what it said before is not known: the entry that told it is redacted");
      before = new TreeMap<>();
    }
    TreeSet<String> places = new TreeSet<>(before.keySet());
    places.addAll(file.settings().keySet());
    for (String place : places) {
      String was = before.get(place);
      String is = file.settings().get(place);
      if (is == null) {
        words.add(place + ": not set any more" + told(", was ", was, place, isPublic));
      } else if (was == null) {
        words.add(place + ": set" + told(" to ", is, place, isPublic));
      } else if (!was.equals(is)) {
        words.add(
            place
                + ": changed"
                + told(" from ", was, place, isPublic)
                + told(" to ", is, place, isPublic));
      }
    }
    if (words.isEmpty()) {
      words.add("no setting changed, only how the file is written");
    }
    return words;
  }

  private static String told(String word, @Nullable String value, String place, boolean isPublic) {
    return isPublic && place.equals(PATH) ? "" : word + value;
  }
}
