package io.osmoda.format.entry;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.CanonicalObject;
import io.osmoda.format.json.CanonicalScanner;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a capture point reports about one event, before the ledger seals it (section 1). Immutable
 * and thread-safe; every member is checked when the draft is built, on the caller's thread.
 */
public final class EntryDraft {
  private static final byte[] EMPTY_PAYLOAD = {'{', '}'};
  private static final ThreadLocal<CanonicalScanner> SCANNER =
      ThreadLocal.withInitial(CanonicalScanner::new);

  private final String actor;
  private final String action;
  private final Status status;
  private final String source;
  private final @Nullable String tool;
  private final @Nullable String target;
  private final @Nullable String session;
  private final @Nullable String reason;
  private final @Nullable TraceContext trace;
  private final @Nullable Instant occurredAt;
  private final List<CauseReference> causedBy;
  private final byte[] payload;

  private EntryDraft(Builder builder) {
    this.actor = builder.actor;
    this.action = builder.action;
    this.status = builder.status;
    this.source = builder.source;
    this.tool = builder.tool;
    this.target = builder.target;
    this.session = builder.session;
    this.reason = builder.reason;
    this.trace = builder.trace;
    this.occurredAt = builder.occurredAt;
    this.causedBy = List.copyOf(builder.causedBy);
    this.payload = builder.payload;
  }

  /**
   * Starts a draft.
   *
   * @param source the capture point, set by our code and never by the caller
   * @param actor {@code kind:id}
   * @param action what happened, from the catalogue (section 7) or one's own
   */
  public static Builder builder(String source, String actor, String action) {
    return new Builder(source, actor, action);
  }

  public String actor() {
    return actor;
  }

  public String action() {
    return action;
  }

  public Status status() {
    return status;
  }

  public String source() {
    return source;
  }

  public @Nullable String tool() {
    return tool;
  }

  public @Nullable String target() {
    return target;
  }

  public @Nullable String session() {
    return session;
  }

  public @Nullable String reason() {
    return reason;
  }

  public @Nullable TraceContext trace() {
    return trace;
  }

  /** When the source says it happened, where that differs from sealing. */
  public @Nullable Instant occurredAt() {
    return occurredAt;
  }

  public List<CauseReference> causedBy() {
    return causedBy;
  }

  /** The payload in canonical form; a copy. */
  public byte[] payload() {
    return payload.clone();
  }

  /** The payload itself, for the encoder; never to be written to. */
  public byte[] rawPayload() {
    return payload;
  }

  /** Collects a draft's members; not thread-safe. Every setter refuses what the format refuses. */
  public static final class Builder {
    private final String source;
    private final String actor;
    private final String action;
    private Status status = Status.OK;
    private @Nullable String tool;
    private @Nullable String target;
    private @Nullable String session;
    private @Nullable String reason;
    private @Nullable TraceContext trace;
    private @Nullable Instant occurredAt;
    private List<CauseReference> causedBy = List.of();
    private byte[] payload = EMPTY_PAYLOAD;

    private Builder(String source, String actor, String action) {
      DraftRules.checkName("source", source);
      DraftRules.checkActor(actor);
      DraftRules.checkName("action", action);
      this.source = source;
      this.actor = actor;
      this.action = action;
    }

    /** The outcome; {@link Status#OK} unless said. */
    public Builder status(Status status) {
      this.status = status;
      return this;
    }

    public Builder tool(@Nullable String tool) {
      if (tool != null) {
        DraftRules.checkText("tool", tool, DraftRules.MAX_ID);
      }
      this.tool = tool;
      return this;
    }

    /** What was acted on; an identifier, never personal data. */
    public Builder target(@Nullable String target) {
      if (target != null) {
        DraftRules.checkText("target", target, DraftRules.MAX_TARGET);
      }
      this.target = target;
      return this;
    }

    public Builder session(@Nullable String session) {
      if (session != null) {
        DraftRules.checkText("session", session, DraftRules.MAX_ID);
      }
      this.session = session;
      return this;
    }

    public Builder reason(@Nullable String reason) {
      if (reason != null) {
        DraftRules.checkText("reason", reason, DraftRules.MAX_REASON, true);
      }
      this.reason = reason;
      return this;
    }

    public Builder trace(@Nullable TraceContext trace) {
      this.trace = trace;
      return this;
    }

    /** When the source says it happened; years 0000 to 9999. */
    public Builder occurredAt(@Nullable Instant occurredAt) {
      if (occurredAt != null
          && (occurredAt.isBefore(DraftRules.EARLIEST) || !occurredAt.isBefore(DraftRules.END))) {
        throw new DraftRefusedException(
            "occurred_at", "must be in the years 0000 to 9999: " + occurredAt);
      }
      this.occurredAt = occurredAt;
      return this;
    }

    /** Earlier entries that led to this one: at most 64, all different. */
    public Builder causedBy(List<CauseReference> causes) {
      if (causes.size() > DraftRules.MAX_CAUSES) {
        throw new DraftRefusedException("caused_by", "names more than 64 entries");
      }
      if (new HashSet<>(causes).size() != causes.size()) {
        throw new DraftRefusedException("caused_by", "names an entry twice");
      }
      this.causedBy = new ArrayList<>(causes);
      return this;
    }

    public Builder causedBy(CauseReference... causes) {
      return causedBy(List.of(causes));
    }

    /** The structured details; {@code {}} unless said. */
    public Builder payload(JsonObject payload) {
      try {
        this.payload = CanonicalJson.write(payload);
      } catch (JsonException e) {
        throw new DraftRefusedException("payload", "byte " + e.position() + ": " + e.reason());
      }
      return this;
    }

    /** The structured details, canonical already; nothing is copied. */
    public Builder payload(CanonicalObject payload) {
      this.payload = payload.raw();
      return this;
    }

    /** The structured details as JSON text of an object, in any layout. */
    public Builder payloadJson(byte[] utf8) throws JsonException {
      byte[] canonical = CanonicalJson.canonicalize(utf8);
      if (canonical[0] != '{') {
        throw new DraftRefusedException("payload", "must be a JSON object");
      }
      this.payload = canonical;
      return this;
    }

    /**
     * The structured details as bytes that are in canonical form already: checked in place, and
     * kept without a copy, so nobody may write to them afterwards.
     *
     * @throws DraftRefusedException if they are no JSON object in canonical form
     */
    public Builder canonicalPayload(byte[] utf8) {
      CanonicalScanner scanner = SCANNER.get();
      if (!scanner.accepts(utf8, 0, utf8.length)) {
        throw new DraftRefusedException(
            "payload", "byte " + scanner.position() + ": " + scanner.reason());
      }
      if (utf8[0] != '{') {
        throw new DraftRefusedException("payload", "must be a JSON object");
      }
      this.payload = utf8;
      return this;
    }

    public EntryDraft build() {
      return new EntryDraft(this);
    }
  }
}
