package io.osmoda.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import picocli.CommandLine.Option;

/** How a reading verb shows what it read. */
final class Rendering {
  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Option(
      names = "--local",
      description = "Use the local time zone instead of UTC, for input and output.")
  boolean local;

  ZoneId zone() {
    return local ? ZoneId.systemDefault() : ZoneOffset.UTC;
  }

  String time(Instant instant) {
    return Times.show(instant, zone());
  }
}
