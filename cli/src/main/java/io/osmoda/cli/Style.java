package io.osmoda.cli;

import io.osmoda.verify.Look;
import java.util.Locale;

/** Colours of a text for people; the plain text where colour is off. Immutable. */
final class Style implements Look {
  static final Style PLAIN = new Style(false);

  private final boolean on;

  private Style(boolean on) {
    this.on = on;
  }

  /** When to colour: as the terminal and NO_COLOR say, or as the user says. */
  enum Choice {
    AUTO,
    ALWAYS,
    NEVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Style of(Choice choice, boolean terminal, Shell shell) {
    return new Style(
        switch (choice) {
          case ALWAYS -> true;
          case NEVER -> false;
          case AUTO ->
              terminal
                  && shell.variable("NO_COLOR") == null
                  && !"dumb".equals(shell.variable("TERM"));
        });
  }

  boolean isOn() {
    return on;
  }

  @Override
  public String bold(String text) {
    return wrap("1", text);
  }

  @Override
  public String dim(String text) {
    return wrap("2", text);
  }

  @Override
  public String good(String text) {
    return wrap("32", text);
  }

  @Override
  public String bad(String text) {
    return wrap("1;31", text);
  }

  @Override
  public String warning(String text) {
    return wrap("33", text);
  }

  String name(String text) {
    return wrap("36", text);
  }

  /** The colour of an entry's status. */
  String status(String status) {
    return switch (status) {
      case "ok" -> good(status);
      case "pending" -> dim(status);
      case "error", "crashed", "denied" -> wrap("31", status);
      default -> warning(status);
    };
  }

  private String wrap(String code, String text) {
    return on && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
