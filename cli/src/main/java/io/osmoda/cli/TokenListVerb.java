package io.osmoda.cli;

import io.osmoda.daemon.TokenFile;
import io.osmoda.daemon.TokenFile.Token;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "token list",
    description =
        "Lists the names, roles and limits of all tokens. The tokens themselves are not stored.",
    footer = "  osmoda token list")
final class TokenListVerb extends Verb {
  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    List<Token> tokens = new TokenFile(existingKeyFolder(shell)).list();
    if (rendering.json) {
      tokens.forEach(token -> shell.out().println(JsonText.line(json(token))));
      return ExitCode.DONE;
    }
    if (tokens.isEmpty()) {
      shell.err().println("No tokens. Create one with: osmoda token create NAME --role auditor");
      return ExitCode.DONE;
    }
    Style style = style(shell);
    Table table =
        new Table(
            Table.Column.left("NAME", style::bold),
            Table.Column.left("ROLE"),
            Table.Column.left("CREATED"),
            Table.Column.left("EXPIRES"),
            Table.Column.left("ACTORS"));
    Instant now = shell.clock().instant();
    for (Token token : tokens) {
      Instant expires = token.expires();
      table.row(
          token.name(),
          token.role().text(),
          rendering.time(token.created()),
          expires == null
              ? "never"
              : rendering.time(expires) + (expires.isAfter(now) ? "" : " (expired)"),
          String.join(" ", token.actors()));
    }
    table.print(shell.out(), style, Integer.MAX_VALUE);
    return ExitCode.DONE;
  }

  private static JsonObject json(Token token) {
    Instant expires = token.expires();
    return JsonObject.builder()
        .put("name", token.name())
        .put("role", token.role().text())
        .put(
            "actors",
            new JsonArray(token.actors().stream().<JsonValue>map(JsonString::new).toList()))
        .put("created", token.created().toString())
        .put("expires", expires == null ? JsonNull.NULL : new JsonString(expires.toString()))
        .put("sha256", token.sha256().hex())
        .build();
  }
}
