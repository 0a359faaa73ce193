package io.osmoda.evidence;

import io.osmoda.evidence.OcsfType.OcsfClass;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What matches in a bundle as events of the Open Cybersecurity Schema Framework, one a line. The
 * entry stands in {@code raw_data} as it does in the bundle. What the OCSF demands and an entry
 * does not know (which device, which process number) is said with what the entry does know, or as
 * unknown; see docs/evidence.md. Memory does not grow with the bundle.
 */
public final class OcsfEvents {
  private static final Set<String> FAILURES = Set.of("error", "denied", "timeout", "crashed");

  /** Actions that report a failure, whatever outcome the caller gave them. */
  private static final Set<String> FAILED =
      Set.of(
          "login_fail", "ssh_fail", "service_fail", "agent_crash", "mesh_refuse", "protocol_error");

  private static final int OTHER = 99;
  private static final int SHA_256 = 3;
  private static final int JCS = 2;

  private final BundleSummary summary;
  private final OcsfVersion version;
  private final OutputStream out;
  private @Nullable JsonObject previous; // the last event's reference, for the next one's chain

  private OcsfEvents(BundleSummary summary, OcsfVersion version, OutputStream out) {
    this.summary = summary;
    this.version = version;
    this.out = out;
  }

  /**
   * Writes the events.
   *
   * @param out written to, not closed
   * @throws IOException if the bundle cannot be read, or the copy not written
   */
  public static void write(Path bundle, OcsfVersion version, OutputStream out) throws IOException {
    BundleEntries.readAnnotated(
        bundle, new OcsfEvents(BundleSummary.of(bundle), version, out)::add);
  }

  private void add(BundleEntry each) throws IOException {
    Entry entry = each.entry();
    OcsfType type = OcsfType.of(entry.action(), entry.status());
    JsonObject.Builder event = event(each, type);
    if (version == OcsfVersion.V1_9_DEV) {
      attest(event, entry, type);
    }
    out.write(Manifest.Lines.of(event.build()));
  }

  private JsonObject.Builder event(BundleEntry each, OcsfType type) {
    Entry entry = each.entry();
    String occurred = entry.occurredAt();
    Instant time = occurred == null ? entry.instant() : Instant.parse(occurred);
    JsonObject.Builder event =
        JsonObject.builder()
            .put("activity_id", type.activity())
            .put("activity_name", type.caption())
            .put("category_uid", type.eventClass().category())
            .put("class_uid", type.eventClass().uid())
            .put("type_uid", type.typeUid())
            .put("severity_id", severity(entry, type))
            .put("time", time.toEpochMilli())
            .put("message", message(entry))
            .put("metadata", metadata(entry, type, occurred))
            .put("actor", actor(entry))
            .put("status_code", entry.status())
            .put("raw_data", new String(entry.line(), StandardCharsets.UTF_8))
            .put("unmapped", unmapped(each));
    putStatus(event, entry, type);
    putSubject(event, entry, type);
    return event;
  }

  /** Informational, or low where somebody may want to look; how bad it is is not ours to say. */
  private static int severity(Entry entry, OcsfType type) {
    boolean isNotable =
        FAILURES.contains(entry.status())
            || entry.action().equals("capture_gap")
            || type.eventClass() == OcsfClass.DETECTION_FINDING
            || type.eventClass() == OcsfClass.APPLICATION_ERROR;
    return isNotable ? 2 : 1;
  }

  private static String message(Entry entry) {
    List<String> words = new ArrayList<>(List.of(entry.actor(), entry.action()));
    for (String word : Arrays.asList(entry.tool(), entry.target())) {
      if (word != null) {
        words.add(word);
      }
    }
    return String.join(" ", words) + ": " + entry.status();
  }

  private JsonObject metadata(Entry entry, OcsfType type, @Nullable String occurred) {
    JsonObject.Builder metadata =
        JsonObject.builder()
            .put("version", version.number())
            .put(
                "product",
                JsonObject.builder()
                    .put("name", "osModa Audit")
                    .put("vendor_name", "osModa")
                    .put("feature", JsonObject.builder().put("name", entry.source()).build())
                    .build())
            .put("profiles", profiles(entry, type))
            .put("uid", entry.entryHash().hex())
            .put("sequence", entry.seq())
            .put("event_code", entry.action())
            .put("log_name", summary.origin())
            .put("logged_time", entry.instant().toEpochMilli())
            .put("original_time", occurred == null ? entry.timestamp() : occurred);
    String session = entry.session();
    if (session != null) {
      metadata.put("correlation_uid", session);
    }
    return metadata.build();
  }

