package io.osmoda.cli;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "canonicalize",
    description = {
      "Reads one JSON value and prints its canonical form (RFC 8785) as the ledger format defines"
          + " it. Anything the format rejects is rejected here, with position and reason. The"
          + " output has no trailing line feed, so you can hash it directly; one is added only on a"
          + " terminal."
    },
    footer = {
      "  osmoda canonicalize payload.json",
      "  echo '{\"b\":1.0,\"a\":\"x\"}' | osmoda canonicalize | sha256sum"
    })
final class CanonicalizeVerb extends Verb {
  private static final int EXCERPT = 60;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "File to read (default: standard input, also -).")
  @Nullable Path file;

  @Override
  int run(Shell shell) throws IOException {
    Path from = file == null || file.toString().equals("-") ? null : file;
    byte[] input = from == null ? shell.in().readAllBytes() : Files.readAllBytes(from);
    String name = from == null ? "standard input" : from.toString();
    try {
      byte[] canonical = CanonicalJson.canonicalize(input);
      shell.out().write(canonical);
      if (shell.terminal().out()) {
        shell.out().println();
      }
      return ExitCode.DONE;
    } catch (JsonException e) {
      throw new CliException(
          "%s: %s".formatted(name, e.reason()), place(input, Math.min(e.position(), input.length)));
    }
  }

  /** Line, column and byte of the position, and the line itself with a mark under the place. */
  static String place(byte[] input, int position) {
    int lineStart = position;
    while (lineStart > 0 && input[lineStart - 1] != '\n') {
      lineStart--;
    }
    int lineNumber = 1;
    for (int i = 0; i < lineStart; i++) {
      lineNumber += input[i] == '\n' ? 1 : 0;
    }
    int lineEnd = position;
    while (lineEnd < input.length && input[lineEnd] != '\n' && lineEnd < position + 4 * EXCERPT) {
      lineEnd++;
    }
    String before = decode(input, lineStart, position);
    String after = decode(input, position, lineEnd);
    int column = before.codePointCount(0, before.length()) + 1;
    String shownBefore =
        before.length() <= EXCERPT
            ? before
            : "…" + before.substring(before.offsetByCodePoints(before.length(), -EXCERPT / 2));
    return "line %d, column %d (byte %d)%n  | %s%s%n  | %s^"
        .formatted(
            lineNumber,
            column,
            position,
            Table.printable(shownBefore),
            Table.clip(Table.printable(after), EXCERPT),
            " ".repeat(Table.columnsOf(Table.printable(shownBefore))));
  }

  private static String decode(byte[] input, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE)
          .decode(ByteBuffer.wrap(input, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a replacing decoder refused its input", e);
    }
  }
}
