package io.osmoda.evidence;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A framework as its file describes it. Immutable.
 *
 * @param id short name, lower case
 * @param version of the file, not of the framework
 * @param source what the file rests on
 * @param applicability to whom the framework applies: an input for people, never decided here
 * @param dates since when which part applies
 * @param yaml the file's text
 */
public record Framework(
    String id,
    String name,
    String version,
    String source,
    String applicability,
    List<Application> dates,
    List<Control> controls,
    String yaml) {
  public Framework {
    dates = List.copyOf(dates);
    controls = List.copyOf(controls);
  }

  /**
   * When a part begins to apply.
   *
   * @param what the part
   */
  public record Application(LocalDate date, String what) {}

  /** The control of that id; null if there is none. */
  public @Nullable Control control(String wanted) {
    for (Control control : controls) {
      if (control.id().equals(wanted)) {
        return control;
      }
    }
    return null;
  }

  /** The same with one of its controls only. */
  Framework only(Control one) {
    return new Framework(id, name, version, source, applicability, dates, List.of(one), yaml);
  }

  byte[] bytes() {
    return yaml.getBytes(StandardCharsets.UTF_8);
  }
}
