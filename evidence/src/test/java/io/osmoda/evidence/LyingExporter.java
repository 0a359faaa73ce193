package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who holds a ledger and its keys, changes an honest bundle at will, and then closes the
 * export in due form, with an entry, a checkpoint and proofs that hold.
 */
final class LyingExporter {
  final Ledger ledger;
  final Map<String, byte[]> files = new TreeMap<>();

  /** An honest export to begin with. */
  LyingExporter(Ledger ledger, Path temp, ExportRequest request) throws IOException {
    this.ledger = ledger;
    Path honest = Files.createTempDirectory(temp, "honest").resolve("bundle");
    try (BundleSink sink = new FolderSink(honest)) {
      new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:liar", sink);
    }
    read(honest);
  }

  void read(Path bundle) throws IOException {
    files.clear();
    try (Stream<Path> walk = Files.walk(bundle)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(bundle.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  byte[] file(String name) {
    byte[] bytes = files.get(name);
    assertThat(bytes).as(name).isNotNull();
    return bytes;
  }

  /** A line of the ledger as it stands. */
  byte[] line(long seq) throws IOException {
    return withLineFeed(ledger.reader().entry(seq).line());
  }

  /** A line without its payload. */
  byte[] skeleton(long seq) throws IOException {
    return withLineFeed(ledger.reader().entry(seq).skeleton());
  }

  static byte[] withLineFeed(byte[] line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(line);
    out.write('\n');
    return out.toByteArray();
  }

  List<byte[]> lines(String name) {
    List<byte[]> lines = new ArrayList<>();
    new String(file(name), UTF_8).lines().forEach(line -> lines.add((line + "\n").getBytes(UTF_8)));
    return lines;
  }

  void lines(String name, List<byte[]> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    lines.forEach(out::writeBytes);
    files.put(name, out.toByteArray());
  }

  /** Puts a line in an entry's place. */
  void replace(long seq, byte[] line) throws Exception {
    List<byte[]> lines = lines("entries.ndjson");
    lines.set((int) (seq - number("first_seq")), line);
    lines("entries.ndjson", lines);
  }

  long number(String member) throws Exception {
    return (long) ((JsonNumber) get(member)).value();
  }

  JsonValue get(String member) throws Exception {
    JsonValue value = Resealed.parse(file("manifest.json")).get(member);
    assertThat(value).as(member).isNotNull();
    return value;
  }

  /** Sets a member of the manifest; null removes it. */
  void set(String member, @Nullable JsonValue value) throws Exception {
    files.put("manifest.json", Resealed.with(file("manifest.json"), member, value));
  }

  void setJson(String member, String json) throws Exception {
    set(member, CanonicalJson.parse(json.getBytes(UTF_8)));
  }

  /** Makes the counts those of the lines, by another time or filter perhaps. */
  void count(long entries, long matching, long redacted, long skeletons) throws Exception {
    setJson(
        "counts",
        "{\"entries\":%d,\"matching\":%d,\"redacted\":%d,\"skeletons\":%d}"
            .formatted(entries, matching, redacted, skeletons));
  }

  long counted(String member) throws Exception {
    return (long)
        ((JsonNumber) java.util.Objects.requireNonNull(((JsonObject) get("counts")).get(member)))
            .value();
  }

  /** Adds to the counts. */
  void countOn(long entries, long matching, long redacted, long skeletons) throws Exception {
    count(
        counted("entries") + entries,
        counted("matching") + matching,
        counted("redacted") + redacted,
        counted("skeletons") + skeletons);
  }

  /** Lists each file by the hash that it now has. */
  void list() throws Exception {
    Map<String, JsonValue> hashes = new LinkedHashMap<>();
    for (String name : ((JsonObject) get("files")).members().keySet()) {
      hashes.put(name, new JsonString(Digests.of(file(name)).hex()));
    }
    JsonObject.Builder json = JsonObject.builder();
    hashes.forEach(json::put);
    set("files", json.build());
  }

  /** Seals the entry that closes the export, and proves all that there is to prove. */
  void close() throws Exception {
    list();
    Entry begun = Entry.parse(file("export.ndjson"));
    Receipt closing =
        ledger
            .appendControl(
                "ledger_export",
                Status.OK,
                null,
                null,
                List.<CauseReference>of(begun.causedBy().getFirst()),
                JsonObject.builder()
                    .put("counts", get("counts"))
                    .put("manifest_sha256", Digests.of(file("manifest.json")).hex())
                    .build())
            .join();
    files.put("export.ndjson", line(closing.seq()));
    prove(ledger, closing.seq());
  }

  /** Puts the checkpoint and the proofs of a ledger into the bundle. */
  void prove(Ledger of, long closing) throws Exception {
    SignedCheckpoint checkpoint = of.checkpoint();
    LedgerReader reader = of.reader();
    files.keySet().removeIf(name -> name.startsWith("proofs/"));
    files.put("checkpoint", checkpoint.note());
    files.put(
        "range.proof",
        reader.proveRange(number("first_seq"), number("end_seq"), checkpoint).toBytes());
    List<Long> proven = new ArrayList<>(List.of(closing));
    for (byte[] line : lines("context.ndjson")) {
      proven.add(
          (long)
              ((JsonNumber) java.util.Objects.requireNonNull(Resealed.parse(line).get("seq")))
                  .value());
    }
    for (long seq : proven) {
      if (seq < reader.size()) {
        files.put("proofs/" + seq + ".tlog-proof", reader.prove(seq, checkpoint).toBytes());
      }
    }
  }
}