  private JsonArray profiles(Entry entry, OcsfType type) {
    List<JsonValue> profiles = new ArrayList<>(List.of(new JsonString("host")));
    if (entry.action().startsWith("incident_")) {
      profiles.add(new JsonString("incident"));
    }
    if (type.eventClass() == OcsfClass.API_ACTIVITY && entry.trace() != null) {
      profiles.add(new JsonString("trace"));
    }
    if (version == OcsfVersion.V1_9_DEV) {
      profiles.add(new JsonString("record_integrity"));
      if (hasAgent(entry, type)) {
        profiles.add(new JsonString("ai_operation"));
      }
    }
    return new JsonArray(profiles);
  }

  /** Whether the event names the agent that acted; findings, inventories and base events cannot. */
  private static boolean hasAgent(Entry entry, OcsfType type) {
    return entry.actor().startsWith("agent:")
        && switch (type.eventClass()) {
          case BASE_EVENT, DETECTION_FINDING, DEVICE_CONFIG_STATE_CHANGE -> false;
          default -> true;
        };
  }

  private static JsonObject actor(Entry entry) {
    String kind = entry.actor().substring(0, entry.actor().indexOf(':'));
    JsonObject.Builder actor = JsonObject.builder();
    switch (kind) {
      case "user", "ssh", "system" -> actor.put("user", user(entry));
      default -> actor.put("app_name", id(entry)).put("app_uid", entry.actor());
    }
    String session = entry.session();
    if (session != null) {
      actor.put("session", JsonObject.builder().put("uid", session).build());
    }
    return actor.build();
  }

  private static JsonObject user(Entry entry) {
    JsonObject.Builder user = JsonObject.builder().put("name", id(entry)).put("uid", entry.actor());
    return switch (entry.actor().substring(0, entry.actor().indexOf(':'))) {
      case "user", "ssh" -> user.put("type_id", 1).build();
      case "system" -> user.put("type_id", 3).build();
      default -> user.put("type_id", 4).build();
    };
  }

  private static String id(Entry entry) {
    return entry.actor().substring(entry.actor().indexOf(':') + 1);
  }

  /** The outcome; in findings it is that of the finding, not of the action. */
  private static void putStatus(JsonObject.Builder event, Entry entry, OcsfType type) {
    if (type.eventClass() == OcsfClass.DETECTION_FINDING) {
      switch (type.activity()) {
        case 1 -> event.put("status_id", 1).put("status", "New");
        case 2 -> event.put("status_id", 2).put("status", "In Progress");
        default -> event.put("status_id", 4).put("status", "Resolved");
      }
    } else if (FAILURES.contains(entry.status()) || FAILED.contains(entry.action())) {
      event.put("status_id", 2).put("status", "Failure");
    } else if (entry.status().equals("ok")) {
      event.put("status_id", 1).put("status", "Success");
    } else if (entry.status().equals("unknown")) {
      event.put("status_id", 0).put("status", "Unknown");
    } else {
      event.put("status_id", OTHER).put("status", entry.status());
    }
  }

  /** What the class is about. */
  private void putSubject(JsonObject.Builder event, Entry entry, OcsfType type) {
    String target = entry.target();
    String thing = target != null ? target : entry.tool() != null ? entry.tool() : entry.action();
    switch (type.eventClass()) {
      case API_ACTIVITY -> {
        String tool = entry.tool();
        event
            .put(
                "api",
                JsonObject.builder().put("operation", tool == null ? entry.action() : tool).build())
            .put("src_endpoint", named(entry.actor()));
        if (target != null) {
          event.put("resources", new JsonArray(List.of(named(target))));
        }
        TraceContext trace = entry.trace();
        if (trace != null) {
          event.put("trace", JsonObject.builder().put("uid", trace.traceId()).build());
        }
      }
      case PROCESS_ACTIVITY ->
          event
              .put("device", device())
              .put(
                  "process",
                  JsonObject.builder().put("name", thing).put("uid", first(entry)).build());
      case FILE_SYSTEM_ACTIVITY -> {
        String name = thing.substring(thing.lastIndexOf('/') + 1);
        event
            .put("device", device())
            .put(
                "file",
                JsonObject.builder()
                    .put("name", name.isEmpty() ? thing : name)
                    .put("path", thing)
                    .put("type_id", 0)
                    .build());
      }
      case EVENT_LOG_ACTIVITY -> event.put("log_name", summary.origin());
      case DETECTION_FINDING -> event.put("finding_info", finding(entry, thing));
      case AUTHENTICATION ->
          event
              .put("user", user(entry))
              .put("service", named(target == null ? entry.source() : target));
      case ENTITY_MANAGEMENT ->
          event.put(
              "entity",
              JsonObject.builder()
                  .put("name", thing)
                  .put("type_id", OTHER)
                  .put("type", entry.action())
                  .build());
      case NETWORK_ACTIVITY, SSH_ACTIVITY -> {
        event.put("src_endpoint", named(entry.actor()));
        if (target != null) {
          event.put("dst_endpoint", named(target));
        }
      }
      case DEVICE_CONFIG_STATE_CHANGE -> event.put("device", device());
      case APPLICATION_LIFECYCLE -> event.put("app", named(target == null ? id(entry) : target));
      case APPLICATION_ERROR, BASE_EVENT -> {}
    }
  }

