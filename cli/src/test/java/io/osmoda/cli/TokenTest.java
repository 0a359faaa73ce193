package io.osmoda.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenTest {
  @TempDir Path temp;

  @Test
  void aTokenIsShownOnceListedWithoutItAndRevoked() throws IOException {
    TempLedger ledger = TempLedger.create(temp);
    String token =
        ledger.out("token", "create", "ci", "--role", "writer", "--actor", "agent:ci-*").strip();

    assertThat(token).startsWith("osm_");
    assertThat(Files.readString(ledger.trustFile().resolveSibling("tokens.json")))
        .doesNotContain(token);
    assertThat(ledger.out("token", "list"))
        .contains("ci", "writer", "agent:ci-*", "never")
        .doesNotContain(token);
    assertThat(ledger.out("token", "revoke", "ci")).contains("Revoked ci");
    assertThat(ledger.run("token", "revoke", "ci").code()).isEqualTo(2);
    assertThat(ledger.out("token", "list", "--json")).isEmpty();
  }

  @Test
  void wrongTokensAreExplained() throws IOException {
    TempLedger ledger = TempLedger.create(temp);

    assertThat(ledger.run("token", "create", "x", "--role", "king").err())
        .contains("writer, auditor or admin");
    assertThat(ledger.run("token", "create", "x", "--role", "writer").err()).contains("actor");
    assertThat(ledger.run("token", "create", "a b", "--role", "auditor").err()).contains("letters");
    assertThat(ledger.run("token", "create", "x", "--role", "auditor", "--expires", "soon").err())
        .contains("not a span of time");
    assertThat(ledger.run("token").err()).contains("needs a subcommand").contains("token create");
    assertThat(ledger.run("token", "make").err()).contains("unknown command 'token make'");
    assertThat(new TempLedger(temp.resolve("none")).run("token", "list").err())
        .contains("no key folder");
  }
}
