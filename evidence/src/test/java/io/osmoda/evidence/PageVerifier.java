package io.osmoda.evidence;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.verify.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Judges bundles with {@code verify.html} in a real browser, as a person would: opened from a file,
 * bundle and policy chosen in its inputs. One browser for many bundles. Not thread-safe.
 */
final class PageVerifier implements Closeable {
  private final Browser browser;
  private @Nullable Path policy;

  /**
   * What the page said.
   *
   * @param lowestSeq the lowest number that a finding concerns; null where none does
   * @param kinds of the findings
   * @param json all of it
   */
  record PageVerdict(
      Verdict verdict, @Nullable Long lowestSeq, Set<String> kinds, JsonObject json) {}

  /** Opens the page that is checked in. */
  PageVerifier(Browser.Kind kind) throws IOException {
    this(kind, PageParts.PAGE);
  }

  /** Opens a page. */
  PageVerifier(Browser.Kind kind, Path html) throws IOException {
    browser = kind.start();
    try {
      browser.open(html.toAbsolutePath().normalize().toUri());
    } catch (IOException | RuntimeException e) {
      browser.close();
      throw e;
    }
  }

  /** Loads the page again, which forgets what was chosen. */
  void reload() throws IOException {
    browser.reload();
    policy = null;
  }

  /** For what only a look at the page tells. */
  Browser browser() {
    return browser;
  }

  /**
   * Judges a bundle.
   *
   * @param trust null for none
   */
  PageVerdict verify(Path zip, @Nullable Path trust) throws IOException {
    if (!Objects.equals(trust, policy)) {
      if (trust == null) {
        reload();
      } else {
        browser.choose("#policy", trust);
        browser.await(
            """
            const done = arguments[0];
            const look = () => document.getElementById("policy-chosen").textContent.includes(":")
                ? done() : setTimeout(look, 2);
            look();
            """);
      }
      policy = trust;
    }
    browser.choose("#bundle", zip);
    JsonString said =
        (JsonString)
            browser.await(
                """
                const done = arguments[0];
                const look = () => ["done", "failed"].includes(document.body.dataset.state)
                    ? done(document.getElementById("json").textContent) : setTimeout(look, 2);
                document.getElementById("verify").click();
                look();
                """);
    return parse(said.value());
  }

  private static PageVerdict parse(String text) throws IOException {
    JsonObject json;
    try {
      json = (JsonObject) CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw new IOException("the page gave no JSON: " + text, e);
    }
    Long lowest = null;
    Set<String> kinds = new TreeSet<>();
    for (var each : ((JsonArray) Objects.requireNonNull(json.get("findings"))).elements()) {
      JsonObject finding = (JsonObject) each;
      kinds.add(String.valueOf(finding.string("kind")));
      if (finding.get("seq") instanceof JsonNumber(var seq) && (lowest == null || seq < lowest)) {
        lowest = (long) seq;
      }
    }
    String verdict = Objects.requireNonNull(json.string("verdict"));
    return new PageVerdict(Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)), lowest, kinds, json);
  }

  @Override
  public void close() throws IOException {
    browser.close();
  }
}
