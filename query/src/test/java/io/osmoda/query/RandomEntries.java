package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Entries and conditions made up from a small stock of values, so that conditions often match. */
final class RandomEntries {
  static final String[] ACTORS = {"agent:a", "agent:ab", "user:ü", "system:cron", "ssh:root@x"};
  static final String[] ACTIONS = {"tool_call", "tool_result", "login", "file_write"};
  static final String[] TOOLS = {"http_request", "read_file", "run", "http_get"};
  static final String[] TARGETS = {"/etc/passwd", "/etc/hosts", "https://x.example/a b", "unit"};
  static final String[] SESSIONS = {"s1", "s2", "s22"};
  static final String[] NAMES = {"status", "path", "a.b", "", "deep", "zeichen ö", "list"};
  static final String[] TEXTS = {
    "connection refused by peer",
    "Connection timed out",
    "läuft nicht 不行 ok",
    "x".repeat(63),
    "x".repeat(64),
    "x".repeat(65),
    "x".repeat(65) + "y",
    "",
    "200",
    "true",
    "a\u0000b\u0001c",
    "wort" + "lang".repeat(30)
  };
  static final double[] NUMBERS = {0, -0.0, 1, 200, 404, 500, 503, 1.5, -3, 1e21, 4.9e-324, 1e300};

  private final Random random;
  private final List<Receipt> receipts = new ArrayList<>();

  RandomEntries(Random random) {
    this.random = random;
  }

