package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A member of an entry that conditions can name (format section 1). */
public enum Member {
  SEQ(Kind.NUMBER),
  TIMESTAMP(Kind.TIME),
  OCCURRED_AT(Kind.TIME),
  ACTOR(Kind.WORD),
  ACTION(Kind.WORD),
  TOOL(Kind.WORD),
  TARGET(Kind.WORD),
  STATUS(Kind.WORD),
  SOURCE(Kind.WORD),
  SESSION(Kind.WORD),
  TRACE_ID(Kind.HEX),
  SPAN_ID(Kind.HEX),
  PARENT_SPAN_ID(Kind.HEX),
  CAUSED_BY(Kind.CAUSE),
  REASON(Kind.TEXT),
  ENTRY_HASH(Kind.HEX),
  PREV_HASH(Kind.HEX),
  PAYLOAD_HASH(Kind.HEX);

  /** How values of a member are compared. */
  enum Kind {
    /** An integer: equal, smaller, greater. */
    NUMBER,
    /** An instant: equal, earlier, later. */
    TIME,
    /** A string that is taken whole: equal, or its beginning. */
    WORD,
    /** Hex digits, whole. */
    HEX,
    /** References to earlier entries. */
    CAUSE,
    /** Text, searched by its words. */
    TEXT
  }

  /** Members that results can be counted and sorted by. */
  public static final List<Member> GROUPED =
      List.of(ACTOR, ACTION, TOOL, TARGET, STATUS, SOURCE, SESSION);

  private final Kind kind;
  private final String word;

  Member(Kind kind) {
    this.kind = kind;
    this.word = name().toLowerCase(Locale.ROOT);
  }

  /** The member's name in the format. */
  public String word() {
    return word;
  }

  Kind kind() {
    return kind;
  }

  /** The member of that name, or null. */
  public static @Nullable Member of(String word) {
    return switch (word) {
      case "time" -> TIMESTAMP;
      case "trace" -> TRACE_ID;
      default -> Arrays.stream(values()).filter(m -> m.word.equals(word)).findFirst().orElse(null);
    };
  }

  /** The entry's value as text, null where it has none; for a member that has one value. */
  public @Nullable String value(Entry entry) {
    TraceContext trace = entry.trace();
    return switch (this) {
      case SEQ -> Long.toString(entry.seq());
      case TIMESTAMP -> entry.timestamp();
      case OCCURRED_AT -> entry.occurredAt();
      case ACTOR -> entry.actor();
      case ACTION -> entry.action();
      case TOOL -> entry.tool();
      case TARGET -> entry.target();
      case STATUS -> entry.status();
      case SOURCE -> entry.source();
      case SESSION -> entry.session();
      case TRACE_ID -> trace == null ? null : trace.traceId();
      case SPAN_ID -> trace == null ? null : trace.spanId();
      case PARENT_SPAN_ID -> trace == null ? null : trace.parentSpanId();
      case REASON -> entry.reason();
      case ENTRY_HASH -> entry.entryHash().hex();
      case PREV_HASH -> entry.prevHash().hex();
      case PAYLOAD_HASH -> entry.payloadHash().hex();
      case CAUSED_BY -> throw new IllegalArgumentException("caused_by has several values");
    };
  }
}
