package io.osmoda.evidence;

import io.osmoda.query.Spelling;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML file of plain values, read strictly: a misspelt member is an error with its place. For one
 * file.
 */
final class StrictYaml {
  private final String file;
  private final @Nullable Object top;

  private StrictYaml(String file, @Nullable Object top) {
    this.file = file;
    this.top = top;
  }

  /**
   * Parses a file.
   *
   * @param file its name, for messages
   */
  static StrictYaml parse(String file, String text) throws BadConfigurationException {
    try {
      // Only plain values: the engine makes no objects of other classes.
      return new StrictYaml(
          file,
          new Load(
                  LoadSettings.builder()
                      .setLabel(file)
                      .setAllowDuplicateKeys(false)
                      .setMaxAliasesForCollections(0)
                      .build())
              .loadFromString(text));
    } catch (YamlEngineException e) {
      throw new BadConfigurationException(file + " is not valid YAML: " + e.getMessage(), e);
    }
  }

  /** What the file holds; null where it is empty. */
  @Nullable Object top() {
    return top;
  }

  /**
   * An object of these members.
   *
   * @param at its place, for messages; empty at the top
   */
  Map<?, ?> object(String at, @Nullable Object value, List<String> members)
      throws BadConfigurationException {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(at, "must have members: " + String.join(", ", members));
    }
    for (Object name : map.keySet()) {
      if (!(name instanceof String given) || !members.contains(given)) {
        String near = Spelling.nearest(String.valueOf(name), members);
        throw wrong(
            at,
            "unknown member %s; %s"
                .formatted(
                    name,
                    near == null
                        ? "valid names are " + String.join(", ", members)
                        : "did you mean " + near + "?"));
      }
    }
    return map;
  }

  /** A text that must be there. */
  String text(String at, Map<?, ?> map, String name) throws BadConfigurationException {
    String text = textIfPresent(at, map, name);
    if (text == null) {
      throw wrong(place(at, name), "is missing");
    }
    return text;
  }

  /** A text; null where it is absent. */
  @Nullable String textIfPresent(String at, Map<?, ?> map, String name)
      throws BadConfigurationException {
    if (!map.containsKey(name)) {
      return null;
    }
    if (map.get(name) instanceof String value && !value.isBlank()) {
      return value.strip();
    }
    throw wrong(place(at, name), "must be a string (quote it if it looks like a number)");
  }

  List<?> list(String at, Map<?, ?> map, String name) throws BadConfigurationException {
    if (map.get(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(place(at, name), "must be a list");
  }

  static String place(String at, String name) {
    return at.isEmpty() ? name : at + "." + name;
  }

  /** What is wrong, and where. */
  BadConfigurationException wrong(String at, String problem) {
    return new BadConfigurationException(file + (at.isEmpty() ? "" : ", " + at) + ": " + problem);
  }
}
