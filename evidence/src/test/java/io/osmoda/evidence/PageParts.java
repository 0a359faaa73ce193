package io.osmoda.evidence;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts {@code verify.html} together out of its parts. Runs by itself too, see {@code
 * scripts/verify-page.sh}, so that making the page needs a JDK and nothing else.
 */
final class PageParts {
  static final Path PARTS = Path.of("src/main/page");
  static final Path PAGE = Path.of("src/main/resources/io/osmoda/evidence/verify.html");

  /** What the worker consists of, each part using only what stands before it. */
  private static final List<String> VERIFIER =
      List.of(
          "vendor/noble.js",
          "bytes.js",
          "sha256.js",
          "json.js",
          "scanner.js",
          "line.js",
          "zip.js",
          "tree.js",
          "trust.js",
          "manifest.js",
          "findings.js",
          "entries.js",
          "bundle.js",
          "worker.js");

  private static final Pattern SLOT = Pattern.compile("\\{\\{([a-z ]+)}}");

  private PageParts() {}

  /** The page's text. */
  static String join(Path parts) throws IOException {
    StringBuilder verifier = new StringBuilder("\n\"use strict\";\n");
    for (String part : VERIFIER) {
      verifier.append("\n// ==== ").append(part).append("\n\n").append(read(parts, part));
    }
    String script = "\n" + read(parts, "page.js");
    String style = "\n" + read(parts, "page.css");
    Map<String, String> slots =
        new TreeMap<>(
            Map.of(
                "verifier", verifier.toString(),
                "script", script,
                "script hash", hash(script),
                "style", style,
                "style hash", hash(style)));
    return SLOT.matcher(read(parts, "page.html"))
        .replaceAll(slot -> Matcher.quoteReplacement(filled(slots, slot.group(1))));
  }

  private static String filled(Map<String, String> slots, String name) {
    String text = slots.get(name);
    if (text == null) {
      throw new IllegalArgumentException("page.html has a slot that nothing fills: " + name);
    }
    return text;
  }

  private static String read(Path parts, String name) throws IOException {
    String text = Files.readString(parts.resolve(name));
    // Either would end the element that the part stands in, or change how it is read.
    if (!name.endsWith(".html") && (text.contains("</") || text.contains("<!--"))) {
      throw new IllegalArgumentException(name + " holds </ or <!--, which HTML would see");
    }
    return text;
  }

  /** As a content security policy names an inline script or style. */
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Writes the page; in the module's folder. */
  public static void main(String[] args) throws IOException {
    Files.writeString(PAGE, join(PARTS));
  }
}
