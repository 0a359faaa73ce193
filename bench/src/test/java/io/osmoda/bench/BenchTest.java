package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every run works at a tiny size; figures mean nothing there and are not looked at. */
final class BenchTest {
  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "floor", "append", "sync", "caller", "growth", "verify", "open", "proof", "index", "query",
        "sql", "follow"
      })
  void aRunMeasuresAndCleansUp(String run) {
    int exit = bench(run);

    assertThat(exit).as(text(err)).isZero();
    assertThat(text(out)).contains(run + ": ").contains("median").doesNotContain("NaN");
    assertThat(dir.resolve("data")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"daemon", "wrap", "api", "append-stdin"})
  void aRunThatNeedsTheCommandSaysSoWhereThereIsNone(String run) {
    assertThat(Launcher.osmoda()).as("tests do not run beside the launcher").isEmpty();

    assertThat(bench(run)).isZero();
    assertThat(text(out)).contains("skipped: there is no osmoda command here");
  }

  @Test
  void givesOneJsonObjectAndTellsProgressElsewhere() throws Exception {
    assertThat(bench("sync", "--json")).as(text(err)).isZero();

    JsonObject all = (JsonObject) CanonicalJson.parse(out.toByteArray(), 0, out.size() - 1);
    assertThat(all.members().keySet()).contains("at", "machine", "runs");
    assertThat(all.get("runs"))
        .isInstanceOfSatisfying(
            JsonArray.class,
            runs ->
                assertThat(runs.elements())
                    .singleElement()
                    .isInstanceOfSatisfying(
                        JsonObject.class, run -> assertThat(run.string("run")).isEqualTo("sync")));
    assertThat(text(err)).contains("round 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--fast", "--entries=5", "nonsense", "--rounds", "--seconds"})
  void wrongUseIsToldInOneLine(String argument) {
    assertThat(Bench.run(print(out), print(err), argument)).isEqualTo(2);
    assertThat(text(err).lines()).hasSize(1).first().asString().startsWith("osmoda bench: ");
    assertThat(out.size()).isZero();
  }

  @Test
  void helpNamesEveryRun() {
    assertThat(Bench.run(print(out), print(err), "--help")).isZero();
    assertThat(text(out))
        .contains(
            "floor", "append", "wrap", "api", "append-stdin", "growth", "follow", "--entries");
  }

  private int bench(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(
        List.of(
            "--entries",
            "300",
            "--seconds",
            "0.02",
            "--rounds",
            "1",
            "--dir",
            dir.resolve("data").toString()));
    return Bench.run(print(out), print(err), all.toArray(String[]::new));
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, UTF_8);
  }

  private static String text(ByteArrayOutputStream from) {
    return from.toString(UTF_8);
  }
}
