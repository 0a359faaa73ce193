package io.osmoda.evidence;

import io.osmoda.query.Condition;
import io.osmoda.query.WhereException;
import io.osmoda.query.WhereParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads one framework's file, strictly: a misspelt member is an error. For one file. */
final class FrameworkReader {
  /** Longest file, UTF-16 units. */
  static final int MAX_LENGTH = 1 << 20;

  private static final String ID = "[a-z0-9][a-z0-9.-]{0,63}";
  private static final String ACTION = "[a-z][a-z0-9_]{0,63}";

  private final String file;
  private final String text;

  private FrameworkReader(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Reads a framework.
   *
   * @param file its name, for messages
   */
  static Framework read(String file, String text) throws BadFrameworkException {
    return new FrameworkReader(file, text).read();
  }

  private Framework read() throws BadFrameworkException {
    if (text.length() > MAX_LENGTH) {
      throw wrong("", "a framework file has at most " + MAX_LENGTH + " characters");
    }
    Object parsed;
    try {
      // Only plain values: the engine makes no objects of other classes.
      parsed =
          new Load(
                  LoadSettings.builder()
                      .setLabel(file)
                      .setAllowDuplicateKeys(false)
                      .setMaxAliasesForCollections(0)
                      .build())
              .loadFromString(text);
    } catch (YamlEngineException e) {
      throw new BadFrameworkException(file + " is not valid YAML: " + e.getMessage(), e);
    }
    Map<?, ?> top =
        object(
            "",
            parsed,
            List.of("id", "name", "version", "source", "applicability", "dates", "controls"));
    String id = string("", top, "id");
    if (!id.matches(ID)) {
      throw wrong("id", "must match " + ID + ", not \"" + id + '"');
    }
    List<Control> controls = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int index = 0;
    for (Object each : list("", top, "controls")) {
      Control control = control("controls[" + index++ + "]", each);
      if (!seen.add(control.id())) {
        throw wrong("controls", "duplicate control " + control.id());
      }
      controls.add(control);
    }
    if (controls.isEmpty()) {
      throw wrong("controls", "a framework needs at least one control");
    }
    return new Framework(
        id,
        string("", top, "name"),
        string("", top, "version"),
        string("", top, "source"),
        string("", top, "applicability"),
        dates(top),
        controls,
        text);
  }

  private List<Framework.Application> dates(Map<?, ?> top) throws BadFrameworkException {
    List<Framework.Application> dates = new ArrayList<>();
    int index = 0;
    for (Object each : list("", top, "dates")) {
      String at = "dates[" + index++ + "]";
      Map<?, ?> date = object(at, each, List.of("date", "what"));
      try {
        dates.add(
            new Framework.Application(
                LocalDate.parse(string(at, date, "date")), string(at, date, "what")));
      } catch (DateTimeException e) {
        throw new BadFrameworkException(
            "%s, %s.date: not a date such as 2027-12-02: %s".formatted(file, at, date.get("date")),
            e);
      }
    }
    return dates;
  }

  private Control control(String at, Object value) throws BadFrameworkException {
    Map<?, ?> control =
        object(
            at,
            value,
            List.of(
                "id",
                "title",
                "asks",
                "requirements",
                "supports",
                "cannot_show",
                "human_evidence"));
    Set<Requirement> requirements = new LinkedHashSet<>();
    for (Object each : list(at, control, "requirements")) {
      Requirement requirement = Requirement.of(String.valueOf(each));
      if (requirement == null) {
        throw wrong(at + ".requirements", "unknown requirement " + each);
      }
      requirements.add(requirement);
    }
    List<SupportRule> rules = new ArrayList<>();
    int index = 0;
    for (Object each : list(at, control, "supports")) {
      rules.add(rule(at + ".supports[" + index++ + "]", each));
    }
    return new Control(
        string(at, control, "id"),
        string(at, control, "title"),
        string(at, control, "asks"),
        rules,
        string(at, control, "cannot_show"),
        string(at, control, "human_evidence"),
        requirements);
  }

  private SupportRule rule(String at, Object value) throws BadFrameworkException {
    Map<?, ?> rule = object(at, value, List.of("actions", "where"));
    List<String> actions = new ArrayList<>();
    for (Object each : list(at, rule, "actions")) {
      if (!(each instanceof String action) || !action.matches(ACTION)) {
        throw wrong(at + ".actions", "not an action name: " + each);
      }
      actions.add(action);
    }
    if (actions.isEmpty()) {
      throw wrong(at + ".actions", "a rule needs at least one action");
    }
    return new SupportRule(
        actions, rule.containsKey("where") ? where(at, string(at, rule, "where")) : null);
  }

  private Condition where(String at, String where) throws BadFrameworkException {
    Condition condition;
    try {
      condition = WhereParser.parse(where, Instant.EPOCH, ZoneOffset.UTC);
    } catch (WhereException e) {
      throw new BadFrameworkException(
          "%s, %s.where, column %d: %s".formatted(file, at, e.column() + 1, e.getMessage()), e);
    }
    if (!staysWithoutPayload(condition)) {
      throw wrong(
          at + ".where",
          "may use only members that remain when a payload is removed, and no points in time");
    }
    return condition;
  }

  private static boolean staysWithoutPayload(Condition condition) {
    return switch (condition) {
      case Condition.And(var parts) ->
          parts.stream().allMatch(FrameworkReader::staysWithoutPayload);
      case Condition.Or(var parts) -> parts.stream().allMatch(FrameworkReader::staysWithoutPayload);
      case Condition.Not(var part) -> staysWithoutPayload(part);
      case Condition.Equal e -> true;
      case Condition.Begins b -> true;
      case Condition.Like l -> true;
      case Condition.Present p -> true;
      default -> false;
    };
  }

  private Map<?, ?> object(String at, @Nullable Object value, List<String> members)
      throws BadFrameworkException {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(at, "must have the members " + String.join(", ", members));
    }
    for (Object name : map.keySet()) {
      if (!(name instanceof String known) || !members.contains(known)) {
        throw wrong(
            at, "unknown member " + name + "; valid names are " + String.join(", ", members));
      }
    }
    return map;
  }

  private String string(String at, Map<?, ?> map, String name) throws BadFrameworkException {
    if (map.get(name) instanceof String value && !value.isBlank()) {
      return value.strip();
    }
    throw wrong(
        at.isEmpty() ? name : at + "." + name,
        map.containsKey(name)
            ? "must be a string (quote it if it looks like a number)"
            : "is missing");
  }

  private List<?> list(String at, Map<?, ?> map, String name) throws BadFrameworkException {
    if (map.get(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(at.isEmpty() ? name : at + "." + name, "must be a list; use [] for none");
  }

  private BadFrameworkException wrong(String at, String problem) {
    return new BadFrameworkException(file + (at.isEmpty() ? "" : ", " + at) + ": " + problem);
  }
}
