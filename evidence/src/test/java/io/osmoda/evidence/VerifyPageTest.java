package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.Ledger;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * verify.html, in real browsers and opened from a file: what each browser could do in its own way.
 * How it judges is in {@link VerifyPageJudgementTest}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VerifyPageTest {
  private static final String SCRIPT =
      "</script><script>document.title='taken'</script><img src=x onerror=document.title='taken'>";
  static final String ENTRIES = "entries.ndjson";

  final Browser.Kind browser;

  Path temp = Path.of("");
  Path part = Path.of(""); // by time and actor
  Path whole = Path.of(""); // everything
  Path policy = Path.of("");
  Map<String, byte[]> files = Map.of(); // of whole
  @Nullable PageVerifier page;

  VerifyPageTest(Browser.Kind browser) {
    this.browser = browser;
  }

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    temp = folder;
    part = folder.resolve("part.zip");
    whole = folder.resolve("whole.zip");
    try (Ledger ledger = SampleLedger.create(folder)) {
      SampleLedger.fill(ledger, 8);
      ledger.appendDurably(
          EntryDraft.builder("api", "agent:a1", "tool_call")
              .target(SCRIPT)
              .status(Status.OK)
              .payload(JsonObject.builder().put("text", SCRIPT).build())
              .build());
      ledger.redact(3, 3, "asked", JsonObject.EMPTY);
      policy = Files.copy(ledger.trustFile(), folder.resolve("auditor.policy"));
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(14).instant();
      Map<String, List<String>> actor = Map.of("actor", List.of("agent:a1"));
      try (BundleSink sink = new ZipFileSink(part)) {
        export.write(new ExportRequest(null, null, from, to, actor, false), "user:me", sink);
      }
      try (BundleSink sink = new ZipFileSink(whole)) {
        export.write(new ExportRequest(null, null, null, null, Map.of(), false), "user:me", sink);
      }
    }
    files = contents(whole);
    if (browser.isAvailable()) {
      page = new PageVerifier(browser);
    }
  }

  @AfterAll
  void close() throws IOException {
    if (page != null) {
      page.close();
    }
  }

  final PageVerifier page() {
    browser.needed();
    return Objects.requireNonNull(page);
  }

  static Map<String, byte[]> contents(Path zip) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
        contents.put(each.getName(), in.readAllBytes());
      }
    }
    return contents;
  }

  final Path zipOf(Map<String, byte[]> members) throws IOException {
    Path file = Files.createTempFile(temp, "made", ".zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
        out.closeEntry();
      }
    }
    return file;
  }

  /** Both verifiers judge a bundle, and must agree; gives what they agree in. */
  final PageVerifier.PageVerdict agreed(Path zip, Path trust, String what) throws Exception {
    BundleVerification ours = BundleVerifier.verify(zip, TrustPolicy.load(trust));
    PageVerifier.PageVerdict found = page().verify(zip, trust);
    assertThat(found.verdict()).as("%s: %s", what, found.json()).isEqualTo(ours.verdict());
    assertThat(found.lowestSeq()).as("%s: %s", what, found.json()).isEqualTo(ours.lowestSeq());
    return found;
  }

  final String shown(String id) throws IOException {
    return text("return document.getElementById('" + id + "').innerText");
  }

  final String text(String script) throws IOException {
    JsonValue value = page().browser().run(script);
    return value instanceof JsonString(var text) ? text : String.valueOf(value);
  }

  @Test
  void theCheckedInPageIsWhatItsPartsGive() throws IOException {
    assertThat(Files.readString(PageParts.PAGE))
        .as("run scripts/verify-page.sh")
        .isEqualTo(PageParts.join(PageParts.PARTS));
  }

  @Test
  void anIntactBundleIsCalledIntactInWords() throws Exception {
    assertThat(agreed(part, policy, "intact").verdict()).isEqualTo(Verdict.INTACT);
    assertThat(shown("verdict")).isEqualTo("Intact");
    assertThat(shown("details"))
        .contains("What is proved", "test.example/evidence", "actor is agent:a1", "signed")
        .contains("user:me");
    assertThat(agreed(whole, policy, "intact").verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void aSampleIsIntactAndSaidToBeOne() throws Exception {
    Path sample = temp.resolve("sample.zip");
    try (BundleSink sink = new ZipFileSink(sample)) {
      BundleSample.draw(part, 3, "chosen later", sink);
    }
    assertThat(agreed(sample, policy, "sample").verdict()).isEqualTo(Verdict.INTACT);
    assertThat(shown("meaning")).contains("It is a sample");
    assertThat(shown("details")).contains("chosen later");
  }

  @Test
  void withoutAPolicyNothingIsCalledIntact() throws Exception {
    assertThat(page().verify(part, null).verdict()).isEqualTo(Verdict.UNVERIFIABLE);
    assertThat(shown("verdict")).isEqualTo("Not to be judged");
    assertThat(shown("details")).contains("no trust policy was given");
  }

  @Test
  void whatIsNoPolicyIsRefusedWithItsLine() throws Exception {
    Path wrong = Files.writeString(temp.resolve("wrong.policy"), "\nlog me+12345678+AAAA\n");
    page().verify(part, null);
    page().browser().choose("#policy", wrong);
    page().browser().choose("#bundle", part);
    String told =
        ((JsonString)
                page()
                    .browser()
                    .await(
                        """
                        const told = document.getElementById("policy-chosen");
                        const look = () => told.textContent.includes("line")
                            ? arguments[0](told.textContent) : setTimeout(look, 2);
                        look();
                        """))
            .value();
    assertThat(told).contains("wrong.policy is no trust policy: line 2");
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void afterReloadingNothingIsChosenAndTheSameFilesCanBeChosenAgain() throws Exception {
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
    page().reload();
    assertThat(
            text(
                "const value = (id) => document.getElementById(id).value;"
                    + "return `${value('bundle')}, ${value('policy')}`"))
        .isEqualTo(", ");
    assertThat(shown("bundle-chosen") + shown("policy-chosen")).isEmpty();
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }

  @Test
  void whatIsNoZipIsNotJudged() throws Exception {
    Path none = Files.writeString(temp.resolve("none.zip"), "no zip at all");
    assertThat(agreed(none, policy, "no zip").verdict()).isEqualTo(Verdict.UNVERIFIABLE);
  }

  @Test
  void damageIsFound() throws Exception {
    Map<String, byte[]> damaged = new TreeMap<>(files);
    String entries = new String(Objects.requireNonNull(files.get(ENTRIES)), ISO_8859_1);
    String other = entries.replaceFirst("\"status\":\"ok\"", "\"status\":\"error\"");
    damaged.put(ENTRIES, other.getBytes(ISO_8859_1));
    PageVerifier.PageVerdict found = agreed(zipOf(damaged), policy, "another status");
    assertThat(found.verdict()).isEqualTo(Verdict.TAMPERED);
    assertThat(found.kinds()).contains(FindingKind.BAD_HASH.text());
    assertThat(shown("verdict")).isEqualTo("Tampered");
    assertThat(shown("details")).contains(FindingKind.BAD_HASH.text());
  }

  @Test
  void scriptInABundleIsText() throws Exception {
    assertThat(page().verify(whole, policy).verdict()).isEqualTo(Verdict.INTACT);
    String told =
        text(
            "document.querySelector('#details details').open = true;"
                + "return document.getElementById('details').innerText");
    assertThat(told).contains(SCRIPT);
    assertThat(text("return document.title")).isEqualTo("Verify a bundle · osModa Audit");
    assertThat(
            text(
                "return String(document.querySelectorAll('#details script, #details img').length)"))
        .isEqualTo("0");
  }

  @Test
  void thePageMayUseNoNetwork() throws Exception {
    page();
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Access-Control-Allow-Origin", "*");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      String outcome =
          ((JsonString)
                  page()
                      .browser()
                      .await(
                          """
                          const done = arguments[0];
                          const image = new Promise((tell) => {
                            const made = new Image();
                            made.onload = () => tell("loaded");
                            made.onerror = () => tell("refused");
                            made.src = "BASEimage";
                          });
                          const fetched =
                              fetch("BASEfetch").then(() => "fetched", () => "refused");
                          Promise.all([image, fetched]).then((all) => done(all.join()));
                          """
                              .replace("BASE", base)))
              .value();
      assertThat(outcome).isEqualTo("refused,refused");
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void thePageStaysFreeWhileItVerifiesAndCanBeStopped() throws Exception {
    Map<String, byte[]> large = new TreeMap<>(files);
    String lines = new String(files.get(ENTRIES), ISO_8859_1);
    large.put(ENTRIES, lines.repeat(1500).getBytes(ISO_8859_1));
    page().verify(part, policy);
    page().browser().choose("#bundle", zipOf(large));
    String seen =
        ((JsonString)
                page()
                    .browser()
                    .await(
                        """
                        const done = arguments[0];
                        const stop = document.getElementById("stop");
                        const told = document.getElementById("progress-text");
                        const look = () => {
                          if (document.body.dataset.state !== "running") {
                            done("it ended before it told how far it was");
                          } else if (told.textContent.includes("checked")) {
                            const text = told.textContent;
                            stop.click();
                            const { state } = document.body.dataset;
                            done(`${text} ${state}, focus on ${document.activeElement.id}`);
                          } else {
                            setTimeout(look, 1);
                          }
                        };
                        document.getElementById("verify").click();
                        look();
                        """))
            .value();
    assertThat(seen).matches("[0-9,]+ entries checked, \\d+ %, \\d+\\.\\d s idle, focus on verify");
    assertThat(page().verify(part, policy).verdict()).isEqualTo(Verdict.INTACT);
  }
}
