package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.verify.AnnotationLine;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.Counts;
import io.osmoda.verify.LineCheck;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Draws a sample from the bundle of a range (section 6): anybody who has the bundle gets the same
 * from the same seed. Keeps 32 bytes a line of the population, and the sample. For one drawing.
 */
public final class BundleSample {
  private static final int MAX_FILE = 4 << 20;

  private final BundleFiles population;
  private final BundleSink sink;
  private final Map<String, String> hashes = new TreeMap<>();
  private final List<Hash> entryHashes = new ArrayList<>();
  private final NavigableMap<Long, byte[]> chosen = new TreeMap<>(); // lines by number
  private final NavigableMap<Long, Entry> redactions = new TreeMap<>(); // all that the bundle holds

  private BundleSample(BundleFiles population, BundleSink sink) {
    this.population = population;
    this.sink = sink;
  }

  private record Ticket(Hash draw, Entry entry) {}

  /**
   * Draws a sample.
   *
   * @param bundle a bundle of kind range, which was verified: what is damaged is refused here
   * @param n how many lines, at least 1; fewer come where fewer match
   * @param seed chosen by the auditor after the population was fixed
   * @return how many lines were drawn
   * @throws RequestRefusedException if the bundle is none to draw from; says why
   */
  public static int draw(Path bundle, int n, String seed, BundleSink sink) throws IOException {
    if (n < 1 || seed.isEmpty()) {
      throw new RequestRefusedException("a sample needs at least one entry and a seed");
    }
    try (BundleFiles files = BundleFiles.open(bundle)) {
      return new BundleSample(files, sink).draw(n, seed);
    }
  }

  private int draw(int n, String seed) throws IOException {
    byte[] manifestBytes = population.read("manifest.json", Manifest.MAX_BYTES);
    Manifest manifest;
    try {
      manifest = Manifest.parse(manifestBytes);
    } catch (BadManifestException e) {
      throw damaged(e.getMessage());
    }
    if (manifest.isSample()) {
      throw new RequestRefusedException(
          "this is already a sample: draw from the population's bundle");
    }
    RangeProof range;
    try {
      range = RangeProof.parse(population.read("range.proof", MAX_FILE));
    } catch (BadProofException e) {
      throw damaged(e.getMessage());
    }
    readEntries(manifest, n, seed);
    if (chosen.isEmpty()) {
      throw new RequestRefusedException("no entry of the bundle matches its filter");
    }
    TreeSet<Long> inRange = new TreeSet<>(chosen.keySet());
    inRange.addAll(redactions.keySet());
    List<InclusionProof> proofs;
    try {
      proofs = range.inclusionProofs(entryHashes.iterator(), List.copyOf(inRange));
    } catch (BadProofException e) {
      throw damaged(e.getMessage());
    }
    readContext();
    NavigableMap<Long, Entry> context = context();
    writeLines(context);
    Counts counts = counts(context);
    Manifest drawn =
        new Manifest(
            counts,
            manifest.firstSeq(),
            manifest.endSeq(),
            hashes,
            manifest.filter(),
            manifest.framework(),
            true,
            manifest.root(),
            manifest.size(),
            manifest.logKeys(),
            BundleExport.madeBy(),
            manifest.mapping(),
            manifest.origin(),
            manifest.withheld(),
            JsonObject.builder().put("n", n).put("seed", seed).build(),
            manifest.requestedBy(),
            new Manifest.Sample(chosen.size(), Manifest.sha256(manifestBytes).hex(), seed),
            manifest.timeFrom(),
            manifest.timeTo());
    write("manifest.json", drawn.toBytes());
    write("checkpoint", range.checkpoint().note());
    for (InclusionProof proof : proofs) {
      if (chosen.containsKey(proof.index()) || context.containsKey(proof.index())) {
        write("proofs/" + proof.index() + ".tlog-proof", proof.toBytes());
      }
    }
    for (long seq : context.tailMap(manifest.endSeq()).keySet()) {
      String name = "proofs/" + seq + ".tlog-proof";
      write(name, population.read(name, MAX_FILE));
    }
    sink.finish();
    return chosen.size();
  }

  private static RequestRefusedException damaged(@Nullable String why) {
    return new RequestRefusedException(
        "the bundle is damaged (" + why + "); run osmoda verify-bundle for details");
  }

