package io.osmoda.client;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.CanonicalObject;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Drafts as callers write them: a JSON object with {@code actor}, {@code action} and the optional
 * members of an entry that a caller may set (format, section 1). What the ledger sets itself, as
 * {@code source}, is refused here; what it alone may say, as control actions, when it is appended.
 */
public final class DraftJson {
  /** The capture point of drafts that callers write. */
  public static final String API = "api";

  private DraftJson() {}

  /**
   * Reads one draft of a caller's, as {@code source} {@code api}.
   *
   * @throws JsonException if the text is no JSON that the format accepts
   * @throws DraftRefusedException if a member is wrong, unknown, or not a caller's to set
   */
  public static EntryDraft read(byte[] utf8) throws JsonException {
    return read(utf8, 0, utf8.length);
  }

  /** As {@link #read(byte[])}, of a part of the bytes. */
  public static EntryDraft read(byte[] utf8, int offset, int length) throws JsonException {
    // The payload is most of a draft, and sealed as the canonical text that it becomes here.
    CanonicalJson.Parted parted =
        CanonicalJson.parseApart(utf8, offset, length, CanonicalJson.MAX_DEPTH + 1, "payload");
    return read(parted.value(), API, parted.part());
  }

  public static EntryDraft read(JsonValue value, String source) {
    return read(value, source, null);
  }

  private static EntryDraft read(
      JsonValue value, String source, @Nullable CanonicalObject canonicalPayload) {
    if (!(value instanceof JsonObject json)) {
      throw new DraftRefusedException(
          "draft",
          "must be a JSON object such as {\"actor\":\"agent:x\",\"action\":\"tool_call\"}");
    }
    String actor = required(json, "actor");
    String action = required(json, "action");
    EntryDraft.Builder draft = EntryDraft.builder(source, actor, action);
    for (Map.Entry<String, JsonValue> member : json.members().entrySet()) {
      String name = member.getKey();
      JsonValue given = member.getValue();
      switch (name) {
        case "actor", "action" -> {}
        case "status" -> draft.status(Status.parse(text(name, given)));
        case "tool" -> draft.tool(text(name, given));
        case "target" -> draft.target(text(name, given));
        case "session" -> draft.session(text(name, given));
        case "reason" -> draft.reason(text(name, given));
        case "trace" -> draft.trace(trace(given));
        case "occurred_at" -> draft.occurredAt(instant(name, text(name, given)));
        case "caused_by" -> draft.causedBy(causes(given));
        case "payload" -> {
          if (!(given instanceof JsonObject payload)) {
            throw new DraftRefusedException("payload", "must be a JSON object");
          }
          if (canonicalPayload != null) {
            draft.payload(canonicalPayload);
          } else {
            draft.payload(payload);
          }
        }
        case "source" ->
            throw new DraftRefusedException(
                "source", "is set by the ledger to the capture point that saw the event; omit it");
        case "seq", "timestamp", "prev_hash", "entry_hash", "payload_hash", "payload_salt" ->
            throw new DraftRefusedException(name, "is set when the entry is sealed; omit it");
        default ->
            throw new DraftRefusedException(
                name, "is not a member of an entry; put your own details in payload");
      }
    }
    return draft.build();
  }

  /** The draft as {@link #read} takes it, {@code source} left out; canonical JSON. */
  static byte[] write(EntryDraft draft) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("actor", draft.actor())
            .put("action", draft.action())
            .put("status", draft.status().text())
            .putIfPresent("tool", draft.tool())
            .putIfPresent("target", draft.target())
            .putIfPresent("session", draft.session())
            .putIfPresent("reason", draft.reason())
            .putIfPresent(
                "occurred_at", draft.occurredAt() == null ? null : draft.occurredAt().toString());
    TraceContext trace = draft.trace();
    if (trace != null) {
      json.put(
          "trace",
          JsonObject.builder()
              .put("trace_id", trace.traceId())
              .put("span_id", trace.spanId())
              .putIfPresent("parent_span_id", trace.parentSpanId())
              .build());
    }
    if (!draft.causedBy().isEmpty()) {
      json.put(
          "caused_by",
          new JsonArray(
              draft.causedBy().stream()
                  .<JsonValue>map(cause -> new JsonString(cause.toString()))
                  .toList()));
    }
    return Json.spliced(json.build(), "payload", draft.payload());
  }

  private static String required(JsonObject json, String name) {
    JsonValue value = json.get(name);
    if (value == null) {
      throw new DraftRefusedException(name, "is missing");
    }
    return text(name, value);
  }

  private static String text(String name, JsonValue value) {
    if (value instanceof JsonString text) {
      return text.value();
    }
    throw new DraftRefusedException(name, "must be a string");
  }

  static Instant instant(String name, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new DraftRefusedException(name, "must look like 2026-03-01T14:23:07.847291Z");
    }
  }

  private static TraceContext trace(JsonValue value) {
    if (!(value instanceof JsonObject json)) {
      throw new DraftRefusedException("trace", "must be an object with trace_id and span_id");
    }
    for (String name : json.members().keySet()) {
      switch (name) {
        case "trace_id", "span_id", "parent_span_id" -> {}
        default -> throw new DraftRefusedException("trace." + name, "is not a member of trace");
      }
    }
    JsonValue parent = json.get("parent_span_id");
    @Nullable String parentSpan = parent == null ? null : text("trace.parent_span_id", parent);
    return new TraceContext(required(json, "trace_id"), required(json, "span_id"), parentSpan);
  }

  private static List<CauseReference> causes(JsonValue value) {
    if (!(value instanceof JsonArray list) || list.elements().isEmpty()) {
      throw new DraftRefusedException("caused_by", "must be a list of ORIGIN#SEQ@ENTRY_HASH");
    }
    List<CauseReference> causes = new ArrayList<>();
    for (JsonValue element : list.elements()) {
      causes.add(CauseReference.parse(text("caused_by", element)));
    }
    return causes;
  }
}
