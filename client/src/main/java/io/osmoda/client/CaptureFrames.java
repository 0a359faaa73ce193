package io.osmoda.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes over a capture connection once it is no longer HTTP: a draft's members as they are, its
 * payload as the canonical bytes that are sealed. docs/api.md describes the form. Big-endian; each
 * message has its length before it, each text or run of bytes too, -1 for one that is absent. All
 * methods are static, stateless and thread-safe.
 */
public final class CaptureFrames {
  /** Named by both sides in the {@code Upgrade} header. */
  public static final String PROTOCOL = "osmoda-capture/1";

  /** Bytes of a message's length, which stands before it. */
  public static final int LENGTH_BYTES = Integer.BYTES;

  public static final int SALT_BYTES = 16;

  /** In place of a sequence number: nothing in this message was sent before. */
  public static final long SENT_FIRST = Long.MIN_VALUE;

  private static final byte DRAFT = 1;
  private static final byte EVENT = 2;
  private static final byte SEALED = 1;
  private static final byte NOT_SEALED = 2;
  private static final int ABSENT = -1;

  private CaptureFrames() {}

  /** Says that a message is not of this form. */
  public static final class BadFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    BadFrameException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * One item of a request; exactly one of draft, event and refused is there.
   *
   * @param salt the payload's salt, by which an item is known that is sent again
   * @param refused why the item cannot be sealed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Item(
      byte[] salt,
      @Nullable EntryDraft draft,
      @Nullable CaptureEvent event,
      @Nullable DraftRefusedException refused) {}

  /**
   * What a client sends at once.
   *
   * @param resumeAfter the newest sequence number that the client knew when it sent this for the
   *     first time; {@link #SENT_FIRST} where this is the first time
   */
  public record Request(long resumeAfter, List<Item> items) {}

  /** The frame of a draft. */
  static byte[] frame(byte[] salt, EntryDraft draft) {
    FrameBuilder out = new FrameBuilder(512 + draft.rawPayload().length);
    out.octet(DRAFT).raw(salt);
    out.text(draft.source()).text(draft.actor()).text(draft.action()).text(draft.status().text());
    out.text(draft.tool()).text(draft.target()).text(draft.session()).text(draft.reason());
    Instant occurredAt = draft.occurredAt();
    out.text(occurredAt == null ? null : occurredAt.toString());
    TraceContext trace = draft.trace();
    out.text(trace == null ? null : trace.traceId());
    out.text(trace == null ? null : trace.spanId());
    out.text(trace == null ? null : trace.parentSpanId());
    out.number(draft.causedBy().size());
    for (CauseReference cause : draft.causedBy()) {
      out.text(cause.toString());
    }
    return out.bytes(draft.rawPayload()).toBytes();
  }

  /** The frame of an event. */
  static byte[] frame(byte[] salt, CaptureEvent event) {
    return new FrameBuilder(512)
        .octet(EVENT)
        .raw(salt)
        .text(event.kind().action())
        .text(event.source())
        .text(event.instance())
        .bytes(Json.bytes(event.details()))
        .toBytes();
  }

  /** A request of frames; the position is at its start. */
  static ByteBuffer request(long resumeAfter, List<byte[]> frames) {
    int length = Long.BYTES + Integer.BYTES;
    for (byte[] frame : frames) {
      length += frame.length;
    }
    ByteBuffer message = ByteBuffer.allocate(LENGTH_BYTES + length);
    message.putInt(length).putLong(resumeAfter).putInt(frames.size());
    for (byte[] frame : frames) {
      message.put(frame);
    }
    return message.flip();
  }

  /**
   * Reads a request.
   *
   * @param message all behind the length
   * @throws BadFrameException if it is not of this form; what the format refuses of a single draft
   *     makes that item a refused one
   */
  public static Request readRequest(ByteBuffer message) throws BadFrameException {
    try {
      long resumeAfter = message.getLong();
      int count = message.getInt();
      List<Item> items = new ArrayList<>(Math.clamp(count, 0, message.remaining()));
      for (int i = 0; i < count; i++) {
        items.add(item(message));
      }
      if (message.hasRemaining()) {
        throw new BadFrameException("there is more behind the last item", null);
      }
      return new Request(resumeAfter, items);
    } catch (BufferUnderflowException e) {
      throw new BadFrameException("it ends too soon", e);
    }
  }

