package io.osmoda.bench;

import io.osmoda.bench.Question.AtLeast;
import io.osmoda.bench.Question.Kind;
import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes up questions about entries that the ledger has, so that most have an answer. Not
 * thread-safe.
 */
final class Questions {
  /** What is asked for together, beside a range of time. */
  private static final List<List<String>> TOGETHER =
      List.of(
          List.of("actor"),
          List.of("session"),
          List.of("target"),
          List.of("tool", "status"),
          List.of("actor", "action"),
          List.of("actor", "tool"));

  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(14);

  private final Random random;
  private final LedgerReader ledger;
  private final long size;

  Questions(LedgerReader ledger, long seed) throws IOException {
    this.random = new Random(seed);
    this.ledger = ledger;
    this.size = ledger.size();
  }

  List<Question> some(Kind kind, int count) throws IOException {
    List<Question> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(next(kind));
    }
    return some;
  }

  private Question next(Kind kind) throws IOException {
    return switch (kind) {
      case MEMBERS -> members();
      case WORD -> words(1);
      case WORDS -> words(2);
      case NUMBER -> number();
      case COUNT -> about(kind, List.of("actor", "status"));
      case SORTED -> about(kind, List.of("actor"));
      case BY_TOOL, BY_TARGET, BY_ACTOR_AND_ACTION, HOURS ->
          new Question(kind, Map.of(), null, null, List.of(), null);
    };
  }

  private Question members() throws IOException {
    Entry entry = any();
    // As often some hours as some days.
    double share = random.nextDouble();
    long span =
        (long)
            (SHORTEST.toSeconds()
                * Math.pow((double) LONGEST.toSeconds() / SHORTEST.toSeconds(), share));
    long before = (long) (span * random.nextDouble());
    return new Question(
        Kind.MEMBERS,
        values(entry, TOGETHER.get(random.nextInt(TOGETHER.size()))),
        entry.instant().minusSeconds(before),
        entry.instant().plusSeconds(span - before),
        List.of(),
        null);
  }

  private Question words(int count) {
    List<String> words = new ArrayList<>();
    while (words.size() < count) {
      // Half of the time one that is as frequent as words are that people write.
      String word =
          random.nextBoolean()
              ? AgentFleet.WORDS.word(random)
              : AgentFleet.WORDS.word(random.nextInt(AgentFleet.WORDS.size()));
      if (!words.contains(word)) {
        words.add(word);
      }
    }
    return new Question(count == 1 ? Kind.WORD : Kind.WORDS, Map.of(), null, null, words, null);
  }

  private Question number() throws IOException {
    long millis = 1L << random.nextInt(16);
    return new Question(
        Kind.NUMBER,
        values(any(), List.of("tool")),
        null,
        null,
        List.of(),
        new AtLeast("duration_ns", millis * 1_000_000));
  }

  private Question about(Kind kind, List<String> members) throws IOException {
    return new Question(kind, values(any(), members), null, null, List.of(), null);
  }

  /** An entry that somebody may look for. */
  private Entry any() throws IOException {
    while (true) {
      Entry entry = ledger.entry(random.nextLong(size));
      if (entry.tool() != null) {
        return entry;
      }
    }
  }

  private static Map<String, String> values(Entry entry, List<String> members) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String member : members) {
      String value = value(entry, member);
      if (value != null) {
        values.put(member, value);
      }
    }
    return values;
  }

  private static @Nullable String value(Entry entry, String member) {
    return switch (member) {
      case "actor" -> entry.actor();
      case "action" -> entry.action();
      case "tool" -> entry.tool();
      case "target" -> entry.target();
      case "status" -> entry.status();
      case "session" -> entry.session();
      default -> throw new IllegalArgumentException(member);
    };
  }
}
