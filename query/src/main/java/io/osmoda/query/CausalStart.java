package io.osmoda.query;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a causal tree is asked of. Its text form is what {@link #parse} reads. */
public sealed interface CausalStart {
  /** One entry. */
  record Seq(long seq) implements CausalStart {
    @Override
    public String toString() {
      return Long.toString(seq);
    }

    @Override
    public String absence(long size) {
      return "there is no entry " + seq + ": the ledger has " + size + ", counted from 0";
    }
  }

  /** All entries of a W3C trace. */
  record Trace(String traceId) implements CausalStart {
    @Override
    public String toString() {
      return traceId;
    }

    @Override
    public String absence(long size) {
      return "no entry has the trace id %s; a session of that name is session:%s"
          .formatted(traceId, traceId);
    }
  }

  /** All entries of a session. */
  record Session(String name) implements CausalStart {
    @Override
    public String toString() {
      return SESSION + name;
    }

    @Override
    public String absence(long size) {
      return "no entry has the session " + Quoted.of(name);
    }
  }

  /** Stands before the name of a session that looks like a number or a trace id. */
  String SESSION = "session:";

  /** A sequence number, with or without the sign that other places put before it. */
  Pattern SEQ = Pattern.compile("#?(0|[1-9][0-9]{0,15})");

  /** A W3C trace id. */
  Pattern TRACE_ID = Pattern.compile("[0-9a-f]{32}");

  /** What is wrong where the ledger has nothing of it. */
  String absence(long size);

  /**
   * Parses a sequence number, a trace id of 32 hex digits, or else a session's name; {@code
   * session:} before it makes it a session in any case.
   *
   * @throws RequestRefusedException if it is none that a ledger can have; says why
   */
  static CausalStart parse(String text) {
    if (text.startsWith(SESSION)) {
      return session(text.substring(SESSION.length()));
    }
    var seq = SEQ.matcher(text);
    if (seq.matches()) {
      long number = Long.parseLong(seq.group(1));
      if (number > JsonNumber.MAX_SAFE_INTEGER) {
        throw new RequestRefusedException("a sequence number must be at most 2^53-1, not " + text);
      }
      return new Seq(number);
    }
    return TRACE_ID.matcher(text).matches() ? new Trace(text) : session(text);
  }

  private static Session session(String name) {
    if (name.isEmpty() || name.length() > MAX_SESSION) {
      throw new RequestRefusedException(
          "a session name must have 1 to " + MAX_SESSION + " characters, not " + name.length());
    }
    return new Session(name);
  }

  /** Longest name of a session, characters: the format bounds it in bytes. */
  int MAX_SESSION = 256;

  /** The entries that it names, but for one named by its number. */
  default @Nullable Condition condition() {
    return switch (this) {
      case Seq seq -> null;
      case Trace(String traceId) -> new Condition.Equal(Member.TRACE_ID, traceId);
      case Session(String name) -> new Condition.Equal(Member.SESSION, name);
    };
  }

  /** As the API and a {@code ledger_query} entry write it. */
  default JsonObject toJson() {
    JsonObject.Builder json = JsonObject.builder();
    return switch (this) {
      case Seq(long seq) -> json.put("seq", seq).build();
      case Trace(String traceId) -> json.put("trace_id", traceId).build();
      case Session(String name) -> json.put("session", name).build();
    };
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static CausalStart fromJson(JsonObject json) {
    if (json.get("seq") != null) {
      return new Seq(Step.number(json, "seq"));
    }
    return json.get("trace_id") != null
        ? new Trace(Step.text(json, "trace_id"))
        : new Session(Step.text(json, "session"));
  }
}
