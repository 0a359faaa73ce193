package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretMaskTest {
  private final SecretMask mask = new SecretMask(new SecureRandom());

  /** Made up, and put together so that no scanner of sources takes them for real. */
  private static final Map<String, String> SECRETS =
      Map.ofEntries(
          Map.entry("AKIA" + "IOSFODNN7EXAMPLE", "aws_access_key"),
          Map.entry("ghp_" + "a1B2".repeat(9), "github_token"),
          Map.entry("github_pat_" + "a1B2_".repeat(9), "github_token"),
          Map.entry("glpat-" + "a1B2".repeat(5), "gitlab_token"),
          Map.entry("xoxb-" + "1234-abcd-EFGH", "slack_token"),
          Map.entry("eyJ" + "hbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK", "jwt"),
          Map.entry("sk-" + "proj-abcdefghijkl1234", "api_key"),
          Map.entry("sk_live_" + "abcdefghijkl1234", "api_key"),
          Map.entry("AIza" + "aB3".repeat(12), "google_api_key"),
          Map.entry("npm_" + "aB3".repeat(12), "npm_token"),
          Map.entry("hf_" + "aB3".repeat(10), "huggingface_token"));

  @Test
  void knownShapesAreMaskedInsideText() {
    SECRETS.forEach(
        (secret, kind) -> {
          for (String text : List.of("%s", "use %s now", "\"%s\"", "a=%s,b", "x\n%s\ny")) {
            String masked = mask.mask(text.formatted(secret));
            assertThat(masked).as(secret).doesNotContain(secret).contains("[masked:" + kind + ":");
          }
        });
  }

  @Test
  void aPemKeyIsMaskedAlsoWhereItsEndIsCutOff() {
    String key = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA\nabc\n";
    String whole = key + "-----END RSA PRIVATE " + "KEY-----";
    assertThat(mask.mask("a " + whole + " b")).matches("a \\[masked:private_key:\\w{12}\\] b");
    assertThat(mask.mask("a " + key)).matches("a \\[masked:private_key:\\w{12}\\]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Authorization: Bearer abcdef123456 | abcdef123456",
        "authorization: basic dXNlcjpwYXNz | dXNlcjpwYXNz",
        "postgres://bob:hunter2@db/x | hunter2",
        "password=hunter2 | hunter2",
        "DB_PASSWORD: 'two words' | two words",
        "{\"api_key\":\"abc def\"} | abc def",
        "{\\\"client_secret\\\":\\\"abc def\\\"} | abc def",
        "export GITHUB_TOKEN=abcdefgh | abcdefgh",
      })
  void valuesBehindTheirNamesAreMaskedInText(String text, String secret) {
    assertThat(mask.mask(text)).doesNotContain(secret).contains("[masked:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a plain sentence about passwords and tokens",
        "{\"path\":\"/etc/hosts\",\"n\":12}",
        "https://example.org/a?b=c",
        "task-force sk-8 risk-averse-decision",
        "the monkey: bananas",
        "max_tokens: 100",
      })
  void plainTextIsLeftAlone(String text) {
    assertThat(mask.mask(text)).isSameAs(text);
  }

  @Test
  void equalSecretsMatchWithinARunAndNotBetweenRuns() {
    String secret = "ghp_" + "x".repeat(36);
    assertThat(mask.mask(secret)).isEqualTo(mask.mask(secret));
    assertThat(mask.mask(secret)).isNotEqualTo(mask.mask("ghp_" + "y".repeat(36)));
    assertThat(mask.mask(secret)).isNotEqualTo(new SecretMask(new SecureRandom()).mask(secret));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "DB_PASSWORD",
        "client-secret",
        "apiKey",
        "x-api-key",
        "accessToken",
        "Authorization",
        "aws_secret_access_key",
        "privateKey",
        "cookie"
      })
  void namesOfSecrets(String name) {
    assertThat(SecretMask.isSecretName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"max_tokens", "progressToken", "nextPageToken", "tokens", "path", "keyboard"})
  void namesOfOtherThings(String name) {
    assertThat(SecretMask.isSecretName(name)).isFalse();
  }

  @Test
  void commandLinesLoseOptionValuesThatAreSecret() {
    String masked =
        String.join(
            " ",
            mask.maskCommand(
                List.of("srv", "--token", "s3cretvalue", "--api-key=other", "--root", "/data")));
    assertThat(masked)
        .doesNotContain("s3cretvalue", "other")
        .contains("srv --token [masked:option:", "--api-key=[masked:option:", "--root /data");
  }

  @Test
  void targetsHoldNoUserinfoQueryOrFragment() {
    assertThat(mask.target("https://u:p@h.example/a@b?q=1#f", 1_024))
        .isEqualTo("https://h.example/a@b");
    assertThat(mask.target("file:///a b/c#x", 1_024)).isEqualTo("file:///a b/c");
    assertThat(mask.target("?x", 1_024)).isNull();
    assertThat(mask.target("\n".repeat(3), 1_024)).isEqualTo("\ufffd\ufffd\ufffd");
    assertThat(SecretMask.clean("ä".repeat(600), 1_024)).hasSize(512);
    assertThat(SecretMask.clean("a\ud800b", 10)).isEqualTo("a\ufffdb");
  }

  @Test
  void longTextIsMaskedInReasonableTime() {
    String text = "token token: \" password= ://".repeat(40_000);
    long start = System.nanoTime();
    assertThat(mask.mask(text)).isNotNull();
    System.out.println(
        "masked 1 MB of near misses in " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }
}
