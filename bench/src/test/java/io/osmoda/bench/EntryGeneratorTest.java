package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.CanonicalJson;
import org.junit.jupiter.api.Test;

final class EntryGeneratorTest {
  private static final int ENTRIES = 500;

  @Test
  void payloadsAreCanonicalAndOfAboutThreeHundredBytes() throws Exception {
    EntryGenerator generator = new EntryGenerator(1);
    for (int i = 0; i < ENTRIES; i++) {
      byte[] payload = generator.next().payload().getBytes(UTF_8);
      assertThat(CanonicalJson.canonicalize(payload)).asString(UTF_8).isEqualTo(text(payload));
      assertThat(payload.length).isBetween(270, 340);
    }
  }

  @Test
  void unorderedPayloadsAreJsonThatIsNotCanonical() throws Exception {
    EntryGenerator generator = new EntryGenerator(2);
    for (int i = 0; i < ENTRIES; i++) {
      byte[] payload = generator.unorderedPayload();
      assertThat(CanonicalJson.canonicalize(payload)).asString(UTF_8).isNotEqualTo(text(payload));
      assertThat(payload.length).isBetween(270, 340);
    }
  }

  @Test
  void linesAreCanonicalAndOfAboutEightHundredBytes() throws Exception {
    EntryGenerator generator = new EntryGenerator(3);
    long total = 0;
    for (int i = 0; i < ENTRIES; i++) {
      byte[] line = generator.line(i);
      total += line.length;
      assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
      byte[] json = text(line).strip().getBytes(UTF_8);
      assertThat(CanonicalJson.canonicalize(json)).asString(UTF_8).isEqualTo(text(json));
    }
    assertThat(total / ENTRIES).isBetween(780L, 880L);
  }

  @Test
  void theSameSeedGivesTheSameEntries() {
    EntryGenerator one = new EntryGenerator(4);
    EntryGenerator other = new EntryGenerator(4);
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
    assertThat(new EntryGenerator(5).next()).isNotEqualTo(new EntryGenerator(4).next());
  }

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }
}
