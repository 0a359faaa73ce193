package io.osmoda.evidence;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.FieldMask;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What matches in a bundle as one JSON document: each entry as it stands in the bundle, with all
 * its hashes; beside it the controls that it supports; and the bundle's proofs. Memory does not
 * grow with the bundle.
 */
public final class JsonCopy {
  private static final int MAX_PROOF = 1 << 20;

  private static final String NOTE =
      "A copy proves nothing: it lacks the entries that the filter does not match, so the proof of"
          + " the range cannot be computed from it. The bundle whose manifest.json has this hash"
          + " can be verified.";

  private static final String MASKED_NOTE =
      "A masked copy proves nothing and contains no proofs. The bundle whose manifest.json has this"
          + " hash can be verified.";

  private final FieldMask mask;
  private final OutputStream out;
  private boolean isFirst = true;

  private JsonCopy(FieldMask mask, OutputStream out) {
    this.mask = mask;
    this.out = out;
  }

  /**
   * Writes the document.
   *
   * @param mask what is not shown; a masked copy holds no proofs
   * @param out written to, not closed
   * @throws IOException if the bundle cannot be read, or the copy not written
   */
  public static void write(Path bundle, FieldMask mask, OutputStream out) throws IOException {
    new JsonCopy(mask, out).write(bundle);
  }

  private void write(Path bundle) throws IOException {
    print("{\"unverified_copy_of\":");
    print(BundleSummary.of(bundle).mark());
    print(",\n\"note\":");
    print(new JsonString(mask.isEmpty() ? NOTE : MASKED_NOTE));
    if (!mask.isEmpty()) {
      print(",\n\"masked\":");
      print(new JsonArray(mask.names().stream().<JsonValue>map(JsonString::new).toList()));
    }
    print(",\n\"entries\":[");
    BundleEntries.readAnnotated(bundle, this::add);
    print("\n]");
    if (mask.isEmpty()) {
      addProof(bundle);
    }
    print("}\n");
  }

  private void add(BundleEntry each) throws IOException {
    print(isFirst ? "\n{\"annotations\":" : ",\n{\"annotations\":");
    isFirst = false;
    print(each.controls());
    print(",\"entry\":");
    if (mask.isEmpty()) {
      out.write(each.entry().line());
    } else {
      print(mask.of(each.entry()));
    }
    print("}");
  }

  /** The bundle's small files: what is JSON as JSON, the rest as text. */
  private void addProof(Path bundle) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle)) {
      print(",\n\"proof\":{\n\"manifest\":");
      print(file(files, "manifest.json", Manifest.MAX_BYTES).strip());
      print(",\n\"context\":[");
      String comma = "";
      try (InputStream in = files.open("context.ndjson")) {
        LineSource lines = new LineSource(in);
        while (lines.next()) {
          print(comma);
          out.write(lines.buffer(), lines.offset(), lines.length());
          comma = ",\n";
        }
      }
      print("]");
      List<String> texts =
          files.names().stream().filter(name -> name.startsWith(BundleFiles.PROOFS)).toList();
      if (files.names().contains("export.ndjson")) { // a sample has none
        print(",\n\"export\":");
        print(file(files, "export.ndjson", MAX_PROOF).strip());
      }
      for (String name : List.of("checkpoint", "range.proof")) {
        if (files.names().contains(name)) {
          print(",\n");
          print(new JsonString(name));
          print(":");
          print(new JsonString(file(files, name, MAX_PROOF)));
        }
      }
      print(",\n\"proofs\":{");
      comma = "\n";
      for (String name : texts) {
        print(comma);
        print(new JsonString(name));
        print(":");
        print(new JsonString(file(files, name, MAX_PROOF)));
        comma = ",\n";
      }
      print("}}");
    }
  }

  private static String file(BundleFiles files, String name, int longest) throws IOException {
    return new String(files.read(name, longest), StandardCharsets.UTF_8);
  }

  private void print(JsonValue value) throws IOException {
    try {
      out.write(CanonicalJson.write(value));
    } catch (JsonException e) {
      throw new IllegalStateException("what a bundle holds can be written", e);
    }
  }

  private void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
