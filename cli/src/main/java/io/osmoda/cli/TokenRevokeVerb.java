package io.osmoda.cli;

import io.osmoda.daemon.TokenFile;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "token revoke",
    description = "Revokes a token. A running daemon rejects it from the next request on.",
    footer = "  osmoda token revoke ci")
final class TokenRevokeVerb extends Verb {
  @Parameters(arity = "1", paramLabel = "NAME", description = "The token's name.")
  String name = "";

  @Override
  int run(Shell shell) throws IOException {
    if (!new TokenFile(existingKeyFolder(shell)).revoke(name)) {
      throw new CliException("no token named '%s'".formatted(name), "See: osmoda token list");
    }
    shell.out().println("Revoked " + name);
    return ExitCode.DONE;
  }
}