  private static Item item(ByteBuffer in) throws BadFrameException {
    byte kind = in.get();
    byte[] salt = new byte[SALT_BYTES];
    in.get(salt);
    return switch (kind) {
      case DRAFT -> draft(salt, in);
      case EVENT -> event(salt, in);
      default -> throw new BadFrameException("an item is neither draft nor event", null);
    };
  }

  private static Item draft(byte[] salt, ByteBuffer in) throws BadFrameException {
    String source = required(in);
    String actor = required(in);
    String action = required(in);
    String status = required(in);
    String tool = text(in);
    String target = text(in);
    String session = text(in);
    String reason = text(in);
    String occurredAt = text(in);
    String traceId = text(in);
    String spanId = text(in);
    String parentSpanId = text(in);
    int count = in.getInt();
    List<String> causes = new ArrayList<>(Math.clamp(count, 0, in.remaining()));
    for (int i = 0; i < count; i++) {
      causes.add(required(in));
    }
    byte[] payload = bytes(in);
    if (payload == null || (traceId == null) != (spanId == null)) {
      throw new BadFrameException("a draft lacks a part", null);
    }
    // The whole item is read before any of it is refused: what follows in the message is sound.
    try {
      EntryDraft.Builder draft =
          EntryDraft.builder(source, actor, action)
              .status(Status.parse(status))
              .tool(tool)
              .target(target)
              .session(session)
              .reason(reason)
              .occurredAt(occurredAt == null ? null : DraftJson.instant("occurred_at", occurredAt))
              .causedBy(causes.stream().map(CauseReference::parse).toList())
              .canonicalPayload(payload);
      if (traceId != null && spanId != null) {
        draft.trace(new TraceContext(traceId, spanId, parentSpanId));
      }
      return new Item(salt, draft.build(), null, null);
    } catch (DraftRefusedException e) {
      return new Item(salt, null, null, e);
    }
  }

  private static Item event(byte[] salt, ByteBuffer in) throws BadFrameException {
    String kind = required(in);
    String source = required(in);
    String instance = required(in);
    byte[] details = bytes(in);
    for (CaptureEvent.Kind known : CaptureEvent.Kind.values()) {
      if (known.action().equals(kind)) {
        return new Item(
            salt, null, new CaptureEvent(known, source, instance, object(details)), null);
      }
    }
    throw new BadFrameException("an event's kind is " + kind, null);
  }

