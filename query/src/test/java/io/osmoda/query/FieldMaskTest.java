package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is masked is not shown, and nothing else is touched. */
class FieldMaskTest {
  private static final String PAYLOAD =
      "{\"args\":[{\"path\":\"/a\",\"x\":1},{\"path\":{\"deep\":2}},3],\"path\":\"/kept\"}";

  @TempDir Path temp = Path.of("");

  private Entry entry() throws Exception {
    try (Ledger ledger =
        Ledger.create(temp.resolve("ledger"), "test.example/mask", LedgerOptions.defaults())) {
      long seq =
          ledger
              .appendDurably(
                  EntryDraft.builder("api", "user:u", "tool_call")
                      .target("/secret")
                      .payloadJson(PAYLOAD.getBytes(StandardCharsets.UTF_8))
                      .build())
              .seq();
      return ledger.reader().entry(seq);
    }
  }

  private static String masked(Entry entry, String names) throws Exception {
    return new String(
        CanonicalJson.write(FieldMask.parse(names).of(entry)), StandardCharsets.UTF_8);
  }

  @Test
  void aPathIsMaskedInEachElementOfListsOnTheWayAndTakesTheSaltAlong() throws Exception {
    Entry entry = entry();
    String salt = "\"payload_salt\":\"" + entry.payloadSalt() + '"';
    assertThat(masked(entry, "payload.args.path"))
        .isEqualTo(
            new String(entry.line(), StandardCharsets.UTF_8)
                .replace("\"path\":\"/a\"", "\"path\":\"***\"")
                .replace("{\"deep\":2}", "\"***\"")
                .replace(salt, "\"payload_salt\":\"***\""));
    assertThat(masked(entry, "target, payload"))
        .contains("\"target\":\"***\"")
        .contains("\"payload\":\"***\"")
        .contains("\"payload_salt\":\"***\"")
        .doesNotContain("/secret");
    assertThat(masked(entry, "target")).contains(salt);
  }

  @Test
  void whatAnEntryLacksMasksNothing() throws Exception {
    Entry entry = entry();
    assertThat(masked(entry, "tool,reason"))
        .isEqualTo(new String(entry.line(), StandardCharsets.UTF_8));
    assertThat(FieldMask.NONE.of(entry)).isEqualTo(FieldMask.parse("tool").of(entry));
  }

  @Test
  void namesThatAreNoneAreRefusedWithWhatMayBeMeant() {
    assertThatThrownBy(() -> FieldMask.parse("targt"))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("did you mean target?");
    assertThatThrownBy(() -> FieldMask.parse("seq"))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("cannot be masked");
  }
}
