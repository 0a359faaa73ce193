package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What holds for every value and every input, tried on seeded random ones. */
public final class CanonicalJsonPropertyTest {
  private static final int VALUES = 10_000;
  private static final int MUTATIONS = 100_000;
  private static final int SOAK_MUTATIONS = 1_000_000;

  @Test
  void everyLayoutOfAValueHasItsOneCanonicalForm() throws JsonException {
    long seed = Seed.fixed(0x0a11ed9e);
    RandomJsonText random = new RandomJsonText(new SplittableRandom(seed));
    for (int i = 0; i < VALUES; i++) {
      JsonValue value = random.value(4);
      byte[] text = random.layOut(value);
      String where = "seed %d, round %d: %s".formatted(seed, i, new String(text, UTF_8));
      byte[] canonical = CanonicalJson.write(value);
      assertThat(CanonicalJson.canonicalize(text)).as(where).isEqualTo(canonical);
      assertThat(CanonicalJson.canonicalize(canonical)).as(where).isEqualTo(canonical);
      assertThat(CanonicalJson.parse(text)).as(where).isEqualTo(value);
      assertThat(CanonicalJson.parse(canonical)).as(where).isEqualTo(value);
      assertThat(ReferenceJson.canonicalize(text)).as(where).hasValue(new String(canonical, UTF_8));
    }
  }

  /**
   * The oracle is right on what both accept. It is laxer than we are, and so no oracle, for lone
   * surrogates and for integers beyond 2^53-1; random values hold neither.
   */
  @Test
  void anotherImplementationAgrees() throws IOException, JsonException {
    long seed = Seed.fixed(0x0bac1e);
    RandomJsonText random = new RandomJsonText(new SplittableRandom(seed));
    for (int i = 0; i < VALUES; i++) {
      JsonObject value = random.object(4);
      String text = new String(random.layOut(value), UTF_8);
      assertThat(CanonicalJson.canonicalize(text.getBytes(UTF_8)))
          .as("seed %d, round %d: %s", seed, i, text)
          .isEqualTo(new JsonCanonicalizer(text).getEncodedUTF8());
    }
  }

  @Test
  void mutatedInputIsRefusedOrHasOneStableForm() throws IOException {
    SeededFuzz.mutate(corpus(), Seed.fixed(0xf0770), MUTATIONS, CanonicalJsonPropertyTest::check);
  }

  @Test
  @Tag("soak")
  void mutatedInputIsRefusedOrHasOneStableFormForLong() throws IOException {
    SeededFuzz.mutate(
        corpus(), Seed.fixed(0xf0771), SOAK_MUTATIONS, CanonicalJsonPropertyTest::check);
  }

  public static List<byte[]> corpus() throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    Path resources = Path.of("src/test/resources");
    for (String folder : new String[] {"jcs/input", "jcs/output"}) {
      try (var files = Files.list(resources.resolve(folder))) {
        for (Path file : files.sorted().toList()) {
          corpus.add(Files.readAllBytes(file));
        }
      }
    }
    Path segment = resources.resolve("vectors/ledger-5/segments/00000000000000000000.ndjson");
    Files.readAllLines(segment).forEach(line -> corpus.add(line.getBytes(UTF_8)));
    RandomJsonText random = new RandomJsonText(new SplittableRandom(Seed.fixed(1)));
    for (int i = 0; i < 50; i++) {
      corpus.add(random.layOut(random.value(4)));
    }
    return corpus;
  }

  /** What must hold for every input, good or bad. */
  public static void check(byte[] input) {
    CanonicalScanner scanner = new CanonicalScanner();
    byte[] canonical;
    try {
      canonical = CanonicalJson.canonicalize(input);
    } catch (JsonException refused) {
      assertThat(refused.position()).isBetween(0, input.length);
      assertThat(refused.reason()).isNotEmpty();
      assertThat(scanner.accepts(input, 0, input.length)).isFalse();
      assertThat(ReferenceJson.canonicalize(input)).isEmpty();
      return;
    }
    try {
      assertThat(CanonicalJson.canonicalize(canonical)).isEqualTo(canonical);
      assertThat(CanonicalJson.write(CanonicalJson.parse(input))).isEqualTo(canonical);
    } catch (JsonException e) {
      throw new AssertionError("the canonical form is refused", e);
    }
    assertThat(scanner.accepts(input, 0, input.length)).isEqualTo(Arrays.equals(input, canonical));
    assertThat(scanner.accepts(canonical, 0, canonical.length)).isTrue();
    assertThat(ReferenceJson.canonicalize(input)).hasValue(new String(canonical, UTF_8));
  }
}
