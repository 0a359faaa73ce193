package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.verify.BadManifestException;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.LineSource;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the entries of a bundle, for copies to look at. Memory does not grow with the bundle. */
public final class BundleEntries {
  private static final JsonArray NONE = new JsonArray(List.of());

  private BundleEntries() {}

  /** Takes entries. */
  public interface Sink {
    /** One that matches, without its payload where the bundle lacks it. */
    void accept(Entry entry) throws IOException;
  }

  /** Takes entries with what the bundle says of them. */
  public interface AnnotatedSink {
    /** The next entry. */
    void accept(BundleEntry entry) throws IOException;
  }

  /**
   * Hands out what matches, in order.
   *
   * @throws IOException if the bundle cannot be read, or a line of it is no entry
   */
  public static void read(Path bundle, Sink sink) throws IOException {
    readAll(
        bundle,
        each -> {
          if (each.matches()) {
            sink.accept(each.entry());
          }
        });
  }

  /**
   * Hands out what matches, in order, with the controls that the bundle's annotations name.
   *
   * @throws IOException if the bundle cannot be read, or a line of it is none of its file
   */
  public static void readAnnotated(Path bundle, AnnotatedSink sink) throws IOException {
    readAll(
        bundle,
        each -> {
          if (each.matches()) {
            sink.accept(each);
          }
        });
  }

  /** Hands out every entry, in order. */
  static void readAll(Path bundle, AnnotatedSink sink) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle);
        InputStream lines = files.open("entries.ndjson");
        InputStream notes = files.open("annotations.ndjson")) {
      Manifest manifest = Manifest.parse(files.read("manifest.json", Manifest.MAX_BYTES));
      LineSource source = new LineSource(lines);
      Annotations annotations = new Annotations(new LineSource(notes));
      while (source.next()) {
        Entry entry = entry(source);
        sink.accept(
            new BundleEntry(
                entry,
                manifest.isInside(entry.timestamp()) && manifest.filter().matches(entry),
                annotations.of(entry.seq())));
      }
    } catch (BadManifestException e) {
      throw new IOException("manifest.json: " + e.getMessage(), e);
    }
  }

  /** The entry of a file's present line. */
  static Entry entry(LineSource source) throws LedgerDamagedException {
    return Entry.parse(line(source));
  }

  private static byte[] line(LineSource source) {
    return Arrays.copyOfRange(source.buffer(), source.offset(), source.offset() + source.length());
  }

  /** The lines of annotations.ndjson, which stand in the order of the entries. */
  private static final class Annotations {
    private final LineSource source;
    private @Nullable JsonObject next;

    Annotations(LineSource source) throws IOException {
      this.source = source;
      advance();
    }

    /** Those of an entry; the entries are asked for in order. */
    JsonArray of(long seq) throws IOException {
      JsonArray found = NONE;
      while (next != null && next.get("seq") instanceof JsonNumber(var at) && at <= seq) {
        if (at == seq && next.get("controls") instanceof JsonArray controls) {
          found = controls;
        }
        advance();
      }
      return found;
    }

    private void advance() throws IOException {
      next = null;
      if (source.next()) {
        try {
          if (CanonicalJson.parse(line(source)) instanceof JsonObject note
              && note.get("seq") instanceof JsonNumber) {
            next = note;
            return;
          }
        } catch (JsonException e) {
          throw new IOException("annotations.ndjson contains a line that is not JSON", e);
        }
        throw new IOException("annotations.ndjson contains a line that names no entry");
      }
    }
  }
}
