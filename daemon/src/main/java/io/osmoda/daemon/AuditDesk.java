package io.osmoda.daemon;

import io.osmoda.evidence.BadConfigurationException;
import io.osmoda.evidence.Configuration;
import io.osmoda.evidence.ConfigurationRecord;
import io.osmoda.evidence.EvidenceCollector;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.Redactions;
import io.osmoda.evidence.RetentionPreset;
import io.osmoda.evidence.RetentionReport;
import io.osmoda.evidence.RetentionRule;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.Reviews;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.evidence.SignOffs;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Hold;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.EntrySearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What auditors and compliance officers do with a ledger: reviews, sign-offs, holds, redactions.
 * The same for the daemon's API and for a command that holds the ledger itself; requests and
 * answers are those of the API. Thread-safe.
 */
final class AuditDesk {
  private final Ledger ledger;
  private final EntrySearch search;
  private final Reviews reviews;
  private final Path keyFolder;
  private final InstantSource clock;
  private final EvidenceCollector collector;
  private final ConfigurationRecord record;

  AuditDesk(Ledger ledger, EntrySearch search, InstantSource clock) {
    this.ledger = ledger;
    this.search = search;
    this.reviews = new Reviews(ledger.reader(), search);
    this.keyFolder = keyFolder(ledger);
    this.clock = clock;
    this.collector = new EvidenceCollector(ledger);
    this.record = new ConfigurationRecord(ledger, search, keyFolder);
  }

  EvidenceCollector collector() {
    return collector;
  }

  static Path keyFolder(Ledger ledger) {
    Path folder = ledger.trustFile().toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalStateException("the trust file stands in the key folder");
    }
    return folder;
  }

  /**
   * What {@code osmoda.yaml} says now: it is read each time, so that a change counts at once.
   *
   * @throws BadConfigurationException if it is wrong
   */
  Configuration configuration() throws IOException {
    return Configuration.load(keyFolder);
  }

  /**
   * The same for who acts by it: where it says something else than the ledger knows, that is put on
   * record first.
   *
   * @throws BadConfigurationException if it is wrong
   */
  Configuration configurationOnRecord() throws IOException {
    return record.look();
  }

  /**
   * Seals a review.
   *
   * @param by the caller's name
   * @throws RequestRefusedException if it is none
   */
  JsonObject review(ReviewRequest review, String by) throws IOException {
    if (review.framework() != null) {
      Frameworks.builtIn().requireKnown(review.framework(), review.control());
    }
    return reviews.record(ledger, review, user(by), clock.instant());
  }

  /** All reviews, what is not reviewed, and whether one is due. */
  JsonObject reviews() throws IOException {
    JsonObject.Builder json = JsonObject.builder();
    reviews.list().members().forEach(json::put);
    return json.put("state", reviews.state(configuration().reviewEvery(), clock.instant())).build();
  }

  /** How the reviewing stands; null where nothing is asked of it. */
  @Nullable JsonObject reviewState() throws IOException {
    Duration every = configuration().reviewEvery();
    return every == null ? null : reviews.state(every, clock.instant());
  }

  /** A report with how the reviewing stands, where that is asked for and can be told. */
  JsonObject withReview(JsonObject report) throws IOException {
    JsonObject.Builder json = JsonObject.builder();
    report.members().forEach(json::put);
    try {
      JsonObject state = reviewState();
      return state == null ? report : json.put("review", state).build();
    } catch (BadConfigurationException e) {
      return json.put("configuration_problem", String.valueOf(e.getMessage())).build();
    }
  }

  /**
   * Seals that somebody signs off a bundle.
   *
   * @throws RequestRefusedException if it is not to be had; says why
   */
  JsonObject signOff(SignOffRequest request, String by) throws IOException {
    return SignOffs.record(ledger, request, user(by));
  }

  /** Who signed off the bundle of that manifest. */
  JsonObject signOffs(String manifestSha256) throws IOException {
    return SignOffs.of(manifestSha256, search);
  }

  /** The legal holds in force. */
  JsonObject holds() throws IOException {
    return JsonObject.builder()
        .put("holds", new JsonArray(ledger.holds().stream().<JsonValue>map(Hold::toJson).toList()))
        .build();
  }

  /** Sets a legal hold and signs a checkpoint over it. */
  JsonObject setHold(HoldRequest request, String by) throws IOException {
    Hold hold = ledger.setHold(request.scope(), request.reason(), user(by));
    ledger.checkpoint();
    return hold.toJson();
  }

  /**
   * Releases a legal hold and signs a checkpoint over that.
   *
   * @throws RequestRefusedException if there is no such hold, or no reason
   */
  JsonObject releaseHold(long seq, String reason, String by) throws IOException {
    HoldRequest.requireReason("a release", reason);
    JsonObject receipt = EntriesApi.receipt(ledger.releaseHold(seq, reason, user(by)));
    ledger.checkpoint();
    return receipt;
  }

  /**
   * Removes payloads for good.
   *
   * @return which were removed
   * @throws RequestRefusedException if the ledger, a hold or the retention rule forbids it
   */
  JsonObject redact(RedactionRequest request, String by) throws IOException {
    RedactedRange range =
        Redactions.redact(
            ledger, request, by, configurationOnRecord().retention(), clock.instant());
    return JsonObject.builder()
        .put("announced_by", range.announcedBy())
        .put("first", range.first())
        .put("last", range.last())
        .build();
  }

  /**
   * What may be redacted when, and what is held.
   *
   * @param preset under this preset; null for what is configured
   * @throws RequestRefusedException if there is no such preset, or it says no time
   */
  JsonObject retention(@Nullable String preset) throws IOException {
    RetentionRule rule =
        preset == null
            ? configuration().retention()
            : RetentionRule.of(RetentionPreset.get(preset));
    return RetentionReport.of(ledger, rule, clock.instant());
  }

  /** What is collected by itself, and what is due. */
  JsonObject schedule() throws IOException {
    return collector.tell(configuration().evidence(), clock.instant());
  }

  /**
   * Collects the next period that is over, for a command that holds the ledger itself.
   *
   * @return as the API answers
   */
  JsonObject collectNext(String by) throws IOException {
    Configuration.EvidencePlan plan = configurationOnRecord().evidence();
    return collected(
        plan == null ? null : collector.collectNext(plan, user(by), clock.instant(), () -> true));
  }

  /** A file that was collected, as the API answers; null where nothing is due. */
  static JsonObject collected(@Nullable Path file) {
    return JsonObject.builder()
        .put("collected", file == null ? JsonNull.NULL : new JsonString(file.toString()))
        .build();
  }

  static String user(String caller) {
    return "user:" + caller;
  }
}