  private static JsonObject named(String name) {
    return JsonObject.builder().put("name", name).build();
  }

  /** An entry does not know the machine; the ledger that was told stands for it. */
  private JsonObject device() {
    return JsonObject.builder().put("type_id", 0).put("uid", summary.origin()).build();
  }

  private static JsonObject finding(Entry entry, String thing) {
    return JsonObject.builder()
        .put("uid", first(entry))
        .put("title", entry.action() + " " + thing)
        .build();
  }

  /** What a start and its end have in common: the entry's first local cause, or the entry. */
  private static String first(Entry entry) {
    for (CauseReference cause : entry.causedBy()) {
      if (cause.origin().isEmpty()) {
        return cause.entryHash().hex();
      }
    }
    return entry.entryHash().hex();
  }

  private JsonObject unmapped(BundleEntry each) {
    Entry entry = each.entry();
    JsonObject.Builder unmapped =
        JsonObject.builder()
            .put(BundleSummary.MARK, summary.mark())
            .put("assurance", Assurance.of(entry.source()))
            .put("source", entry.source())
            .put("payload", entry.isRedacted() ? "absent" : "in raw_data")
            .put("payload_hash", entry.payloadHash().hex())
            .put("prev_hash", entry.prevHash().hex())
            .put("controls", each.controls())
            .putIfPresent("tool", entry.tool())
            .putIfPresent("target", entry.target())
            .putIfPresent("reason", entry.reason());
    TraceContext trace = entry.trace();
    if (trace != null) {
      unmapped.put(
          "trace",
          JsonObject.builder()
              .put("trace_id", trace.traceId())
              .put("span_id", trace.spanId())
              .putIfPresent("parent_span_id", trace.parentSpanId())
              .build());
    }
    if (!entry.causedBy().isEmpty()) {
      unmapped.put(
          "caused_by",
          new JsonArray(
              entry.causedBy().stream()
                  .<JsonValue>map(cause -> new JsonString(cause.toString()))
                  .toList()));
    }
    return unmapped.build();
  }

  /**
   * Adds the profile {@code record_integrity}: as it asks, the fingerprint is of this event, so the
   * chain is that of this copy's events and not the ledger's, which stands in {@code unmapped}.
   */
  private void attest(JsonObject.Builder event, Entry entry, OcsfType type) {
    if (hasAgent(entry, type)) {
      JsonObject.Builder agent =
          JsonObject.builder().put("uid", id(entry)).put("name", id(entry)).put("type_id", 0);
      String session = entry.session();
      if (session != null) {
        agent.put("instance_uid", session);
      }
      event.put("ai_agent", agent.build());
    }
    JsonObject.Builder attestation =
        JsonObject.builder()
            .put("chain_uid", summary.origin() + "/copy/" + summary.manifestSha256());
    if (previous != null) {
      attestation.put("prev_event", previous);
    }
    event.put("attestation_list", new JsonArray(List.of(attestation.build())));
    byte[] line = Manifest.Lines.of(event.build());
    Hash hash = Digests.of(Arrays.copyOf(line, line.length - 1));
    JsonObject fingerprint =
        JsonObject.builder()
            .put("algorithm_id", SHA_256)
            .put("algorithm", "SHA-256")
            .put("serialization_id", JCS)
            .put("serialization", "JCS")
            .put("value", hash.hex())
            .build();
    attestation.put("fingerprint", fingerprint);
    event.put("attestation_list", new JsonArray(List.of(attestation.build())));
    previous =
        JsonObject.builder()
            .put("uid", entry.entryHash().hex())
            .put("type_uid", type.typeUid())
            .put("fingerprint", fingerprint)
            .build();
  }
}
