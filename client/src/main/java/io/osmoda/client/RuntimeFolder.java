package io.osmoda.client;

import io.osmoda.format.log.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a ledger's daemon has its socket, its start-up lock and its log, unless it is told
 * otherwise: {@code $XDG_RUNTIME_DIR/osmoda}, else {@code osmoda-UID} in the folder for temporary
 * files. The name is made of the ledger's real path, so that all who mean the same ledger meet.
 */
public final class RuntimeFolder {
  /** The environment's name for a socket elsewhere. */
  public static final String SOCKET_VARIABLE = "OSMODA_SOCKET";

  /** The longest path that a Unix socket can have, in bytes. */
  public static final int MAX_SOCKET_PATH = 107;

  private static final int NAME_DIGITS = 16;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final String name;

  private RuntimeFolder(Path folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * The place for the ledger in that folder, which must exist.
   *
   * @param environment the process's environment variables
   */
  static RuntimeFolder of(Path ledger, Map<String, String> environment) throws IOException {
    String name = name(ledger.toRealPath());
    String runtime = environment.get("XDG_RUNTIME_DIR");
    if (runtime != null && Path.of(runtime).isAbsolute() && Files.isDirectory(Path.of(runtime))) {
      RuntimeFolder place = new RuntimeFolder(Path.of(runtime, "osmoda"), name);
      if (isShortEnough(place.socket())) {
        return place;
      }
    }
    String own = "osmoda-" + ownUid();
    RuntimeFolder place =
        new RuntimeFolder(Path.of(System.getProperty("java.io.tmpdir"), own), name);
    return isShortEnough(place.socket()) ? place : new RuntimeFolder(Path.of("/tmp", own), name);
  }

  private static String name(Path realPath) {
    byte[] path = realPath.toString().getBytes(StandardCharsets.UTF_8);
    return Digests.of(path).hex().substring(0, NAME_DIGITS);
  }

  Path socket() {
    return folder.resolve(name + ".sock");
  }

  /** Locked by whoever starts a daemon, so that only one does. */
  Path startLock() {
    return folder.resolve(name + ".start");
  }

  /** Where a daemon that was started in the background writes what it has to say. */
  Path log() {
    return folder.resolve(name + ".log");
  }

  /**
   * Makes the folder, or makes sure that nobody else can have put anything into it.
   *
   * @throws IOException if it is a link, belongs to somebody else, or is open to others
   */
  void prepare() throws IOException {
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      check(e);
    }
  }

  private void check(FileAlreadyExistsException exists) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is not a folder: remove it, or set OSMODA_SOCKET", exists);
    }
    if (uidOf(folder) != ownUid()) {
      throw new IOException(
          folder + " belongs to another user: set XDG_RUNTIME_DIR or OSMODA_SOCKET", exists);
    }
    Set<PosixFilePermission> open =
        new HashSet<>(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
    open.removeAll(OWNER_ONLY);
    if (!open.isEmpty()) {
      throw new IOException(folder + " is open to other users: chmod 700 it", exists);
    }
  }

  public static boolean isShortEnough(Path socket) {
    return socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH;
  }

  private static int ownUid() throws IOException {
    Path self = Path.of("/proc/self");
    if (Files.isDirectory(self)) {
      return (Integer) Files.getAttribute(self, "unix:uid"); // a link, to be followed
    }
    Path own = Files.createTempFile("osmoda", null);
    try {
      return uidOf(own);
    } finally {
      Files.delete(own);
    }
  }

  private static int uidOf(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }
}
