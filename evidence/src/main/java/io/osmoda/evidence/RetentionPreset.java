package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How long a source asks that something be kept, with what it does not say. A help to choose, no
 * advice. Immutable.
 *
 * @param keep such as {@code 6 years}; null where the source leaves it to others
 * @param source where it stands
 * @param says what it says, in our own words
 * @param caveat what it does not say
 */
public record RetentionPreset(
    String id, @Nullable String keep, String source, String says, String caveat) {
  private static final String FILE = "retention.yaml";
  private static final List<String> MEMBERS = List.of("id", "keep", "source", "says", "caveat");

  /** Those that come along. */
  public static List<RetentionPreset> all() throws IOException {
    try (InputStream in = RetentionPreset.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not in the class path");
      }
      StrictYaml yaml =
          StrictYaml.parse(FILE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      List<RetentionPreset> presets = new ArrayList<>();
      int index = 0;
      Map<?, ?> top = yaml.object("", yaml.top(), List.of("presets"));
      for (Object each : yaml.list("", top, "presets")) {
        String at = "presets[" + index++ + "]";
        Map<?, ?> preset = yaml.object(at, each, MEMBERS);
        presets.add(
            new RetentionPreset(
                yaml.text(at, preset, "id"),
                yaml.textIfPresent(at, preset, "keep"),
                yaml.text(at, preset, "source"),
                yaml.text(at, preset, "says"),
                yaml.text(at, preset, "caveat")));
      }
      return List.copyOf(presets);
    }
  }

  /**
   * The preset of that id.
   *
   * @throws RequestRefusedException if there is none; names those that there are
   */
  public static RetentionPreset get(String id) throws IOException {
    List<RetentionPreset> all = all();
    for (RetentionPreset preset : all) {
      if (preset.id.equals(id)) {
        return preset;
      }
    }
    throw new RequestRefusedException(
        "unknown preset %s; valid values are %s"
            .formatted(
                id, all.stream().map(RetentionPreset::id).collect(Collectors.joining(", "))));
  }

  /** For programs. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("id", id)
        .putIfPresent("keep", keep)
        .put("source", source)
        .put("says", says)
        .put("caveat", caveat)
        .build();
  }
}
