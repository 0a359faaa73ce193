package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Needs;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.OsmodaVerify;
import io.osmoda.verify.VerifyOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All verifiers of bundles, each asked of many at once: the class that {@code osmoda verify-bundle}
 * is, the jar in this process and in one of its own, verify.py and verify.html. One whose tool is
 * missing skips its test, and says why.
 */
final class Verifiers {
  private static final Path JAR = Path.of("..", "verify", "target", "osmoda-verify.jar");
  private static final Path SCRIPT =
      Path.of("src", "main", "resources", "io", "osmoda", "evidence", "verify.py");

  private Verifiers() {}

  /**
   * A bundle to judge.
   *
   * @param policy null for none
   */
  record Case(String what, Path bundle, @Nullable Path policy) {
    boolean isZip() {
      return Files.isRegularFile(bundle);
    }
  }

  /** What two verifiers agree in, if they agree (section 8). */
  record Judgement(String verdict, @Nullable Long lowestSeq) {
    static Judgement of(JsonObject json) {
      Long lowest = null;
      for (JsonValue each : ((JsonArray) Objects.requireNonNull(json.get("findings"))).elements()) {
        if (((JsonObject) each).get("seq") instanceof JsonNumber(var seq)
            && (lowest == null || seq < lowest)) {
          lowest = (long) seq;
        }
      }
      return new Judgement(String.valueOf(json.string("verdict")), lowest);
    }
  }

  /** What the verifier in Java says. */
  static List<BundleVerification> ours(List<Case> cases) throws Exception {
    List<BundleVerification> found = new ArrayList<>();
    for (Case each : cases) {
      VerifyOptions options = VerifyOptions.defaults();
      if (each.policy() != null) {
        options = options.withTrust(TrustPolicy.load(each.policy()), "given");
      }
      found.add(BundleVerifier.verify(each.bundle(), options));
    }
    return found;
  }

  static Judgement judgement(BundleVerification found) {
    return new Judgement(found.verdict().text(), found.lowestSeq());
  }

  /** A verifier, asked of many bundles. */
  interface Asked {
    List<Judgement> judge(List<Case> cases) throws Exception;
  }

  /** Judges all cases of one policy after the other. */
  private interface Batch {
    List<JsonObject> judge(List<String> arguments) throws Exception;
  }

  private static List<Judgement> byPolicy(List<Case> cases, Batch batch) throws Exception {
    Map<Path, List<Case>> groups = new LinkedHashMap<>();
    Path none = Path.of("");
    for (Case each : cases) {
      groups
          .computeIfAbsent(each.policy() == null ? none : each.policy(), key -> new ArrayList<>())
          .add(each);
    }
    Map<Case, Judgement> judged = new LinkedHashMap<>();
    for (Map.Entry<Path, List<Case>> group : groups.entrySet()) {
      List<String> arguments = new ArrayList<>(List.of("--json"));
      if (!group.getKey().equals(none)) {
        arguments.addAll(List.of("--trust", group.getKey().toString()));
      }
      group.getValue().forEach(each -> arguments.add(each.bundle().toString()));
      List<JsonObject> said = batch.judge(arguments);
      assertThat(said).hasSameSizeAs(group.getValue());
      for (int i = 0; i < said.size(); i++) {
        judged.put(group.getValue().get(i), Judgement.of(said.get(i)));
      }
    }
    return cases.stream().map(each -> Objects.requireNonNull(judged.get(each))).toList();
  }

  private static List<JsonObject> parsed(Stream<String> lines) throws Exception {
    List<JsonObject> parsed = new ArrayList<>();
    for (String line : lines.toList()) {
      parsed.add((JsonObject) CanonicalJson.parse(line.getBytes(UTF_8)));
    }
    return parsed;
  }

  /** What the jar's command says in this process. */
  static List<Judgement> command(List<Case> cases) throws Exception {
    return byPolicy(
        cases,
        arguments -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          ByteArrayOutputStream err = new ByteArrayOutputStream();
          try (PrintStream told = new PrintStream(out, false, UTF_8);
              PrintStream complained = new PrintStream(err, false, UTF_8)) {
            OsmodaVerify.run(arguments, told, complained);
          }
          assertThat(err.toString(UTF_8)).isEmpty();
          return parsed(out.toString(UTF_8).lines());
        });
  }

  /** What the jar says, as an auditor starts it. */
  static List<Judgement> jar(List<Case> cases, Path temp) throws Exception {
    Needs.met(
        "osmoda-verify.jar",
        Files.exists(JAR) && !isOlder(JAR, Path.of("..", "verify", "target", "classes")),
        "there is no osmoda-verify.jar of these classes; ./mvnw verify makes it");
    return byPolicy(
        cases,
        arguments -> {
          List<String> command =
              new ArrayList<>(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:+UseSerialGC",
                      "-jar",
                      JAR.toString()));
          command.addAll(arguments);
          return parsed(output(command, null, temp, 0, 1, 2));
        });
  }

  private static boolean isOlder(Path file, Path folder) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path each : walk.filter(Files::isRegularFile).toList()) {
        if (Files.getLastModifiedTime(each).compareTo(time) > 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** What verify.py says. */
  static List<Judgement> python(List<Case> cases, Path temp) throws Exception {
    Needs.program("python3");
    StringBuilder input = new StringBuilder();
    for (Case each : cases) {
      input.append(each.bundle().toAbsolutePath()).append('\t');
      input.append(each.policy() == null ? "" : each.policy().toAbsolutePath()).append('\n');
    }
    Path in = Files.writeString(Files.createTempFile(temp, "cases", ""), input);
    List<Judgement> judgements = new ArrayList<>();
    for (JsonObject json :
        parsed(output(List.of("python3", SCRIPT.toString(), "--batch"), in, temp, 0))) {
      assertThat(json.get("error")).as("%s", cases.get(judgements.size())).isNull();
      judgements.add(Judgement.of(json));
    }
    return judgements;
  }

  private static Stream<String> output(
      List<String> command, @Nullable Path in, Path temp, Integer... codes) throws Exception {
    Path out = Files.createTempFile(temp, "said", "");
    Path err = Files.createTempFile(temp, "complained", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    if (in != null) {
      builder.redirectInput(in.toFile());
    }
    int code = builder.start().waitFor();
    assertThat(Files.readString(err)).isEmpty();
    assertThat(code).isIn((Object[]) codes);
    return Files.readAllLines(out).stream();
  }

  /** What verify.html says of zips. */
  static List<Judgement> page(Browser.Kind kind, List<Case> zips) throws Exception {
    kind.needed();
    List<Judgement> judgements = new ArrayList<>();
    try (PageVerifier page = new PageVerifier(kind)) {
      for (Case each : zips) {
        PageVerifier.PageVerdict said = page.verify(each.bundle(), each.policy());
        judgements.add(new Judgement(said.verdict().text(), said.lowestSeq()));
      }
    }
    return judgements;
  }

  /** Fails with all disagreements at once. */
  static void assertSame(
      List<Case> cases, List<BundleVerification> ours, List<Judgement> theirs, String who) {
    assertThat(theirs).hasSameSizeAs(cases);
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      if (!judgement(ours.get(i)).equals(theirs.get(i))) {
        differing.add(
            "%s (%s): ours %s %s, %s %s"
                .formatted(
                    cases.get(i).what(),
                    cases.get(i).isZip() ? "zip" : "folder",
                    judgement(ours.get(i)),
                    ours.get(i).findings(),
                    who,
                    theirs.get(i)));
      }
    }
    assertThat(differing).isEmpty();
  }
}
