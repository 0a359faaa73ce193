package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.ActionCategory;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.BundleSummary;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.ExportSize;
import io.osmoda.evidence.FolderSink;
import io.osmoda.evidence.OcsfVersion;
import io.osmoda.evidence.ReportCopy;
import io.osmoda.evidence.ZipFileSink;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.FieldMask;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = {
      "Writes a bundle: all entries of a period, with proofs that none is missing or changed."
          + " Entries that do not match the conditions are included as skeletons without their"
          + " payload. Anyone can check a bundle with osmoda verify-bundle and the ledger's trust"
          + " file, without the ledger. An entry matches if it meets all conditions.",
      "Each export is recorded twice: before anything is read, and at the end with the manifest's"
          + " hash or the reason it failed. A later redaction does not reach exported bundles."
    },
    footer = {
      "  osmoda export --period 2026-Q3 --framework soc2 --out soc2-q3.zip",
      "  osmoda export --from 2026-03-01 --to 2026-04-01 --agent crewai-01 --out march",
      "  osmoda export --period 2026-Q3 --framework soc2 --format pdf --out soc2-q3.pdf",
      "  osmoda export --period 2026-03 --status denied --format csv --out denied.csv",
      "  osmoda export --bundle soc2-q3.zip --format oscal --out soc2-q3.oscal.json",
      "  osmoda export --framework hipaa --control '164.312(b)' --payloads withheld --out h.zip",
    })
final class ExportVerb extends Verb {
  private static final ExportRequest EVERYTHING =
      new ExportRequest(null, null, null, null, Map.of(), false);

  @Option(
      names = "--framework",
      paramLabel = "ID",
      description = "Only actions that support this framework, annotated with its controls.")
  @Nullable String framework;

  @Option(
      names = "--control",
      paramLabel = "ID",
      description = "Only this control of the framework, for example CC8.1.")
  @Nullable String control;

  @Mixin TimeOptions time = new TimeOptions();

  @Mixin OwnFrameworks own = new OwnFrameworks();

