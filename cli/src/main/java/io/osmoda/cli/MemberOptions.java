package io.osmoda.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which values entries' members have, as verbs that choose entries are asked for them. */
final class MemberOptions {
  @Option(
      names = "--actor",
      paramLabel = "ACTOR",
      description =
          "Only this actor, as KIND:ID. Repeat it to match any of several; * matches any characters"
              + " and ? one. The same goes for the next six options.")
  List<String> actors = List.of();

  @Option(names = "--action", paramLabel = "ACTION", description = "Only this action.")
  List<String> actions = List.of();

  @Option(names = "--tool", paramLabel = "TOOL", description = "Only this tool.")
  List<String> tools = List.of();

  @Option(names = "--target", paramLabel = "TARGET", description = "Only this target.")
  List<String> targets = List.of();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "Only this status: ok, error, denied, pending, timeout, cancelled, crashed or unknown.")
  List<String> statuses = List.of();

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      description = "Only this capture point, for example mcp_proxy or api.")
  List<String> sources = List.of();

  @Option(names = "--session", paramLabel = "SESSION", description = "Only this session.")
  List<String> sessions = List.of();

  /** The values by member; empty lists where none was asked for. The map is the caller's own. */
  Map<String, List<String>> values() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    values.put("actor", actors);
    values.put("action", actions);
    values.put("tool", tools);
    values.put("target", targets);
    values.put("status", statuses);
    values.put("source", sources);
    values.put("session", sessions);
    return values;
  }
}
