package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
  private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

  @TempDir Path folder;

  private TokenFile tokens(Instant now) {
    return new TokenFile(folder, Clock.fixed(now, ZoneOffset.UTC), new SecureRandom());
  }

  @Test
  void theFileHoldsTheHashAndNotTheTokenAndIsClosedToOthers() throws IOException {
    String token = tokens(NOW).add("ci", Role.WRITER, List.of("agent:ci-*"), null);

    Path file = folder.resolve(TokenFile.NAME);
    assertThat(token).startsWith("osm_").hasSize(47);
    assertThat(Files.readString(file)).contains("\"sha256\":").doesNotContain(token.substring(4));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aTokenCountsInAnotherProcessAtOnce() throws IOException {
    TokenFile daemon = tokens(NOW);
    assertThat(daemon.authenticate("osm_x")).isNull();

    String token = tokens(NOW).add("ci", Role.WRITER, List.of("agent:ci-*"), null);

    Caller caller = daemon.authenticate(token);
    assertThat(caller).isNotNull();
    assertThat(caller)
        .isEqualTo(
            new Caller(
                "token:ci", "http", Role.WRITER, List.of(new ActorPattern("agent:ci-*")), false));
    assertThat(tokens(NOW).revoke("ci")).isTrue();
    assertThat(daemon.authenticate(token)).isNull();
    assertThat(tokens(NOW).revoke("ci")).isFalse();
  }

  @Test
  void aTokenEndsAtItsExpiryAndNotBefore() throws IOException {
    String token = tokens(NOW).add("t", Role.AUDITOR, List.of(), NOW.plusSeconds(60));

    assertThat(tokens(NOW.plusSeconds(60).minusNanos(1)).authenticate(token)).isNotNull();
    assertThat(tokens(NOW.plusSeconds(60)).authenticate(token)).isNull();
  }

  @Test
  void aNameIsTakenOnce() throws IOException {
    tokens(NOW).add("t", Role.AUDITOR, List.of(), null);

    assertThatThrownBy(() -> tokens(NOW).add("t", Role.ADMIN, List.of(), null))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("already");
    assertThat(tokens(NOW).list()).hasSize(1);
  }

  @Test
  void aWriterWithoutActorsIsRefused() {
    assertThatThrownBy(() -> tokens(NOW).add("t", Role.WRITER, List.of(), null))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessageContaining("needs at least one actor");
  }

  @Test
  void aFileThatOthersCanReadIsNotUsed() throws IOException {
    String token = tokens(NOW).add("t", Role.AUDITOR, List.of(), null);
    Files.setPosixFilePermissions(
        folder.resolve(TokenFile.NAME), PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> tokens(NOW).authenticate(token))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"tokens\":1}",
        "{\"tokens\":[1]}",
        "{\"tokens\":[{\"name\":\"x\"}]}",
        "{\"tokens\":[{\"name\":\"x\",\"role\":\"king\",\"created\":\"2026-01-01T00:00:00Z\","
            + "\"sha256\":\"00\"}]}"
      })
  void aFileThatIsNoTokenFileIsNamed(String content) throws IOException {
    Path file = folder.resolve(TokenFile.NAME);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);

    assertThatThrownBy(() -> tokens(NOW).list())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void tokensMadeAtOnceAreAllKept() {
    List<CompletableFuture<Void>> made =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.runAsync(
                        () -> {
                          try {
                            tokens(NOW).add("t" + i, Role.AUDITOR, List.of(), null);
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                        }))
            .toList();
    made.forEach(CompletableFuture::join);

    assertThat(Files.exists(folder.resolve(TokenFile.NAME))).isTrue();
    try {
      assertThat(tokens(NOW).list()).hasSize(8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
