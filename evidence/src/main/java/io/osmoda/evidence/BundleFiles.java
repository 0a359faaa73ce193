package io.osmoda.evidence;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The files of a bundle, in a folder or a zip. Not thread-safe. */
abstract sealed class BundleFiles implements Closeable permits BundleFiles.Folder, ZipFiles {
  /** The names of its files. */
  abstract SortedSet<String> names();

  /** What is wrong with folder or zip as such. */
  abstract List<String> faults();

  /** Whether it is a folder or a zip at all, however damaged. */
  abstract boolean isBundle() throws IOException;

  /** One of its files; an {@link IOException} where it cannot be read as it should be. */
  abstract InputStream open(String name) throws IOException;

  /**
   * Opens a folder or zip.
   *
   * @throws IOException if there is none
   */
  static BundleFiles open(Path path) throws IOException {
    return Files.isDirectory(path) ? new Folder(path) : ZipFiles.open(path);
  }

  /**
   * A whole file.
   *
   * @throws IOException if it cannot be read, or is longer than it may be
   */
  byte[] read(String name, int longest) throws IOException {
    try (InputStream in = open(name)) {
      byte[] bytes = in.readNBytes(longest + 1);
      if (bytes.length > longest) {
        throw new IOException("it has more than " + longest + " bytes");
      }
      return bytes;
    }
  }

  /** A folder; links are not followed. */
  static final class Folder extends BundleFiles {
    private final Path root;
    private final SortedSet<String> names = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    Folder(Path root) throws IOException {
      this.root = root;
      list(root, "");
    }

    private void list(Path folder, String prefix) throws IOException {
      List<Path> paths;
      try (Stream<Path> listed = Files.list(folder)) {
        paths = listed.sorted().toList();
      }
      for (Path path : paths) {
        String name = prefix + path.getFileName();
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && prefix.isEmpty()) {
          list(path, name + "/");
        } else if (!BundleSink.isName(name)) {
          faults.add("no file of a bundle is called " + Quoted.of(name));
        } else if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          faults.add(name + " is a link, or no file");
        } else {
          names.add(name);
        }
      }
    }

    @Override
    SortedSet<String> names() {
      return names;
    }

    @Override
    List<String> faults() {
      return faults;
    }

    @Override
    boolean isBundle() {
      return true;
    }

    @Override
    InputStream open(String name) throws IOException {
      if (!names.contains(name)) {
        throw new IOException("it is missing");
      }
      return Files.newInputStream(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() {}
  }

  /** A name as a person may see it. */
  static final class Quoted {
    private static final int LONGEST = 80;

    private Quoted() {}

    static String of(String name) {
      String shown = name.replaceAll("[^\\x20-\\x7e]", "?");
      return '"' + (shown.length() > LONGEST ? shown.substring(0, LONGEST) + "…" : shown) + '"';
    }
  }

  /** The files that stand beside what the manifest lists. */
  static final Set<String> UNLISTED =
      Set.of("manifest.json", "export.ndjson", "checkpoint", "range.proof");

  /** The folder of the proofs. */
  static final String PROOFS = "proofs/";
}
