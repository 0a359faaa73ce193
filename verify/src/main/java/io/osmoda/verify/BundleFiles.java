package io.osmoda.verify;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a bundle, in a folder or a zip. Not thread-safe. */
public abstract sealed class BundleFiles implements Closeable permits BundleFiles.Folder, ZipFiles {
  /** What a file of a bundle may be called; no part may be {@code .} or {@code ..}. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?");

  /** The names of its files. */
  public abstract SortedSet<String> names();

  /** What is wrong with folder or zip as such. */
  public abstract List<String> faults();

  /** Why nothing of it can be read; null where something can, however damaged. */
  abstract @Nullable String unreadable();

  /** Bytes of one of its files, as far as its directory can be believed. */
  abstract long size(String name) throws IOException;

  /** One of its files; an {@link IOException} where it cannot be read as it should be. */
  public abstract InputStream open(String name) throws IOException;

  /** Whether a file of a bundle may be called so. */
  public static boolean isName(String name) {
    if (!NAME.matcher(name).matches()) {
      return false;
    }
    for (String part : name.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /**
   * Opens a folder or zip.
   *
   * @throws IOException if there is none
   */
  public static BundleFiles open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return new Folder(path);
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new FileSystemException(path.toString(), null, "neither a folder nor a file");
    }
    return ZipFiles.of(path);
  }

  /**
   * A whole file.
   *
   * @throws IOException if it cannot be read, or is longer than it may be
   */
  public byte[] read(String name, int longest) throws IOException {
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
        } else if (!isName(name)) {
          faults.add("no file of a bundle is called " + Quoted.of(name));
        } else if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          faults.add(name + " is a link, or no file");
        } else {
          names.add(name);
        }
      }
    }

    @Override
    public SortedSet<String> names() {
      return names;
    }

    @Override
    public List<String> faults() {
      return faults;
    }

    @Override
    @Nullable String unreadable() {
      String why = "it holds no files";
      if (!faults.isEmpty()) {
        why = "nothing in it can be read: " + faults.getFirst();
      }
      for (String name : names) {
        try {
          open(name).close();
          return null;
        } catch (IOException e) {
          why = "nothing in it can be read: " + name + ": " + e.getMessage();
        }
      }
      return why;
    }

    @Override
    long size(String name) throws IOException {
      return Files.size(root.resolve(name));
    }

    @Override
    public InputStream open(String name) throws IOException {
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
  public static final String PROOFS = "proofs/";
}
