package io.osmoda.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Which controls of some frameworks belong to which common requirement, from their files. */
public final class RequirementTable {
  /** The frameworks side by side. */
  public static final List<String> COLUMNS = List.of("soc2", "hipaa", "part11");

  private static final String NONE = "(none)";

  private RequirementTable() {}

  /** Rows of cells; the first row is the head. */
  public static List<List<String>> rows(Frameworks frameworks) {
    List<Framework> columns = COLUMNS.stream().map(frameworks::get).toList();
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("Requirement"));
    columns.forEach(column -> head.add(column.name()));
    rows.add(List.copyOf(head));
    for (Requirement requirement : Requirement.values()) {
      List<String> row = new ArrayList<>(List.of(requirement.title()));
      for (Framework column : columns) {
        String ids =
            column.controls().stream()
                .filter(control -> control.requirements().contains(requirement))
                .map(Control::id)
                .collect(Collectors.joining(", "));
        row.add(ids.isEmpty() ? NONE : ids);
      }
      rows.add(List.copyOf(row));
    }
    return rows;
  }

  /** The same as a Markdown table. */
  public static String markdown(Frameworks frameworks) {
    StringBuilder text = new StringBuilder();
    List<List<String>> rows = rows(frameworks);
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|---".repeat(rows.getFirst().size())).append("|\n");
      }
    }
    return text.toString();
  }
}
