package io.osmoda.cli;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "key show",
    description = {
      "Shows the public keys the ledger claims and the path of its trust file. The claim proves"
          + " nothing by itself: an auditor compares it with the keys they were given. Long keys"
          + " are shortened here; --json and --trust-file print them in full."
    },
    footer = {"  osmoda key show", "  osmoda key show --trust-file > auditor.policy"})
final class KeyShowVerb extends Verb {
  /** A post-quantum key has 1,800 characters: its beginning is enough to recognise it. */
  private static final int WIDTH = 100;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Option(
      names = "--trust-file",
      description = "Print the contents of the trust file, to pass it on.")
  boolean trustFile;

  @Override
  int run(Shell shell) throws IOException {
    Path policy = keyFolder(shell).resolve("trust.policy");
    if (trustFile) {
      shell.out().write(Files.readAllBytes(policy));
      return ExitCode.DONE;
    }
    try (LedgerReader reader = LedgerReader.open(ledgerFolder(shell))) {
      List<String> vkeys = reader.logKeys();
      if (json) {
        shell
            .out()
            .println(
                JsonText.line(
                    JsonObject.builder()
                        .put("origin", reader.origin())
                        .put(
                            "log_keys",
                            new JsonArray(vkeys.stream().<JsonValue>map(JsonString::new).toList()))
                        .put("trust_file", policy.toString())
                        .build()));
        return ExitCode.DONE;
      }
      print(shell, reader.origin(), vkeys, policy);
      return ExitCode.DONE;
    }
  }

  private void print(Shell shell, String origin, List<String> vkeys, Path policy) {
    PrintStream out = shell.out();
    Style style = style(shell);
    out.println("  " + style.dim("origin      ") + origin);
    for (String vkey : vkeys) {
      String kind = kind(vkey);
      out.println("  " + style.dim("%-12s".formatted(kind)) + Table.clip(vkey, WIDTH));
    }
    boolean readable = Files.isReadable(policy);
    out.println(
        "  "
            + style.dim("trust file  ")
            + policy
            + (readable ? "" : style.warning(" (missing, or not readable by you)")));
  }

  /** The signature's name: a vkey reads NAME+ID+KEY, and the key's first byte is its type. */
  private static String kind(String vkey) {
    String key = vkey.substring(vkey.indexOf('+', vkey.indexOf('+') + 1) + 1);
    return switch (Base64.getDecoder().decode(key.substring(0, 4))[0]) {
      case 0x01 -> "Ed25519";
      case 0x06 -> "ML-DSA-44";
      default -> "other";
    };
  }
}
