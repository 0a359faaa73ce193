package io.osmoda.agents;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which content goes into entries. Rules are tried in order and the first whose pattern matches the
 * name decides; {@code *} stands for any characters, {@code ?} for one. Names are a tool's name,
 * {@code resource:URI}, {@code prompt:NAME}, {@code sampling}, {@code elicitation}, and a method's
 * name for what the proxy does not know. Immutable and thread-safe.
 */
public final class CapturePolicy {
  /** Bytes of arguments or result, each, that are kept whole unless said otherwise. */
  public static final int DEFAULT_MAX_PART = 64 * 1024;

  /** The largest cap: two such parts and their surroundings fit an entry of 1 MiB. */
  public static final int LARGEST_MAX_PART = 256 * 1024;

  /** Everything in full, under the default cap. */
  public static final CapturePolicy FULL =
      new CapturePolicy(CaptureMode.FULL, List.of(), DEFAULT_MAX_PART);

  private record Rule(String glob, Pattern pattern, CaptureMode mode) {}

  private final CaptureMode otherwise;
  private final List<Rule> rules;
  private final int maxPart;

  private CapturePolicy(CaptureMode otherwise, List<Rule> rules, int maxPart) {
    this.otherwise = otherwise;
    this.rules = rules;
    this.maxPart = maxPart;
  }

  /**
   * Reads a policy from words such as {@code full}, {@code read_*=digest}, {@code vault_*=none}: a
   * word alone is the mode for all that no rule names.
   *
   * @throws RequestRefusedException for a word that is neither a mode nor PATTERN=MODE
   */
  public static CapturePolicy parse(List<String> words) {
    CapturePolicy policy = FULL;
    for (String word : words) {
      int equals = word.lastIndexOf('=');
      policy =
          equals < 0
              ? policy.otherwise(CaptureMode.parse(word))
              : policy.with(
                  word.substring(0, equals), CaptureMode.parse(word.substring(equals + 1)));
    }
    return policy;
  }

  /** The same rules with another mode for what none of them names. */
  public CapturePolicy otherwise(CaptureMode mode) {
    return new CapturePolicy(mode, rules, maxPart);
  }

  /** The same policy with one more rule, tried after those that it has. */
  public CapturePolicy with(String glob, CaptureMode mode) {
    if (glob.isEmpty()) {
      throw new RequestRefusedException(
          "a capture rule must have the form PATTERN=MODE, such as read_*=digest");
    }
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(glob, pattern(glob), mode));
    return new CapturePolicy(otherwise, List.copyOf(more), maxPart);
  }

  /**
   * The same policy with another cap.
   *
   * @param bytes of JSON text, 256 to {@link #LARGEST_MAX_PART}
   */
  public CapturePolicy maxPart(int bytes) {
    if (bytes < 256 || bytes > LARGEST_MAX_PART) {
      throw new RequestRefusedException(
          "the capture cap must be 256 to " + LARGEST_MAX_PART + " bytes, not " + bytes);
    }
    return new CapturePolicy(otherwise, rules, bytes);
  }

  /** Bytes of arguments or result, each, that are kept whole. */
  public int maxPart() {
    return maxPart;
  }

  /** The mode for that name. */
  public CaptureMode modeOf(String name) {
    for (Rule rule : rules) {
      if (rule.pattern.matcher(name).matches()) {
        return rule.mode;
      }
    }
    return otherwise;
  }

  /** The rules in the form that {@link #parse} reads, the mode for all else last. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Rule rule : rules) {
      text.append(rule.glob).append('=').append(rule.mode.text()).append(' ');
    }
    return text.append(otherwise.text()).toString();
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