  /** Goes through the population once, keeping the smallest draws among what matches. */
  private void readEntries(Manifest manifest, int n, String seed) throws IOException {
    PriorityQueue<Ticket> smallest =
        new PriorityQueue<>((a, b) -> b.draw.hex().compareTo(a.draw.hex()));
    byte[] start = (seed + "\0").getBytes(StandardCharsets.UTF_8);
    MessageDigest sha256 = Digests.sha256();
    LineCheck check = new LineCheck();
    try (InputStream in = population.open("entries.ndjson")) {
      LineSource source = new LineSource(in);
      while (source.next()) {
        if (!source.check(check) || !check.faults().isEmpty()) {
          throw damaged("a line of entries.ndjson");
        }
        Entry entry = check.entry();
        Hash hash = entry.entryHash();
        entryHashes.add(hash);
        if (entry.action().equals("ledger_redact")) {
          redactions.put(entry.seq(), entry);
        }
        if (manifest.isInside(entry.timestamp()) && manifest.filter().matches(entry)) {
          sha256.update(start);
          smallest.add(new Ticket(Hash.of(sha256.digest(hash.toBytes())), entry));
          if (smallest.size() > n) {
            smallest.remove();
          }
        }
      }
    }
    smallest.forEach(ticket -> chosen.put(ticket.entry.seq(), ticket.entry.line()));
  }

  private void readContext() throws IOException {
    try (InputStream in = population.open("context.ndjson")) {
      LineSource source = new LineSource(in);
      while (source.next()) {
        Entry entry =
            Entry.parse(
                Arrays.copyOfRange(
                    source.buffer(), source.offset(), source.offset() + source.length()));
        redactions.put(entry.seq(), entry);
      }
    }
  }

  /** The redactions outside the sample that name a payload missing in it. */
  private NavigableMap<Long, Entry> context() throws IOException {
    NavigableMap<Long, Entry> context = new TreeMap<>();
    TreeSet<Long> missing = new TreeSet<>();
    for (byte[] line : chosen.values()) {
      Entry entry = Entry.parse(line);
      if (entry.isRedacted()) {
        missing.add(entry.seq());
      }
    }
    redactions.forEach(
        (seq, entry) -> {
          RedactedRange range = range(entry);
          if (range != null && !chosen.containsKey(seq)) {
            Long first = missing.ceiling(range.first());
            if (first != null && range.contains(first)) {
              context.put(seq, entry);
            }
          }
        });
    return context;
  }

  private static @Nullable RedactedRange range(Entry redaction) {
    String target = redaction.target();
    return target == null ? null : RedactedRange.parse(target, redaction.seq()).orElse(null);
  }

  private Counts counts(NavigableMap<Long, Entry> context) throws IOException {
    long skeletons = 0;
    long redacted = 0;
    for (byte[] line : chosen.values()) {
      Entry entry = Entry.parse(line);
      if (entry.isRedacted()) {
        skeletons++;
        boolean isExplained =
            redactions.entrySet().stream()
                .filter(
                    each -> context.containsKey(each.getKey()) || chosen.containsKey(each.getKey()))
                .map(each -> range(each.getValue()))
                .anyMatch(range -> range != null && range.contains(entry.seq()));
        redacted += isExplained ? 1 : 0;
      }
    }
    return new Counts(chosen.size(), chosen.size(), redacted, skeletons);
  }

  private void writeLines(NavigableMap<Long, Entry> context) throws IOException {
    writeListed("entries.ndjson", lines(chosen.values()));
    writeListed("context.ndjson", lines(context.values().stream().map(Entry::line).toList()));
    writeListed("annotations.ndjson", annotations());
    if (population.names().contains("mapping.yaml")) {
      writeListed("mapping.yaml", population.read("mapping.yaml", 16 * MAX_FILE));
    }
  }

  private static byte[] lines(Iterable<byte[]> lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      out.writeBytes(line);
      out.write('\n');
    }
    return out.toByteArray();
  }

  /** The population's annotations of the lines that were drawn. */
  private byte[] annotations() throws IOException {
    Map<Long, byte[]> found = new HashMap<>();
    try (InputStream in = population.open("annotations.ndjson")) {
      LineSource source = new LineSource(in);
      while (source.next()) {
        byte[] line =
            Arrays.copyOfRange(source.buffer(), source.offset(), source.offset() + source.length());
        Long seq = AnnotationLine.seq(line);
        if (seq == null) {
          throw damaged("a line of annotations.ndjson");
        }
        if (chosen.containsKey(seq)) {
          found.put(seq, line);
        }
      }
    }
    return lines(new TreeMap<>(found).values());
  }

  private void writeListed(String name, byte[] bytes) throws IOException {
    hashes.put(name, Digests.of(bytes).hex());
    write(name, bytes);
  }

  private void write(String name, byte[] bytes) throws IOException {
    try (OutputStream out = sink.begin(name)) {
      out.write(bytes);
    }
  }
}
