package io.osmoda.cli;

/**
 * Sequence numbers as people write them: {@code 17} or {@code 17-42}, inclusive, with or without a
 * leading {@code #}.
 */
record SeqArgument(long first, long last) {
  static SeqArgument parse(String text) {
    String plain = text.startsWith("#") ? text.substring(1) : text;
    if (!plain.matches("[0-9]{1,16}(-[0-9]{1,16})?")) {
      throw new CliException(
          "not a sequence number or range: '" + text + "'", "Use 17, or 17-42 (inclusive).");
    }
    int dash = plain.indexOf('-');
    long first = Long.parseLong(dash < 0 ? plain : plain.substring(0, dash));
    long last = dash < 0 ? first : Long.parseLong(plain.substring(dash + 1));
    if (last < first) {
      throw new CliException(
          "the range '" + text + "' ends before it starts", "Put the smaller number first.");
    }
    return new SeqArgument(first, last);
  }

  /** One sequence number. */
  static long parseOne(String text) {
    String plain = text.startsWith("#") ? text.substring(1) : text;
    if (!plain.matches("[0-9]{1,16}")) {
      throw new CliException("expected a sequence number, such as 17, found '" + text + "'", null);
    }
    return Long.parseLong(plain);
  }

  @Override
  public String toString() {
    return first == last ? Long.toString(first) : first + "-" + last;
  }
}
