package io.osmoda.format.entry;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sealed entry as it is in the ledger (section 1). Its bytes are those of the segment, and its
 * own hashes were recomputed when it was read. Immutable and thread-safe.
 */
public final class Entry {
  // Lengths in a canonical line, in which payload, payload_hash and payload_salt stand in a row.
  private static final int PAYLOAD_NAME = "\"payload\":".length();
  private static final int PAYLOAD_HASH_MEMBER = "\"payload_hash\":\"\"".length() + 2 * Hash.LENGTH;
  private static final int PAYLOAD_SALT_MEMBER =
      ",\"payload_salt\":\"\"".length() + 2 * EntryLine.SALT_LENGTH;

  private final byte[] line;
  private final long seq;
  private final String timestamp;
  private final @Nullable String occurredAt;
  private final String actor;
  private final String action;
  private final @Nullable String tool;
  private final @Nullable String target;
  private final String status;
  private final String source;
  private final @Nullable String session;
  private final @Nullable TraceContext trace;
  private final List<CauseReference> causedBy;
  private final @Nullable String reason;
  private final int payloadStart;
  private final int payloadEnd;
  private final @Nullable String payloadSalt;
  private final Hash payloadHash;
  private final Hash prevHash;
  private final Hash entryHash;

  /** Takes what a scanner found in a line whose hashes it checked. */
  public Entry(EntryLine scanned, byte[] line) {
    this.line = line;
    int base = scanned.start(EntryLine.ACTION) - "{\"action\":\"".length();
    this.seq = scanned.seq();
    this.timestamp = scanned.text(EntryLine.TIMESTAMP);
    this.occurredAt = optional(scanned, EntryLine.OCCURRED_AT);
    this.actor = scanned.text(EntryLine.ACTOR);
    this.action = scanned.text(EntryLine.ACTION);
    this.tool = optional(scanned, EntryLine.TOOL);
    this.target = optional(scanned, EntryLine.TARGET);
    this.status = scanned.text(EntryLine.STATUS);
    this.source = scanned.text(EntryLine.SOURCE);
    this.session = optional(scanned, EntryLine.SESSION);
    this.reason = optional(scanned, EntryLine.REASON);
    this.causedBy = causes(scanned);
    this.payloadStart = scanned.hasPayload() ? scanned.start(EntryLine.PAYLOAD) - base : -1;
    this.payloadEnd = scanned.hasPayload() ? scanned.end(EntryLine.PAYLOAD) - base : -1;
    this.payloadSalt = optional(scanned, EntryLine.PAYLOAD_SALT);
    this.payloadHash = hash(scanned, EntryLine.PAYLOAD_HASH);
    this.prevHash = hash(scanned, EntryLine.PREV_HASH);
    this.entryHash = hash(scanned, EntryLine.ENTRY_HASH);
    this.trace = scanned.has(EntryLine.TRACE) ? trace(scanned.text(EntryLine.TRACE)) : null;
  }

  /**
   * Reads one line, with or without its LF, and recomputes its hashes.
   *
   * @throws LedgerDamagedException if it is no entry, or its hashes do not hold
   */
  public static Entry parse(byte[] line) throws LedgerDamagedException {
    int length = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
    return read(new EntryLine(), Digests.sha256(), line, 0, length);
  }

  /** Reads a line in place; the entry keeps its own copy. */
  public static Entry read(
      EntryLine scanner, MessageDigest digest, byte[] buffer, int offset, int length)
      throws LedgerDamagedException {
    if (!scanner.scan(buffer, offset, length)) {
      Long seq = scanner.seq() < 0 ? null : scanner.seq();
      throw new LedgerDamagedException(scanner.problem(), seq, scanner.detail());
    }
    byte[] computed = new byte[Hash.LENGTH];
    scanner.entryHash(digest, computed, 0);
    if (!scanner.hashIs(EntryLine.ENTRY_HASH, computed, 0)) {
      throw new LedgerDamagedException(
          FindingKind.BAD_HASH, scanner.seq(), "entry_hash is not the hash of the entry");
    }
    if (scanner.hasPayload() && !scanner.payloadHashMatches(digest)) {
      throw new LedgerDamagedException(
          FindingKind.BAD_PAYLOAD_HASH,
          scanner.seq(),
          "payload_hash is not the hash of payload_salt and payload");
    }
    return new Entry(scanner, Arrays.copyOfRange(buffer, offset, offset + length));
  }

  private static @Nullable String optional(EntryLine scanned, int member) {
    return scanned.has(member) ? scanned.text(member) : null;
  }

  private static Hash hash(EntryLine scanned, int member) {
    byte[] bytes = new byte[Hash.LENGTH];
    scanned.copyHash(member, bytes, 0);
    return Hash.wrap(bytes);
  }