  private static JsonObject object(byte @Nullable [] json) throws BadFrameException {
    try {
      if (json != null && CanonicalJson.parse(json) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonException e) {
      throw new BadFrameException("an event's details are no JSON: " + e.getMessage(), e);
    }
    throw new BadFrameException("an event's details are no JSON object", null);
  }

  /**
   * The first message of the daemon.
   *
   * @param size entries that the ledger has
   * @param sources capture sources that the daemon knows to be on for this client
   */
  public static ByteBuffer welcome(long size, int sources) {
    int length = Long.BYTES + Integer.BYTES;
    return ByteBuffer.allocate(LENGTH_BYTES + length)
        .putInt(length)
        .putLong(size)
        .putInt(sources)
        .flip();
  }

  /** An answer being put together: one part for each item, in order. Not thread-safe. */
  public static final class Answer {
    private final FrameBuilder out;

    public Answer(int items) {
      this.out =
          new FrameBuilder(LENGTH_BYTES + items * (1 + Long.BYTES + Hash.LENGTH))
              .number(0)
              .octet(SEALED);
    }

    private Answer(String refusal) {
      this.out = new FrameBuilder(256).number(0).octet(NOT_SEALED).text(refusal);
    }

    /** Adds the receipt of an item. */
    public void sealed(Receipt receipt) {
      out.octet(SEALED).integer(receipt.seq()).raw(receipt.entryHash().toBytes());
    }

    /**
     * Adds that an item was not sealed.
     *
     * @param problem problem details, as the HTTP API has them
     */
    public void notSealed(JsonObject problem) {
      out.octet(NOT_SEALED).bytes(Json.bytes(problem));
    }

    /** The whole answer, to be sent as it is. */
    public ByteBuffer message() {
      return out.message();
    }
  }

  /** The answer to a request of which nothing was taken. */
  public static ByteBuffer refusal(String why) {
    return new Answer(why).message();
  }

  /** Reads the parts of an answer. Not thread-safe. */
  static final class AnswerReader {
    private final ByteBuffer in;

    /**
     * @throws RefusedException if nothing of the request was taken
     */
    AnswerReader(ByteBuffer message) throws RefusedException, BadFrameException {
      this.in = message;
      try {
        if (in.get() != SEALED) {
          throw new RefusedException(required(in));
        }
      } catch (BufferUnderflowException e) {
        throw new BadFrameException("it ends too soon", e);
      }
    }

    /** The next item's receipt, or the problem that it met. */
    Result next() throws BadFrameException {
      try {
        if (in.get() != SEALED) {
          return new Result(null, object(bytes(in)));
        }
        long seq = in.getLong();
        byte[] hash = new byte[Hash.LENGTH];
        in.get(hash);
        return new Result(new Receipt(seq, Hash.of(hash)), JsonObject.EMPTY);
      } catch (BufferUnderflowException e) {
        throw new BadFrameException("it ends too soon", e);
      }
    }
  }

  /** A receipt, or where that is null the problem. */
  record Result(@Nullable Receipt receipt, JsonObject problem) {}

  /** Says why the daemon took nothing of a request. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String why) {
      super(why);
    }
  }

  private static String required(ByteBuffer in) throws BadFrameException {
    String text = text(in);
    if (text == null) {
      throw new BadFrameException("a text is absent that must be there", null);
    }
    return text;
  }

  private static @Nullable String text(ByteBuffer in) throws BadFrameException {
    byte[] bytes = bytes(in);
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private static byte @Nullable [] bytes(ByteBuffer in) throws BadFrameException {
    int length = in.getInt();
    if (length == ABSENT) {
      return null;
    }
    if (length < 0 || length > in.remaining()) {
      throw new BadFrameException("a length is out of range", null);
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /** Bytes that grow. */
  private static final class FrameBuilder {
    private byte[] bytes;
    private int size;

    FrameBuilder(int capacity) {
      this.bytes = new byte[capacity];
    }

    private int grow(int more) {
      int at = size;
      if (size + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
      }
      size += more;
      return at;
    }

    FrameBuilder octet(byte value) {
      int at = grow(1); // before the array is looked at, which this may change
      bytes[at] = value;
      return this;
    }

    FrameBuilder number(int value) {
      int at = grow(Integer.BYTES);
      ByteBuffer.wrap(bytes).putInt(at, value);
      return this;
    }

    FrameBuilder integer(long value) {
      int at = grow(Long.BYTES);
      ByteBuffer.wrap(bytes).putLong(at, value);
      return this;
    }

    FrameBuilder raw(byte[] value) {
      int at = grow(value.length);
      System.arraycopy(value, 0, bytes, at, value.length);
      return this;
    }

    FrameBuilder bytes(byte[] value) {
      return number(value.length).raw(value);
    }

    FrameBuilder text(@Nullable String value) {
      return value == null ? number(ABSENT) : bytes(value.getBytes(UTF_8));
    }

    byte[] toBytes() {
      return Arrays.copyOf(bytes, size);
    }

    /** A message whose length was left out at its start. */
    ByteBuffer message() {
      ByteBuffer message = ByteBuffer.wrap(bytes, 0, size);
      return message.putInt(0, size - LENGTH_BYTES);
    }
  }
}
