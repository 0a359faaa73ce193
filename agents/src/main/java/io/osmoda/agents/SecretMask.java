package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@code [masked:KIND:DIGEST]} in the place of known secret shapes before anything is written.
 * DIGEST is the first 12 hex digits of an HMAC-SHA-256 under a key that is drawn for the run and
 * never leaves its memory: within a run equal secrets have equal marks, and nobody can test a guess
 * against them. Thread-safe.
 *
 * <p>Shapes are a net, not a proof: a secret that looks like nothing known passes through it.
 */
final class SecretMask {
  private static final int DIGEST_DIGITS = 12;

  /** A shape, and the literals one of which stands in every text that holds it. */
  private record Shape(String kind, List<String> hints, Pattern pattern) {}

  private static final List<Shape> SHAPES =
      List.of(
          shape(
              "private_key",
              "-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE"
                  + " KEY(?: BLOCK)?-----|\\z)",
              "-----BEGIN "),
          shape(
              "aws_access_key",
              "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b",
              "AKIA",
              "ASIA",
              "ABIA",
              "ACCA"),
          shape(
              "github_token",
              "\\b(?:gh[pousr]_[A-Za-z0-9_]{20,}|github_pat_[A-Za-z0-9_]{20,})",
              "ghp_",
              "gho_",
              "ghu_",
              "ghs_",
              "ghr_",
              "github_pat_"),
          shape(
              "gitlab_token",
              "\\bgl(?:pat|dt|rt|cbt|ptt|soat)-[A-Za-z0-9_.-]{16,}",
              "glpat-",
              "gldt-",
              "glrt-",
              "glcbt-",
              "glptt-",
              "glsoat-"),
          shape(
              "slack_token",
              "\\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\\bxapp-[A-Za-z0-9-]{8,}",
              "xox",
              "xapp-"),
          shape(
              "slack_webhook",
              "(?<=hooks\\.slack\\.com/services/)[A-Za-z0-9/]{16,}",
              "hooks.slack.com/"),
          shape("jwt", "\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*", "eyJ"),
          shape(
              "api_key",
              "\\b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{16,}",
              "sk-",
              "sk_",
              "rk_",
              "rk-",
              "pk_",
              "pk-"),
          shape("google_api_key", "\\bAIza[A-Za-z0-9_-]{30,}", "AIza"),
          shape("google_token", "\\bya29\\.[A-Za-z0-9_-]{16,}", "ya29."),
          shape("npm_token", "\\bnpm_[A-Za-z0-9]{30,}", "npm_"),
          shape("huggingface_token", "\\bhf_[A-Za-z0-9]{20,}", "hf_"),
          shape("sendgrid_key", "\\bSG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}", "SG."),
          shape("url_userinfo", "(?<=://)[^\\s/?#@\"'<>\\\\]{1,256}(?=@)", "://"),
          shape(
              "authorization",
              "(?i:(?<=\\b(?:bearer|basic|token)\\s{1,4}))[A-Za-z0-9._~+/=-]{8,}",
              "earer ",
              "EARER ",
              "asic ",
              "ASIC ",
              "Token ",
              "token "));