  /** Seals so many. */
  void seal(Ledger ledger, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      receipts.add(ledger.appendDurably(draft()));
    }
  }

  private EntryDraft draft() {
    EntryDraft.Builder draft = EntryDraft.builder("api", pick(ACTORS), pick(ACTIONS));
    draft.status(pick(Status.values()));
    if (random.nextBoolean()) {
      draft.tool(pick(TOOLS));
    }
    if (random.nextBoolean()) {
      draft.target(pick(TARGETS));
    }
    if (random.nextInt(3) > 0) {
      draft.session(pick(SESSIONS));
    }
    if (random.nextInt(3) == 0) {
      draft.reason(pick(TEXTS).isEmpty() ? "so" : "because of " + pick(TEXTS) + ".");
    }
    if (random.nextInt(3) == 0) {
      draft.trace(trace());
    }
    if (random.nextInt(4) == 0) {
      draft.occurredAt(moment());
    }
    if (!receipts.isEmpty() && random.nextInt(3) == 0) {
      draft.causedBy(List.of(CauseReference.local(receipts.get(random.nextInt(receipts.size())))));
    }
    if (random.nextInt(6) > 0) {
      draft.payload(object(random.nextInt(40) == 0 ? 1_200 : 4, 3));
    }
    return draft.build();
  }

  static Instant moment(Random random) {
    return Instant.ofEpochSecond(1_700_000_000L + random.nextInt(5), random.nextInt(3));
  }

  private Instant moment() {
    return random.nextInt(10) == 0 ? Instant.parse("0001-01-01T00:00:00Z") : moment(random);
  }

  static String hex(int digits, int number) {
    return String.format("%0" + digits + "x", number + 1);
  }

  private TraceContext trace() {
    return new TraceContext(
        hex(32, random.nextInt(4)),
        hex(16, random.nextInt(20)),
        random.nextBoolean() ? hex(16, random.nextInt(20)) : null);
  }

  private JsonObject object(int size, int depth) {
    JsonObject.Builder object = JsonObject.builder();
    for (int i = random.nextInt(size + 1); i > 0; i--) {
      String name = size > 100 ? "n" + i : pick(NAMES);
      object.put(name, value(depth));
    }
    return object.build();
  }

  private JsonValue value(int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> new JsonString(pick(TEXTS));
      case 1, 2 -> new JsonNumber(NUMBERS[random.nextInt(NUMBERS.length)]);
      case 3 -> JsonBoolean.of(random.nextBoolean());
      case 4 -> JsonNull.NULL;
      case 5 -> {
        List<JsonValue> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(value(depth - 1));
        }
        yield new JsonArray(elements);
      }
      default -> object(3, depth - 1);
    };
  }

  private <T> T pick(T[] from) {
    return from[random.nextInt(from.length)];
  }

  /** A condition on such entries, sealed at about these moments. */
  Condition condition(int depth, List<Instant> moments, long size) {
    if (depth > 0 && random.nextInt(2) == 0) {
      List<Condition> parts = new ArrayList<>();
      for (int i = 2 + random.nextInt(2); i > 0; i--) {
        parts.add(condition(depth - 1, moments, size));
      }
      return switch (random.nextInt(3)) {
        case 0 -> new Condition.And(parts);
        case 1 -> new Condition.Or(parts);
        default -> new Condition.Not(parts.getFirst());
      };
    }
    return switch (random.nextInt(16)) {
      case 0 -> new Condition.Equal(Member.ACTOR, pick(ACTORS));
      case 1 -> new Condition.Equal(Member.TOOL, pick(TOOLS));
      case 2 -> new Condition.Begins(Member.TOOL, "http");
      case 3 -> new Condition.Equal(Member.STATUS, pick(Status.values()).text());
      case 4 -> new Condition.Present(pick(Member.values()));
      case 5 -> new Condition.SeqBetween(random.nextLong(size), random.nextLong(size + 5));
      case 6 ->
          new Condition.At(
              Member.TIMESTAMP,
              pick(Comparison.values()),
              moments.get(random.nextInt(moments.size())).plusNanos(random.nextInt(3) - 1));
      case 7 -> new Condition.At(Member.OCCURRED_AT, pick(Comparison.values()), moment());
      case 8 ->
          new Condition.Cause(
              random.nextInt(9) == 0 ? "other.example/x" : "",
              receipts.get(random.nextInt(receipts.size())).seq());
      case 9 -> words();
      case 10 -> new Condition.PayloadEqual(path(), pick(TEXTS));
      case 11 -> begins();
      case 12 -> new Condition.PayloadNumber(path(), NUMBERS[random.nextInt(NUMBERS.length)]);
      case 13 ->
          new Condition.PayloadCompared(
              path(), pick(Comparison.values()), NUMBERS[random.nextInt(NUMBERS.length)]);
      case 14 -> new Condition.PayloadPresent(path());
      default ->
          random.nextBoolean()
              ? new Condition.PayloadLiteral(
                  path(),
                  pick(new JsonValue[] {JsonBoolean.TRUE, JsonBoolean.FALSE, JsonNull.NULL}))
              : hexCondition();
    };
  }

  private Condition hexCondition() {
    return switch (random.nextInt(4)) {
      case 0 -> new Condition.Equal(Member.TRACE_ID, hex(32, random.nextInt(5)));
      case 1 -> new Condition.Equal(Member.PARENT_SPAN_ID, hex(16, random.nextInt(20)));
      case 2 ->
          new Condition.Equal(
              Member.ENTRY_HASH, receipts.get(random.nextInt(receipts.size())).entryHash().hex());
      default ->
          new Condition.Equal(
              Member.PREV_HASH, receipts.get(random.nextInt(receipts.size())).entryHash().hex());
    };
  }

  private Condition words() {
    List<String> words = WordSplitter.words(pick(TEXTS) + " " + pick(TARGETS));
    int from = random.nextInt(words.size());
    int count = 1 + random.nextInt(Math.min(3, words.size() - from));
    List<String> some = new ArrayList<>(words.subList(from, from + count));
    boolean open = random.nextInt(3) == 0;
    if (open) {
      some.addLast(some.removeLast().substring(0, 1));
    }
    return new Condition.Words(random.nextInt(4) == 0 ? Member.REASON : null, some, open);
  }

  private Condition begins() {
    String text = pick(TEXTS);
    return new Condition.PayloadBegins(
        path(), text.substring(0, random.nextInt(text.length() + 1)));
  }

  private PayloadPath path() {
    List<String> names = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      names.add(pick(NAMES));
    }
    return new PayloadPath(random.nextInt(20) == 0 ? List.of() : names);
  }
}
