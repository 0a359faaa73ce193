package io.osmoda.cli;

import io.osmoda.daemon.Role;
import io.osmoda.daemon.TokenFile;
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
      "Makes a bearer token for the HTTP interface of osmoda serve and prints it, this once: only "
          + "its SHA-256 is kept, in the key folder. A writer token is bound to the actors that it "
          + "may write as; an auditor reads, each request being recorded; an admin may do all."
    },
    footer = {
      "  osmoda token create ci --role writer --actor agent:ci-*",
      "  osmoda token create auditor-2026 --role auditor --expires 30d",
    })
final class TokenCreateVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "NAME", description = "Its name, in lists and entries.")
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
      description =
          "An actor that a writer may write as, exact or ending in *. May be given several times.")
  List<String> actors = List.of();

  @Option(
      names = "--expires",
      paramLabel = "SPAN",
      description = "For how long it is taken, such as 12h or 30d (default: until revoked).")
  @Nullable String expires;

  @Override
  int run(Shell shell) throws IOException {
    Instant end =
        expires == null ? null : shell.clock().instant().plus(Times.duration("--expires", expires));
    try {
      Role held = Role.parse(role);
      if (held != Role.WRITER && !actors.isEmpty()) {
        throw new CliException(
            "--actor binds a writer; a token of the role %s is bound to none".formatted(role),
            "Leave --actor out.");
      }
      String token = new TokenFile(existingKeyFolder(shell)).add(name, held, actors, end);
      shell.out().println(token);
      shell.err().println("Shown this once. Use it as:  Authorization: Bearer TOKEN");
      return Osmoda.DONE;
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }
}
