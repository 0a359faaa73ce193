package io.osmoda.query;

/** Text in quotes, as conditions write it: a quote and a backslash have a backslash before them. */
final class Quoted {
  private Quoted() {}

  static String of(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