  @Mixin MemberOptions chosen = new MemberOptions();

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "Same as --actor agent:NAME. Repeatable.")
  List<String> agents = List.of();

  @Option(
      names = "--category",
      paramLabel = "CATEGORY",
      description =
          "Only actions in this category: tools, models, agents, access, changes, system, mesh,"
              + " approvals, incidents. Adds to --action.")
  List<String> categories = List.of();

  /** Whether payloads go along. */
  enum Payloads {
    FULL,
    WITHHELD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--payloads",
      paramLabel = "WHICH",
      description =
          "full, or withheld to include matching entries as skeletons too (default: full).")
  Payloads payloads = Payloads.FULL;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES} (default: bundle). html and pdf are the report contained in"
              + " every bundle; the others are copies of the matching entries, for reading. Copies"
              + " prove nothing; they name the manifest of the recorded export.")
  CopyFormat format = CopyFormat.BUNDLE;

  @Option(
      names = "--mask",
      paramLabel = "FIELD[,FIELD]",
      split = ",",
      description =
          "Show *** instead of this field, for example target or payload.args.path. For csv, json,"
              + " html and pdf. Repeatable.")
  List<String> masked = List.of();

  @Option(
      names = "--ocsf-version",
      paramLabel = "VERSION",
      description =
          "OCSF version: 1.8.0, or 1.9.0-dev with record_integrity and ai_agent (default: 1.8.0).")
  @Nullable String ocsfVersion;

  @Option(
      names = "--bundle",
      paramLabel = "PATH",
      description =
          "Copy from this existing bundle, which is checked first, instead of a new export. Needs"
              + " no ledger.")
  @Nullable Path ofBundle;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description =
          "Where to write: a new folder, or a zip file if the name ends in .zip. For a copy, a new"
              + " file.")
  Path out = Path.of("");

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  /** What people expect here; it is taken only to say where it is. */
  @Option(
      names = {"--sample", "--seed"},
      hidden = true,
      description = "See osmoda sample.")
  List<String> sample = List.of();

  @Override
  int run(Shell shell) throws IOException {
    if (!sample.isEmpty()) {
      throw new CliException(
          "samples are drawn from a bundle, so that the auditor chooses the seed after the bundle's"
              + " manifest is known",
          "Export the bundle, then run: osmoda sample BUNDLE --count N --seed TEXT --out FILE");
    }
    Map<String, String> files = own.files();
    ExportRequest request = request(shell);
    FieldMask mask = mask();
    OcsfVersion version = version();
    if (ofBundle != null) {
      copyOf(shell, ofBundle, request, mask, version);
    } else if (format == CopyFormat.BUNDLE) {
      export(shell, request, files, out);
      tell(shell, BundleSummary.of(out));
    } else {
      copy(shell, request, files, mask, version);
    }
    return ExitCode.DONE;
  }

  private FieldMask mask() {
    if (masked.isEmpty()) {
      return FieldMask.NONE;
    }
    if (!format.canMask()) {
      throw new CliException("--mask: " + whyNoMask(), null);
    }
    try {
      FieldMask mask = FieldMask.parse(String.join(",", masked));
      if (format.isReport()) {
        ReportCopy.requireMaskable(mask);
      }
      return mask;
    } catch (RequestRefusedException e) {
      throw new CliException("--mask: " + e.getMessage(), null);
    }
  }

  private String whyNoMask() {
    return switch (format) {
      case BUNDLE ->
          "a bundle cannot be masked, because a masked bundle could not be verified; use --payloads"
              + " withheld, or make a copy with --format csv or json";
      default ->
          format
              + " contains the entries as sealed; only csv, json, html and pdf copies can be"
              + " masked";
    };
  }

  private OcsfVersion version() {
    if (ocsfVersion == null) {
      return OcsfVersion.V1_8;
    }
    if (format != CopyFormat.OCSF) {
      throw new CliException("--ocsf-version requires --format ocsf", null);
    }
    try {
      return OcsfVersion.parse(ocsfVersion);
    } catch (RequestRefusedException e) {
      throw new CliException("--ocsf-version: " + e.getMessage(), null);
    }
  }

  private void export(Shell shell, ExportRequest request, Map<String, String> files, Path target)
      throws IOException {
    long expected = shell.terminal().err() ? tellSize(shell, request) : 0;
    try (LedgerSession access = access(shell);
        BundleSink sink = sink(target);
        Progress progress = new Progress(shell, "exporting", Progress.Unit.BYTES)) {
      access.export(request, files, new MeasuredSink(sink, progress, expected));
    } catch (BadFrameworkException e) {
      throw OwnFrameworks.wrong(e);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  /** Says on a terminal how large it will be; gives the bytes of entries, 0 where not known. */
  private long tellSize(Shell shell, ExportRequest request) {
    ExportSize size;
    try {
      size = ExportSize.expected(ledgerFolder(shell), request);
    } catch (IOException | NoSuchEntryException e) {
      return 0; // the folder is not for this user to read: then the daemon exports
    }
    shell
        .err()
        .println(
            "osmoda: exporting %s, at most %s plus annotations and report"
                .formatted(
                    Words.entries(size.entries()),
                    Progress.Unit.BYTES.show((double) size.bytes())));
    return size.bytes();
  }

  /** Writes a copy out of a bundle that is thrown away: so the export is on record as any other. */
  private void copy(
      Shell shell,
      ExportRequest request,
      Map<String, String> files,
      FieldMask mask,
      OcsfVersion version)
      throws IOException {
    OutputStream target = newFile();
    boolean isWhole = false;
    Path folder = Files.createTempDirectory("osmoda-copy");
    Path bundle = folder.resolve("bundle.zip");
    try (target) {
      export(shell, request, files, bundle);
      write(shell, bundle, mask, version, target);
      isWhole = true;
    } finally {
      Files.deleteIfExists(bundle);
      Files.delete(folder);
      if (!isWhole) {
        Files.delete(out);
      }
    }
  }

  /** Writes a copy of a bundle that there is. */
  private void copyOf(
      Shell shell, Path bundle, ExportRequest request, FieldMask mask, OcsfVersion version)
      throws IOException {
    if (format == CopyFormat.BUNDLE) {
      throw new CliException("--bundle: pass the copy's --format; the bundle already exists", null);
    }
    if (!request.equals(EVERYTHING) || own.path != null) {
      throw new CliException(
          "--bundle: a copy contains what the bundle's own filter matches; conditions only apply"
              + " when exporting a new bundle",
          null);
    }
    if (!format.verifies()) {
      BundleVerifier.verify(bundle, VerifyOptions.defaults()).demandConsistent();
    }
    OutputStream target = newFile();
    boolean isWhole = false;
    try (target) {
      write(shell, bundle, mask, version, target);
      isWhole = true;
    } finally {
      if (!isWhole) {
        Files.delete(out);
      }
    }
  }

  private OutputStream newFile() throws IOException {
    return Channels.newOutputStream(
        Files.newByteChannel(
            out,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  private void write(
      Shell shell, Path bundle, FieldMask mask, OcsfVersion version, OutputStream target)
      throws IOException {
    BundleSummary summary = BundleSummary.of(bundle);
    if (format.isReport()) {
      ReportFile.write(bundle, format, mask, Trust.find(null, keyFolder(shell)), target);
    } else {
      format.copy(bundle, mask, version, target);
    }
    tell(shell, summary);
    shell.err().println("osmoda: a copy proves nothing; use a bundle for proof");
  }

  private void tell(Shell shell, BundleSummary summary) {
    shell
        .out()
        .println(
            json
                ? JsonText.line(summary.toJson())
                : "%s: %s (%,d to %,d), %,d matching, %,d of them redacted; manifest SHA-256 %s"
                    .formatted(
                        out,
                        Words.entries(summary.counts().entries()),
                        summary.firstSeq(),
                        summary.endSeq() - 1,
                        summary.counts().matching(),
                        summary.counts().redacted(),
                        summary.manifestSha256()));
  }

  /** Where a bundle goes, by its name. */
  static BundleSink sink(Path out) throws IOException {
    return out.toString().endsWith(".zip") ? new ZipFileSink(out) : new FolderSink(out);
  }

  private ExportRequest request(Shell shell) {
    TimeOptions.Span span = time.span(shell.clock().instant());
    Map<String, List<String>> members = chosen.values();
    List<String> who = new ArrayList<>(chosen.actors);
    agents.forEach(agent -> who.add("agent:" + agent));
    members.put("actor", who);
    List<String> what = new ArrayList<>(chosen.actions);
    members.put("action", what);
    try {
      categories.forEach(category -> what.addAll(ActionCategory.parse(category).actions()));
      return new ExportRequest(
          framework, control, span.from(), span.to(), members, payloads == Payloads.WITHHELD);
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }
}