  /**
   * {@code password = …}, {@code "api_key": "…"} and their like inside text, also where the quotes
   * are escaped because JSON stands inside JSON.
   */
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "(?i)(?<!\\[masked:[a-z_]{0,32})(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key"
              + "|private[_-]?key|authorization|credential)s?\\\\*[\"']?\\s{0,8}[:=]\\s{0,8}"
              + "(?:(?:bearer|basic|token)\\s{1,4})?"
              + "(?:(\\\\*)\"((?:(?!\\1\").){1,8192})\\1\"|'([^']{1,8192})'|([^\\s\"'\\\\,;&<>{}\\[\\]]{4,}))",
          Pattern.DOTALL);

  private static final List<String> ASSIGNED =
      List.of("passw", "passph", "secret", "token", "key", "authoriz", "credential");

  private static final Set<String> SECRET_NAMES =
      Set.of(
          "authorization",
          "proxyauthorization",
          "cookie",
          "setcookie",
          "pwd",
          "pass",
          "pin",
          "otp",
          "apikey",
          "xapikey",
          "auth",
          "credential",
          "credentials",
          "bearer",
          "jwt",
          "sessionid");
  private static final List<String> SECRET_ENDINGS =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "passcode",
          "secret",
          "secrets",
          "secretkey",
          "token",
          "apikey",
          "accesskey",
          "privatekey",
          "signingkey",
          "encryptionkey",
          "authtoken");

  /** Names that end like a secret's and are places in a list or a protocol's own. */
  private static final Set<String> HARMLESS_NAMES =
      Set.of(
          "progresstoken",
          "pagetoken",
          "nextpagetoken",
          "nexttoken",
          "continuationtoken",
          "synctoken",
          "cancellationtoken",
          "tokentype");

  private final SecretKeySpec key;

  SecretMask(SecureRandom random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  private static Shape shape(String kind, String pattern, String... hints) {
    return new Shape(kind, List.of(hints), Pattern.compile(pattern, Pattern.DOTALL));
  }

  /** Whether the value of a member, header or option of that name is a secret by its name. */
  static boolean isSecretName(String name) {
    if (name.length() > 64) {
      return false;
    }
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      if (Character.isLetterOrDigit(name.charAt(i))) {
        folded.append(name.charAt(i));
      }
    }
    String plain = folded.toString().toLowerCase(Locale.ROOT);
    if (HARMLESS_NAMES.contains(plain)) {
      return false;
    }
    return SECRET_NAMES.contains(plain) || SECRET_ENDINGS.stream().anyMatch(plain::endsWith);
  }

  /** The mark in the place of a secret. */
  String mark(String kind, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      String hex = HexFormat.of().formatHex(mac.doFinal(secret.getBytes(UTF_8)));
      return "[masked:" + kind + ":" + hex.substring(0, DIGEST_DIGITS) + "]";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HmacSHA256", e);
    }
  }

  /** The text with its secrets masked: the same instance if it holds none that are known. */
  String mask(String text) {
    String masked = text;
    for (Shape shape : SHAPES) {
      if (holdsOneOf(masked, shape.hints)) {
        masked = replace(masked, shape);
      }
    }
    return holdsAssignment(masked) ? replaceAssigned(masked) : masked;
  }

  private String replace(String text, Shape shape) {
    Matcher matcher = shape.pattern.matcher(text);
    StringBuilder out = null;
    int plain = 0;
    while (matcher.find()) {
      if (out == null) {
        out = new StringBuilder(text.length());
      }
      out.append(text, plain, matcher.start()).append(mark(shape.kind, matcher.group()));
      plain = matcher.end();
    }
    return out == null ? text : out.append(text, plain, text.length()).toString();
  }

  private String replaceAssigned(String text) {
    Matcher matcher = ASSIGNMENT.matcher(text);
    StringBuilder out = null;
    int plain = 0;
    while (matcher.find()) {
      int group = matcher.group(2) != null ? 2 : matcher.group(3) != null ? 3 : 4;
      String secret = matcher.group(group);
      if (secret.startsWith("[masked:")) {
        continue;
      }
      if (out == null) {
        out = new StringBuilder(text.length());
      }
      out.append(text, plain, matcher.start(group)).append(mark("member", secret));
      plain = matcher.end(group);
    }
    return out == null ? text : out.append(text, plain, text.length()).toString();
  }

  private static boolean holdsOneOf(String text, List<String> literals) {
    for (String literal : literals) {
      if (text.contains(literal)) {
        return true;
      }
    }
    return false;
  }

  /** A cheap look before the expensive one: a colon or equals sign, and a word in any case. */
  private static boolean holdsAssignment(String text) {
    if (text.indexOf('=') < 0 && text.indexOf(':') < 0) {
      return false;
    }
    return holdsOneOf(text.toLowerCase(Locale.ROOT), ASSIGNED);
  }

  /** A command line as it may be written: secrets by shape, and values of options by their name. */
  List<String> maskCommand(List<String> command) {
    List<String> masked = new ArrayList<>(command.size());
    String option = null;
    for (String argument : command) {
      int equals = argument.indexOf('=');
      String value = option == null ? mask(argument) : mark("option", argument);
      option = null;
      if (equals > 0 && isSecretName(argument.substring(0, equals))) {
        value = argument.substring(0, equals + 1) + mark("option", argument.substring(equals + 1));
      } else if (argument.startsWith("-") && equals < 0 && isSecretName(argument)) {
        option = argument;
      }
      masked.add(value);
    }
    return masked;
  }

  /**
   * What may stand as an entry's target for a URI: without userinfo, query and fragment, at most
   * {@code max} bytes and without control characters; null if nothing is left.
   */
  @Nullable String target(String uri, int max) {
    int end = uri.length();
    for (char c : new char[] {'?', '#'}) {
      int at = uri.indexOf(c);
      end = at >= 0 && at < end ? at : end;
    }
    String bare = uri.substring(0, end);
    int authority = bare.indexOf("://");
    if (authority >= 0) {
      int path = bare.indexOf('/', authority + 3);
      int at = bare.lastIndexOf('@', path < 0 ? bare.length() : path);
      if (at > authority) {
        bare = bare.substring(0, authority + 3) + bare.substring(at + 1);
      }
    }
    return clean(mask(bare), max);
  }

  /**
   * Text fit for an entry's member: no control characters or lone surrogates, at most max bytes.
   */
  static @Nullable String clean(String text, int max) {
    StringBuilder kept = new StringBuilder(Math.min(text.length(), max));
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0xd800 && c <= 0xdfff)) {
        c = 0xfffd;
      }
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes > max) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept.isEmpty() ? null : kept.toString();
  }
}
