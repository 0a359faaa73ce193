package io.osmoda.ledger;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.entry.Timestamps;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.Scratch;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.HexBytes;
import java.security.DigestException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A draft as a line with gaps: all that does not depend on the entry's place in the chain is
 * encoded and hashed on the caller's thread, so that the sealer only fills in sequence number,
 * timestamp and hashes. Sealed at most once.
 */
final class PreparedEntry {
  private static final int MAX_SEQ_DIGITS = 16;
  private static final Scratch<MessageDigest> DIGEST = new Scratch<>(Digests::sha256);

  private final String source;
  private final boolean isCaptureState;
  private final List<CauseReference> causes;
  // As long as the builder made it: copying it to measure would cost more than the spare bytes.
  private final byte[] bytes;
  private final int length;

  // Offsets into bytes; the sequence number's digits are inserted at seqAt.
  private final int entryHashMember;
  private final int entryHashHex;
  private final int afterEntryHash;
  private final int payloadMember;
  private final int afterPayload;
  private final int saltMember;
  private final int afterSalt;
  private final int prevHashHex;
  private final int seqAt;
  private final int timestampAt;

  PreparedEntry(EntryDraft draft, byte[] salt) {
    this.source = draft.source();
    this.isCaptureState = draft.action().equals(ControlActions.CAPTURE_STATE);
    this.causes = draft.causedBy();
    byte[] payload = draft.rawPayload();
    if (payload.length > EntryLine.MAX_LINE) {
      throw tooLong(payload.length);
    }
    byte[] payloadHash = payloadHash(salt, payload);

    LineBuilder line = new LineBuilder(768 + payload.length);
    line.ascii("{\"action\":\"").ascii(draft.action());
    line.ascii("\",\"actor\":").string(draft.actor());
    if (!causes.isEmpty()) {
      String separator = ",\"caused_by\":[";
      for (CauseReference cause : causes) {
        line.ascii(separator).string(cause.toString());
        separator = ",";
      }
      line.ascii("]");
    }
    line.ascii(",");
    entryHashMember = line.size();
    line.ascii("\"entry_hash\":\"");
    entryHashHex = line.gap(2 * Hash.LENGTH);
    line.ascii("\",");
    afterEntryHash = line.size();
    Instant occurredAt = draft.occurredAt();
    if (occurredAt != null) {
      line.ascii("\"occurred_at\":\"").ascii(Timestamps.format(occurredAt)).ascii("\",");
    }
    payloadMember = line.size();
    line.ascii("\"payload\":").raw(payload).ascii(",");
    afterPayload = line.size();
    line.ascii("\"payload_hash\":\"").hex(payloadHash, 0, Hash.LENGTH).ascii("\",");
    saltMember = line.size();
    line.ascii("\"payload_salt\":\"").hex(salt, 0, Salts.LENGTH).ascii("\",");
    afterSalt = line.size();
    line.ascii("\"prev_hash\":\"");
    prevHashHex = line.gap(2 * Hash.LENGTH);
    line.ascii("\"");
    optional(line, "reason", draft.reason());
    line.ascii(",\"seq\":");
    seqAt = line.size();
    optional(line, "session", draft.session());
    line.ascii(",\"source\":\"").ascii(draft.source());
    line.ascii("\",\"status\":\"").ascii(draft.status().text()).ascii("\"");
    optional(line, "target", draft.target());
    line.ascii(",\"timestamp\":\"");
    timestampAt = line.gap(Timestamps.LENGTH);
    line.ascii("\"");
    optional(line, "tool", draft.tool());
    TraceContext trace = draft.trace();
    if (trace != null) {
      line.ascii(",\"trace\":{");
      if (trace.parentSpanId() != null) {
        line.ascii("\"parent_span_id\":\"").ascii(trace.parentSpanId()).ascii("\",");
      }
      line.ascii("\"span_id\":\"").ascii(trace.spanId());
      line.ascii("\",\"trace_id\":\"").ascii(trace.traceId()).ascii("\"}");
    }
    line.ascii("}\n");
    bytes = line.array();
    length = line.size();
    if (maxLength() > EntryLine.MAX_LINE) {
      throw tooLong(maxLength());
    }
  }

  private static DraftRefusedException tooLong(int length) {
    return new DraftRefusedException(
        "payload",
        "the entry would have "
            + length
            + " bytes; at most "
            + EntryLine.MAX_LINE
            + " are allowed: keep a digest and the head of the large part instead");
  }

  private static void optional(LineBuilder line, String member, @Nullable String value) {
    if (value != null) {
      line.ascii(",\"").ascii(member).ascii("\":").string(value);
    }
  }

  /** SHA-256(salt ‖ canonical payload). */
  static byte[] payloadHash(byte[] salt, byte[] payload) {
    MessageDigest digest = DIGEST.take();
    digest.update(salt);
    byte[] hash = digest.digest(payload);
    DIGEST.giveBack(digest);
    return hash;
  }

  String source() {
    return source;
  }

  /** Whether it tells the state of all sources, so that nothing else need do so before it. */
  boolean isCaptureState() {
    return isCaptureState;
  }

  List<CauseReference> causes() {
    return causes;
  }

  /** The longest that the sealed line can be. */
  int maxLength() {
    return length + MAX_SEQ_DIGITS;
  }

  /**
   * Writes the sealed line, LF included.
   *
   * @param prevHash the 32 bytes of the entry hash before
   * @param timestamp the 30 bytes of the timestamp
   * @param entryHash receives the 32 bytes of this entry's hash at {@code entryHashAt}
   * @return where the line ends in {@code target}
   */
  int seal(
      long seq,
      byte[] prevHash,
      byte[] timestamp,
      byte[] target,
      int at,
      MessageDigest digest,
      byte[] entryHash,
      int entryHashAt) {
    System.arraycopy(bytes, 0, target, at, seqAt);
    HexBytes.encode(prevHash, 0, target, at + prevHashHex);
    int tail = writeSeq(seq, target, at + seqAt);
    System.arraycopy(bytes, seqAt, target, tail, length - seqAt);
    System.arraycopy(timestamp, 0, target, tail + timestampAt - seqAt, Timestamps.LENGTH);
    int end = tail + length - seqAt;

    digest.update(target, at, entryHashMember);
    digest.update(target, at + afterEntryHash, payloadMember - afterEntryHash);
    digest.update(target, at + afterPayload, saltMember - afterPayload);
    digest.update(target, at + afterSalt, end - 1 - (at + afterSalt));
    try {
      digest.digest(entryHash, entryHashAt, Hash.LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 writes 32 bytes", e);
    }
    HexBytes.encode(entryHash, entryHashAt, target, at + entryHashHex);
    return end;
  }

  private static int writeSeq(long seq, byte[] target, int at) {
    int digits = 1;
    for (long rest = seq / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = seq;
    for (int i = at + digits - 1; i >= at; i--) {
      target[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return at + digits;
  }
}
