package io.osmoda.evidence;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What several frameworks ask for in words of their own. */
public enum Requirement {
  AUDIT_TRAIL("Tamper-evident audit trail"),
  ACCESS_CONTROL_LOGGING("Access control logging"),
  CHANGE_MANAGEMENT("Change management"),
  INCIDENT_DETECTION("Incident detection"),
  DATA_INTEGRITY_VERIFICATION("Data integrity verification");

  private final String title;
  private final String word = name().toLowerCase(Locale.ROOT);

  Requirement(String title) {
    this.title = title;
  }

  /** What it is called in tables. */
  public String title() {
    return title;
  }

  /** The word in a framework's file. */
  public String word() {
    return word;
  }

  /** The requirement of that word; null if there is none. */
  static @Nullable Requirement of(String word) {
    for (Requirement each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    return null;
  }
}
