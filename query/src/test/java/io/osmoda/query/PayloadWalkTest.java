package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

/** What a walk through a payload's text finds is what its values say. */
class PayloadWalkTest {
  private static final int ROUNDS = 2_000;
  private static final String[] NAMES = {
    "status",
    "Status code",
    "",
    "a.b",
    "\u0000\u0001\u0002\u0003",
    "\"\\/",
    "ö不",
    "Ｎ😀x",
    "duration_ns",
    "x".repeat(130),
    "y".repeat(64),
    "AaAa",
    "BBBB",
    "AaBB"
  };
  private static final String[] TEXTS = {
    "",
    "Connection refused",
    "a\u0000b\u001fc",
    "tab\tline\n\"quoted\" \\ / \b\f\r",
    "läuft 不行 ok",
    "x".repeat(64),
    "x".repeat(65),
    "ä".repeat(33),
    "word" + "long".repeat(30),
    "😀 ok"
  };
  private static final double[] NUMBERS = {
    0,
    -0.0,
    1,
    -1,
    0.723,
    1e21,
    -1e-7,
    4.9e-324,
    1e300,
    9007199254740991.0,
    123456789012345.0,
    1234567890123456.0,
    1e20
  };

  /** Words, and what stands at paths, each once. */
  private record Found(Set<String> words, Set<String> terms, Set<String> numbers) {
    Found() {
      this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }
  }

  private final List<String> durations = new ArrayList<>();
  private Found found = new Found();
  private final PayloadWalk walk =
      new PayloadWalk(
          new PayloadWalk.Sink() {
            private final WordSplitter splitter = new WordSplitter();

            @Override
            public void exists(byte[] key) {
              value(key, PayloadTerms.EXISTS, key, 0, 0);
            }

            @Override
            public void value(byte[] key, char type, byte[] value, int from, int length) {
              found.terms.add(hex(key, 0, key.length) + type + hex(value, from, length));
            }

            @Override
            public void number(long path, double value) {
              found.numbers.add(path + " " + PayloadTerms.sortable(value));
            }

            @Override
            public void duration(double nanos) {
              durations.add(Double.toString(nanos));
            }

            @Override
            public void word(byte[] word) {
              found.words.add(new String(word, StandardCharsets.UTF_8));
            }

            @Override
            public void text(byte[] utf8, int from, int to) {
              TermList words = new TermList();
              splitter.split(utf8, from, to, words);
              words.reset();
              var terms = words.getAttribute(TermToBytesRefAttribute.class);
              while (words.incrementToken()) {
                found.words.add(terms.getBytesRef().utf8ToString());
              }
            }
          });

  private static String hex(byte[] bytes, int from, int length) {
    return HexFormat.of().formatHex(bytes, from, from + length);
  }

  private boolean walk(JsonObject payload) throws Exception {
    found = new Found();
    durations.clear();
    return walk.walk(CanonicalJson.write(payload));
  }

  @Test
  void aWalkFindsWhatTheValuesSay() throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      JsonObject payload = object(random, 4, 1 + random.nextInt(5));
      String where = "seed " + seed + ", round " + round + ": " + payload;
      assertThat(walk(payload)).as(where).isTrue();
      Found expected = new Found();
      expect(payload, List.of(), true, expected);
      assertThat(found).as(where).isEqualTo(expected);
      assertThat(durations)
          .as(where)
          .isEqualTo(
              payload.get("duration_ns") instanceof JsonNumber(double nanos)
                  ? List.of(Double.toString(nanos + 0.0))
                  : List.of());
    }
  }

  /** What the terms of one who asks for it would be. */
  private static void expect(JsonValue value, List<String> names, boolean isNew, Found to) {
    PayloadTerms terms = new PayloadTerms();
    PayloadPath path = new PayloadPath(names);
    if (isNew) {
      to.terms.add(term(terms.exists(path), terms.exists(path).length - 1));
    }
    int key = terms.exists(path).length - 1;
    switch (value) {
      case JsonObject object ->
          object
              .members()
              .forEach(
                  (name, member) -> {
                    to.words.addAll(WordSplitter.words(name));
                    List<String> inner = new ArrayList<>(names);
                    inner.add(name);
                    expect(member, inner, true, to);
                  });
      case JsonArray array -> array.elements().forEach(each -> expect(each, names, false, to));
      case JsonString string -> {
        to.words.addAll(WordSplitter.words(string.value()));
        to.terms.add(term(terms.string(path, string.value()), key));
      }
      case JsonNumber number -> {
        to.words.addAll(WordSplitter.words(Numbers.text(number.value())));
        to.numbers.add(terms.numberOf(path) + " " + PayloadTerms.sortable(number.value()));
      }
      case JsonBoolean literal -> to.terms.add(term(terms.literal(path, literal), key));
      case JsonNull literal -> to.terms.add(term(terms.literal(path, literal), key));
    }
  }

  /** A term as the sink notes it: key, type, value. */
  private static String term(BytesRef term, int key) {
    byte[] bytes = BytesRef.deepCopyOf(term).bytes;
    return hex(bytes, 0, key) + (char) bytes[key] + hex(bytes, key + 1, term.length - key - 1);
  }

  private static JsonObject object(Random random, int size, int depth) {
    JsonObject.Builder object = JsonObject.builder();
    for (int i = random.nextInt(size + 1); i > 0; i--) {
      object.put(NAMES[random.nextInt(NAMES.length)], value(random, depth - 1));
    }
    return object.build();
  }

  private static JsonValue value(Random random, int depth) {
    return switch (random.nextInt(depth <= 0 ? 5 : 8)) {
      case 0, 1 -> new JsonString(TEXTS[random.nextInt(TEXTS.length)]);
      case 2 -> new JsonNumber(NUMBERS[random.nextInt(NUMBERS.length)]);
      case 3 -> JsonBoolean.of(random.nextBoolean());
      case 4 -> JsonNull.NULL;
      case 5 -> {
        List<JsonValue> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(value(random, depth - 1));
        }
        yield new JsonArray(elements);
      }
      default -> object(random, 3, depth);
    };
  }

  @Test
  void pastTheMostValuesWordsAndTheDurationAreStillFound() throws Exception {
    JsonObject.Builder payload = JsonObject.builder();
    for (int i = 0; i < PayloadWalk.MAX_VALUES; i++) {
      payload.put("a" + i, i);
    }
    JsonObject large = payload.put("duration_ns", 17).put("z", "last word").build();

    assertThat(walk(large)).isFalse();
    assertThat(found.words).contains("z", "last", "word", "999");
    assertThat(found.numbers).hasSizeLessThanOrEqualTo(PayloadWalk.MAX_VALUES);
    assertThat(durations).containsExactly("17.0");
    assertThat(walk(JsonObject.builder().put("z", "last word").build())).isTrue();
    assertThat(found.terms).hasSize(3); // the payload, the path and what stands there
  }

  @Test
  void pathsThatNoPayloadHasTwiceAreForgottenAndFoundAllTheSame() throws Exception {
    PayloadTerms terms = new PayloadTerms();
    for (int i = 0; i < 30_000; i++) {
      String name = "id" + i;
      assertThat(walk(JsonObject.builder().put(name, i).build())).isTrue();
      if (i % 1_000 == 0) {
        long path = terms.numberOf(new PayloadPath(List.of(name)));
        assertThat(found.numbers).containsExactly(path + " " + PayloadTerms.sortable(i));
      }
    }
  }
}