  private static List<CauseReference> causes(EntryLine scanned) {
    List<CauseReference> causes = new ArrayList<>(scanned.causeCount());
    for (int i = 0; i < scanned.causeCount(); i++) {
      causes.add(scanned.cause(i));
    }
    return List.copyOf(causes);
  }

  private static TraceContext trace(String json) {
    try {
      if (CanonicalJson.parse(json.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject o) {
        String traceId = o.string("trace_id");
        String spanId = o.string("span_id");
        if (traceId != null && spanId != null) {
          return new TraceContext(traceId, spanId, o.string("parent_span_id"));
        }
      }
    } catch (JsonException e) {
      throw new IllegalStateException("a scanned trace is JSON", e);
    }
    throw new IllegalStateException("a scanned trace has its ids: " + json);
  }

  public long seq() {
    return seq;
  }

  /** UTC instant of sealing, 30 characters, 9 fractional digits. */
  public String timestamp() {
    return timestamp;
  }

  /** The same as an instant. */
  public Instant instant() {
    return Timestamps.parse(timestamp);
  }

  public @Nullable String occurredAt() {
    return occurredAt;
  }

  public String actor() {
    return actor;
  }

  public String action() {
    return action;
  }

  public @Nullable String tool() {
    return tool;
  }

  public @Nullable String target() {
    return target;
  }

  /** The outcome, one of {@link Status}' words. */
  public String status() {
    return status;
  }

  /** The capture point. */
  public String source() {
    return source;
  }

  public @Nullable String session() {
    return session;
  }

  public @Nullable TraceContext trace() {
    return trace;
  }

  public List<CauseReference> causedBy() {
    return causedBy;
  }

  public @Nullable String reason() {
    return reason;
  }

  /** Whether the payload was removed. */
  public boolean isRedacted() {
    return payloadStart < 0;
  }

  /** The structured details, parsed again each time; null where they were removed. */
  public @Nullable JsonObject payload() {
    if (isRedacted()) {
      return null;
    }
    try {
      if (CanonicalJson.parse(line, payloadStart, payloadEnd - payloadStart)
          instanceof JsonObject object) {
        return object;
      }
    } catch (JsonException e) {
      throw new IllegalStateException("a scanned payload is JSON", e);
    }
    throw new IllegalStateException("a scanned payload is an object");
  }

  /** The payload's canonical text; null where it was removed. */
  public @Nullable String payloadText() {
    return isRedacted()
        ? null
        : new String(line, payloadStart, payloadEnd - payloadStart, StandardCharsets.UTF_8);
  }

  /** The same as bytes; a copy. */
  public byte @Nullable [] payloadBytes() {
    return isRedacted() ? null : Arrays.copyOfRange(line, payloadStart, payloadEnd);
  }

  public Hash payloadHash() {
    return payloadHash;
  }

  /** The 32 hex digits of the payload's salt; null where the payload was removed. */
  public @Nullable String payloadSalt() {
    return payloadSalt;
  }

  public Hash prevHash() {
    return prevHash;
  }

  public Hash entryHash() {
    return entryHash;
  }

  /** Whether the ledger sealed it by itself (section 1, control entries). */
  public boolean isControl() {
    return ControlActions.isControl(action);
  }

  /** Whether it explains the ledger, stands whole in every export and is never redacted. */
  public boolean isContext() {
    return ControlActions.isContext(action);
  }

  /** The line as stored, without its LF; a copy. */
  public byte[] line() {
    return line.clone();
  }

  /** The line without payload and salt, and without its LF: what an export shows of the rest. */
  public byte[] skeleton() {
    if (isRedacted()) {
      return line();
    }
    int before = payloadStart - PAYLOAD_NAME;
    int hash = payloadEnd + 1;
    int after = hash + PAYLOAD_HASH_MEMBER + PAYLOAD_SALT_MEMBER;
    byte[] skeleton = new byte[before + PAYLOAD_HASH_MEMBER + line.length - after];
    System.arraycopy(line, 0, skeleton, 0, before);
    System.arraycopy(line, hash, skeleton, before, PAYLOAD_HASH_MEMBER);
    System.arraycopy(line, after, skeleton, before + PAYLOAD_HASH_MEMBER, line.length - after);
    return skeleton;
  }

  /** The line as text: canonical JSON. */
  public String toJson() {
    return new String(line, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry that && Arrays.equals(line, that.line);
  }

  @Override
  public int hashCode() {
    return entryHash.hashCode();
  }

  @Override
  public String toString() {
    return seq + "@" + entryHash;
  }
}
