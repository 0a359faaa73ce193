package io.osmoda.verify;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code java -jar osmoda-verify.jar} runs: judges ledger folders and bundles, offline, by
 * what the auditor brings. Writes nothing but its verdicts.
 */
public final class OsmodaVerify {
  private static final String USAGE =
      """
      usage: java -jar osmoda-verify.jar PATH... [--trust POLICY] [--since CHECKPOINT] [--json]

      Verifies each PATH, offline: a ledger folder, or a bundle (a folder or a zip).

        --trust POLICY      the keys that you trust: your own copy of the ledger's trust.policy;
                            without it the best verdict is unverifiable
        --since CHECKPOINT  an older checkpoint that you hold: the ledger must contain all that it
                            covered
        --json              one JSON object a line for programs, instead of text for people
        --help              this text

      Exit codes: 0 intact, 1 tampered, 2 unverifiable or wrong use; of several the gravest, which
      is tampered.
      """;

  private OsmodaVerify() {}

  /** What was asked. */
  private record Request(List<Path> paths, VerifyOptions options, boolean json) {}

  /** The command line is not as it must be; the message says why. */
  private static final class WrongUseException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongUseException(String message) {
      super(message);
    }
  }

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    // An error that nothing catches, such as too little memory, would end the JVM with 1: tampered.
    int code = VerificationText.exitCode(Verdict.UNVERIFIABLE);
    try {
      code = run(List.of(arguments), out, err);
    } catch (Error e) {
      complain(err, "failed: " + e);
    }
    out.flush();
    err.flush();
    System.exit(code);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /**
   * Runs the command in this process.
   *
   * @return the exit code
   */
  public static int run(List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      out.print(USAGE);
      return 0;
    }
    Request request;
    try {
      request = parse(arguments);
    } catch (WrongUseException e) {
      complain(err, e.getMessage());
      err.println("See: java -jar osmoda-verify.jar --help");
      return VerificationText.exitCode(Verdict.UNVERIFIABLE);
    }
    int gravest = 0;
    for (Path path : request.paths) {
      int code;
      try {
        if (request.paths.size() > 1 && !request.json) {
          out.println(Printable.of(path.toString()) + ":");
        }
        code = judge(path, request, out);
      } catch (IOException e) {
        out.flush();
        complain(err, why(e));
        code = VerificationText.exitCode(Verdict.UNVERIFIABLE);
      }
      gravest = gravest == 1 || code == 1 ? 1 : Math.max(gravest, code);
    }
    return gravest;
  }

  private static void complain(PrintStream err, @Nullable String why) {
    err.println("osmoda-verify: " + Printable.of(String.valueOf(why)));
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException absent -> "no such file or folder: " + absent.getFile();
      case AccessDeniedException denied -> "not permitted: " + denied.getFile();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private static Request parse(List<String> arguments) throws WrongUseException {
    List<Path> paths = new ArrayList<>();
    VerifyOptions options = VerifyOptions.defaults();
    boolean json = false;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      switch (argument) {
        case "--json" -> json = true;
        case "--trust" -> options = trusting(options, file(argument, rest));
        case "--since" -> options = since(options, file(argument, rest));
        default -> {
          if (argument.startsWith("--")) {
            throw new WrongUseException("there is no option " + argument);
          }
          paths.add(path(argument));
        }
      }
    }
    if (paths.isEmpty()) {
      throw new WrongUseException("name a ledger folder, a bundle folder or a bundle zip");
    }
    return new Request(paths, options, json);
  }

  private static Path file(String option, Iterator<String> rest) throws WrongUseException {
    if (!rest.hasNext()) {
      throw new WrongUseException(option + " needs a file");
    }
    return path(rest.next());
  }

  private static Path path(String text) throws WrongUseException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new WrongUseException(text + " is no path: " + e.getReason());
    }
  }

  private static VerifyOptions trusting(VerifyOptions options, Path file) throws WrongUseException {
    try {
      return options.withTrust(file);
    } catch (IOException e) {
      throw new WrongUseException("--trust: " + why(e));
    } catch (BadPolicyException e) {
      throw new WrongUseException(
          "--trust: %s is no trust policy: %s".formatted(file, e.getMessage()));
    }
  }

  private static VerifyOptions since(VerifyOptions options, Path file) throws WrongUseException {
    try {
      return options.withSince(file);
    } catch (IOException e) {
      throw new WrongUseException("--since: " + why(e));
    } catch (BadNoteException e) {
      throw new WrongUseException(
          "--since: %s is no checkpoint: %s".formatted(file, e.getMessage()));
    }
  }

  private static int judge(Path path, Request request, PrintStream out) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (isLedger(path)) {
      Verification found = LedgerVerifier.verify(path, request.options);
      if (request.json) {
        print(VerificationText.json(found), out);
      } else {
        VerificationText.print(found, path, Instant.now(), out, Look.PLAIN);
      }
      return VerificationText.exitCode(found.verdict());
    }
    BundleVerification found = BundleVerifier.verify(path, request.options);
    if (request.json) {
      print(found.toJson(), out);
    } else {
      VerificationText.print(found, Instant.now(), out, Look.PLAIN);
    }
    return VerificationText.exitCode(found.verdict());
  }

  /** Whether to take it for a ledger folder and not for a bundle; the text says which. */
  private static boolean isLedger(Path path) {
    return !has(path, "manifest.json")
        && (has(path, "ledger.json") || has(path, "segments") || has(path, "checkpoints"));
  }

  private static boolean has(Path folder, String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  private static void print(JsonObject json, PrintStream out) {
    try {
      out.println(new String(CanonicalJson.write(json), StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw new IllegalStateException("made a value that JSON cannot hold", e);
    }
  }
}
