package io.osmoda.bench;

import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.WhereException;
import io.osmoda.query.WhereParser;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that is asked of the entries, so that the index and databases can all answer it.
 *
 * @param members values that members must have
 * @param from earliest timestamp, inclusive; null for any
 * @param to latest timestamp, exclusive; null for any
 * @param words that must all be somewhere in the entry
 * @param number a number that the payload must hold; null for any
 */
record Question(
    Kind kind,
    Map<String, String> members,
    @Nullable Instant from,
    @Nullable Instant to,
    List<String> words,
    @Nullable AtLeast number) {
  /** Most entries, or values, that an answer names. */
  static final int PAGE = 50;

  /** A member at the top of the payload that is at least so large. */
  record AtLeast(String name, long bound) {}

  /** What the answer to a question is. */
  enum Answer {
    NEWEST,
    COUNT,
    FACETS,
    HOURS,
    SORTED
  }

  /** The kinds of questions; a limit is that of the 99th percentile in milliseconds. */
  enum Kind {
    MEMBERS("members in a time range, newest 50", Answer.NEWEST, 50),
    WORD("one word, newest 50", Answer.NEWEST, 200),
    WORDS("two words, newest 50", Answer.NEWEST, 200),
    NUMBER("tool and payload.duration_ns >= N, newest 50", Answer.NEWEST, 0),
    COUNT("count of actor and status", Answer.COUNT, 0),
    SORTED("those of an actor by target, first 50", Answer.SORTED, 0),
    BY_TOOL("all by tool", Answer.FACETS, 500, "tool"),
    BY_TARGET("all by target", Answer.FACETS, 500, "target"),
    BY_ACTOR_AND_ACTION("all by actor and action", Answer.FACETS, 500, "actor,action"),
    HOURS("all by hour, with those that failed", Answer.HOURS, 500);

    private final String text;
    private final Answer answer;
    private final double limitMillis;
    private final String by;

    Kind(String text, Answer answer, double limitMillis) {
      this(text, answer, limitMillis, "");
    }

    Kind(String text, Answer answer, double limitMillis, String by) {
      this.text = text;
      this.answer = answer;
      this.limitMillis = limitMillis;
      this.by = by;
    }

    String text() {
      return text;
    }

    Answer answer() {
      return answer;
    }

    /** 0 if there is none. */
    double limitMillis() {
      return limitMillis;
    }

    /** The members that entries are counted by. */
    List<String> by() {
      return by.isEmpty() ? List.of() : List.of(by.split(",", -1));
    }

    /** Whether there is only one question of the kind. */
    boolean isAboutAll() {
      return answer == Answer.FACETS || answer == Answer.HOURS;
    }
  }

  EntryFilter filter() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    members.forEach((member, value) -> lists.put(member, List.of(value)));
    Condition where = null;
    if (number != null) {
      try {
        String written = "payload." + number.name() + ">=" + number.bound();
        where = WhereParser.parse(written, Instant.EPOCH, ZoneOffset.UTC);
      } catch (WhereException e) {
        throw new IllegalStateException("the bench asks what cannot be asked", e);
      }
    }
    String text = words.isEmpty() ? null : String.join(" ", words);
    return new EntryFilter(from, to, lists, text, where);
  }
}
