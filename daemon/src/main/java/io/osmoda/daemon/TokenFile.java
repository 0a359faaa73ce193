package io.osmoda.daemon;

import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens of the HTTP interface: {@code tokens.json} in the key folder, mode 0600. It
 * holds each token's SHA-256, never the token: who reads the file cannot use it. Thread-safe; a
 * change of the file, by this process or another, counts from the next request on.
 */
public final class TokenFile {
  /** The file's name in the key folder. */
  public static final String NAME = "tokens.json";

  private static final String PREFIX = "osm_";
  private static final int TOKEN_BYTES = 32;
  private static final int MAX_FILE = 1 << 20;
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

  private final Path file;
  private final Clock clock;
  private final SecureRandom random;
  private volatile Loaded loaded = new Loaded(FileTime.fromMillis(0), -1, List.of());

  /**
   * One token, as far as the file knows it.
   *
   * @param actors actors that it may write as, each exact or with a final {@code *}
   * @param expires from when on it is no longer taken; null for never
   */
  public record Token(
      String name,
      Role role,
      List<String> actors,
      Instant created,
      @Nullable Instant expires,
      Hash sha256) {
    public Token {
      actors = List.copyOf(actors);
      ActorPattern.parse(actors);
      if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
        throw new RequestRefusedException(
            "a token name must be 1 to 64 letters, digits, dots, dashes or underscores, not \""
                + name
                + '"');
      }
      if (role == Role.WRITER && actors.isEmpty()) {
        throw new RequestRefusedException("a writer token needs at least one actor, or * for any");
      }
    }
  }

  private record Loaded(FileTime modified, long size, List<Token> tokens) {}

  /**
   * @param keyFolder the ledger's key folder, which must exist
   */
  public TokenFile(Path keyFolder) {
    this(keyFolder, Clock.systemUTC(), new SecureRandom());
  }

  TokenFile(Path keyFolder, Clock clock, SecureRandom random) {
    this.file = keyFolder.resolve(NAME);
    this.clock = clock;
    this.random = random;
  }

  /**
   * Makes a token and stores its hash.
   *
   * @return the token itself, which is shown this once and kept nowhere
   * @throws RequestRefusedException if the name is taken, or name or actors are malformed
   */
  public String add(String name, Role role, List<String> actors, @Nullable Instant expires)
      throws IOException {
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    Token added = new Token(name, role, actors, clock.instant(), expires, sha256(token));
    change(
        tokens -> {
          if (tokens.stream().anyMatch(other -> other.name().equals(name))) {
            throw new RequestRefusedException(
                "a token named " + name + " already exists: revoke it or choose another name");
          }
          tokens.add(added);
        });
    return token;
  }

  /**
   * Takes a token back.
   *
   * @return false if there is none of that name
   */
  public boolean revoke(String name) throws IOException {
    boolean[] removed = {false};
    change(tokens -> removed[0] = tokens.removeIf(token -> token.name().equals(name)));
    return removed[0];
  }

  /** All tokens, expired ones too. */
  public List<Token> list() throws IOException {
    return load().tokens();
  }

  /** The caller of that token, null where no valid one matches. */
  @Nullable Caller authenticate(String presented) throws IOException {
    byte[] hash = sha256(presented).toBytes();
    Token found = null;
    for (Token token : load().tokens()) {
      // Every token is compared, each in constant time, so that timing tells nothing.
      if (MessageDigest.isEqual(hash, token.sha256().toBytes())) {
        found = token;
      }
    }
    if (found == null || (found.expires() != null && !clock.instant().isBefore(found.expires()))) {
      return null;
    }
    List<ActorPattern> actors =
        found.role() == Role.AUDITOR ? List.of() : ActorPattern.parse(found.actors());
    return new Caller("token:" + found.name(), "http", found.role(), actors, false);
  }

  private interface Change {
    void apply(List<Token> tokens);
  }

  private synchronized void change(Change change) throws IOException {
    Path lock = file.resolveSibling(NAME + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      List<Token> tokens = new ArrayList<>(load().tokens());
      change.apply(tokens);
      store(tokens);
      assert held.isValid();
    }
  }

  private Loaded load() throws IOException {
    FileTime modified;
    long size;
    try {
      modified = Files.getLastModifiedTime(file);
      size = Files.size(file);
    } catch (NoSuchFileException e) {
      return new Loaded(FileTime.fromMillis(0), -1, List.of());
    }
    Loaded last = loaded;
    if (last.modified.equals(modified) && last.size == size) {
      return last;
    }
    if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          file
              + " can be read or changed by other users: chmod 600 it; no token is accepted until");
    }
    if (size > MAX_FILE) {
      throw new IOException(file + " is larger than " + MAX_FILE + " bytes");
    }
    Loaded now = new Loaded(modified, size, parse(Files.readAllBytes(file)));
    loaded = now;
    return now;
  }

  private List<Token> parse(byte[] bytes) throws IOException {
    try {
      if (CanonicalJson.parse(bytes) instanceof JsonObject root
          && root.get("tokens") instanceof JsonArray list) {
        List<Token> tokens = new ArrayList<>();
        for (JsonValue element : list.elements()) {
          tokens.add(token(element));
        }
        return List.copyOf(tokens);
      }
      throw new RequestRefusedException("it must be an object with an array named tokens");
    } catch (JsonException | RequestRefusedException | DateTimeParseException e) {
      throw new IOException(file + " is not a token file: " + e.getMessage(), e);
    }
  }

  private static Token token(JsonValue value) {
    if (!(value instanceof JsonObject json)) {
      throw new RequestRefusedException("a token must be an object");
    }
    List<String> actors = new ArrayList<>();
    if (json.get("actors") instanceof JsonArray list) {
      for (JsonValue actor : list.elements()) {
        if (!(actor instanceof JsonString text)) {
          throw new RequestRefusedException("an actor must be a string");
        }
        actors.add(text.value());
      }
    }
    String expires = json.string("expires");
    return new Token(
        required(json, "name"),
        Role.parse(required(json, "role")),
        actors,
        Instant.parse(required(json, "created")),
        expires == null ? null : Instant.parse(expires),
        Hash.fromHex(required(json, "sha256")));
  }

  private static String required(JsonObject json, String name) {
    String text = json.string(name);
    if (text == null) {
      throw new RequestRefusedException("a token is missing the member " + name);
    }
    return text;
  }

  private void store(List<Token> tokens) throws IOException {
    List<JsonValue> list = new ArrayList<>();
    for (Token token : tokens) {
      list.add(
          JsonObject.builder()
              .put("name", token.name())
              .put("role", token.role().text())
              .put(
                  "actors",
                  new JsonArray(token.actors().stream().<JsonValue>map(JsonString::new).toList()))
              .put("created", token.created().toString())
              .putIfPresent("expires", token.expires() == null ? null : token.expires().toString())
              .put("sha256", token.sha256().hex())
              .build());
    }
    byte[] bytes;
    try {
      bytes = CanonicalJson.write(JsonObject.builder().put("tokens", new JsonArray(list)).build());
    } catch (JsonException e) {
      throw new UncheckedIOException(new IOException("cannot write tokens: " + e, e));
    }
    Path temporary = file.resolveSibling(NAME + ".tmp");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // The next look at the file reads it again, whatever its time and size say.
    loaded = new Loaded(FileTime.fromMillis(0), -1, List.of());
  }

  private static Hash sha256(String token) {
    return Digests.of(token.getBytes(StandardCharsets.UTF_8));
  }
}
