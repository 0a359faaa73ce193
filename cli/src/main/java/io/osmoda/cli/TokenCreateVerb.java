package io.osmoda.cli;

import io.osmoda.daemon.Role;
import io.osmoda.daemon.TokenFile;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token create",
    description = {
      "Creates a bearer token for the HTTP interface of osmoda serve and prints it once; only its"
          + " SHA-256 is stored, in the key folder. A writer token can write only as the given"
          + " actors, an auditor token can read, with every request recorded, and an admin token"
          + " can do everything."
    },
    footer = {
      "  osmoda token create ci --role writer --actor agent:ci-*",
      "  osmoda token create auditor-2026 --role auditor --expires 30d",
    })
final class TokenCreateVerb extends Verb {
  @Parameters(
      arity = "1",
      paramLabel = "NAME",
      description = "Token name, shown in lists and entries.")
  String name = "";

  @Option(
      names = "--role",
      required = true,
      paramLabel = "ROLE",
      description = "writer, auditor or admin.")
  String role = "";

  @Option(
      names = "--actor",
      paramLabel = "ACTOR",
      description = "Actor that a writer may write as, exact or ending in *. Repeatable.")
  List<String> actors = List.of();

  @Option(
      names = "--expires",
      paramLabel = "SPAN",
      description = "How long the token is valid, for example 12h or 30d (default: until revoked).")
  @Nullable String expires;

  @Override
  int run(Shell shell) throws IOException {
    Instant end =
        expires == null ? null : shell.clock().instant().plus(Times.duration("--expires", expires));
    try {
      Role held = Role.parse(role);
      if (held != Role.WRITER && !actors.isEmpty()) {
        throw new CliException(
            "--actor applies only to writer tokens, not to the role %s".formatted(role),
            "Drop --actor.");
      }
      String token = new TokenFile(existingKeyFolder(shell)).add(name, held, actors, end);
      shell.out().println(token);
      shell.err().println("Shown this once. Use it as:  Authorization: Bearer TOKEN");
      return ExitCode.DONE;
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }
}
