package io.osmoda.ledger;

import io.osmoda.format.log.BadKeyException;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.MerkleTree;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The folder of a log's private keys, apart from the ledger's (section 2).
 *
 * <pre>
 * ed25519.pem, ml-dsa-44.pem   PKCS#8, mode 0600, in a folder of mode 0700
 * trust.policy                 the public half: what one gives to an auditor
 * next/                        a rotation that has begun: the same three files, new
 * retired/N/                   pairs that rotations replaced, the first being 1
 * </pre>
 *
 * <p>A rotation is three steps, so that the keys in the ledger and those here never part: {@link
 * #beginRotation} makes {@code next/}, the ledger seals and signs the change, {@link
 * #completeRotation} moves the files. Each step can be repeated after a crash at any point. Not
 * thread-safe; the ledger's lock is what keeps two writers apart.
 */
final class KeyFolder {
  static final String POLICY_FILE = "trust.policy";

  private static final String ED25519_FILE = "ed25519.pem";
  private static final String ML_DSA_FILE = "ml-dsa-44.pem";
  // The policy goes last: while it still names the old keys, they still verify (the rotation note).
  private static final List<String> FILES = List.of(ED25519_FILE, ML_DSA_FILE, POLICY_FILE);
  private static final String NEXT = "next";
  private static final String RETIRED = "retired";
  private static final String UNFINISHED = ".tmp";

  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----\n";
  private static final String PEM_END = "\n-----END PRIVATE KEY-----\n";
  private static final Checkpoint PROBE = new Checkpoint("probe", 0, MerkleTree.EMPTY_ROOT);

  private final Path folder;
  private LogSigner signer;

  private KeyFolder(Path folder, LogSigner signer) {
    this.folder = folder;
    this.signer = signer;
  }

  /**
   * Makes the folder with a fresh key of each kind.
   *
   * @throws KeyFolderException if it already holds keys, or cannot be made
   */
  static KeyFolder create(Path folder, String origin) throws KeyFolderException {
    for (String file : FILES) {
      if (Files.exists(folder.resolve(file))) {
        throw new KeyFolderException(
            folder.resolve(file)
                + " exists already; keys are never overwritten: choose another folder for them");
      }
    }
    try {
      if (Files.exists(folder)) {
        checkMode(folder);
      } else {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        createFolder(folder);
        if (parent != null) {
          syncFolder(parent);
        }
      }
      deleteFolder(folder.resolve(NEXT)); // of a creation that a crash ended: nobody has it yet
      makeNext(folder, origin);
      for (Step step : moves(folder)) {
        step.run();
      }
    } catch (IOException e) {
      throw failed("cannot make the key folder " + folder, e);
    }
    return load(folder);
  }

  /**
   * Opens the folder for signing; completes the moving of files that a crash interrupted.
   *
   * @throws KeyFolderException if a file is missing, malformed, open to group or others, or if a
   *     private key is not that of the public one in {@code trust.policy}
   */
  static KeyFolder load(Path folder) throws KeyFolderException {
    try {
      if (!Files.isDirectory(folder)) {
        throw new KeyFolderException(
            "there is no key folder " + folder + "; without its keys nothing can be sealed");
      }
      checkMode(folder);
      if (isPartlyMoved(folder)) {
        for (Step step : moves(folder)) {
          step.run();
        }
      }
      return new KeyFolder(folder, readKeys(folder));
    } catch (IOException e) {
      throw failed("cannot open the key folder " + folder, e);
    }
  }

  /** The origin that the keys sign for. */
  String origin() {
    return signer.verifierKeys().getFirst().name();
  }

  /** What signs now. */
  LogSigner signer() {
    return signer;
  }

  /** The public keys in force, as vkeys. */
  List<String> vkeys() {
    return signer.vkeys();
  }

  /** The public part, a trust policy. */
  Path policyFile() {
    return folder.resolve(POLICY_FILE);
  }

  /** Whether a rotation has begun and is not complete. */
  boolean isRotating() {
    return Files.exists(folder.resolve(NEXT));
  }

  /**
   * Makes the new keys beside the old, or finds those that an interrupted rotation made.
   *
   * @return what signs with the new keys alone
   */
  LogSigner beginRotation() throws KeyFolderException {
    Path next = folder.resolve(NEXT);
    try {
      if (!Files.exists(next)) {
        makeNext(folder, origin());
      }
      return readKeys(next);
    } catch (IOException e) {
      throw failed("cannot make new keys in " + next, e);
    }
  }

  /**
   * Puts the new keys in the old ones' place, once the ledger has sealed the change and signed it
   * with both. The old ones go to {@code retired/}.
   */
  void completeRotation() throws KeyFolderException {
    try {
      for (Step step : completion()) {
        step.run();
      }
      signer = readKeys(folder);
    } catch (IOException e) {
      throw failed("cannot put the new keys in place in " + folder, e);
    }
  }

  /** Deletes new keys that were never announced in the ledger. */
  void abandonRotation() throws KeyFolderException {
    Path next = folder.resolve(NEXT);
    try {
      if (isPartlyMoved(folder)) {
        throw new KeyFolderException(
            "the rotation in " + next + " is past the point where it could be abandoned");
      }
      deleteFolder(next);
      syncFolder(folder);
    } catch (IOException e) {
      throw failed("cannot delete " + next, e);
    }
  }

  /** One operation on the disk, which may be repeated after a crash. */
  interface Step {
    void run() throws IOException;
  }

  /** What {@link #completeRotation} does, step by step: a crash may fall between any two. */
  List<Step> completion() throws IOException {
    List<Step> steps = new ArrayList<>();
    if (isRotating() && !isPartlyMoved(folder)) {
      Path retired = folder.resolve(RETIRED);
      steps.add(
          () -> {
            if (!Files.exists(retired)) {
              createFolder(retired);
              syncFolder(folder);
            }
          });
      steps.add(() -> keepOld(retired));
      steps.add(() -> carryPolicyOver(folder));
    }
    steps.addAll(moves(folder));
    return steps;
  }

  private static List<Step> moves(Path folder) {
    Path next = folder.resolve(NEXT);
    List<Step> steps = new ArrayList<>();
    for (String file : FILES) {
      steps.add(
          () -> {
            if (Files.exists(next.resolve(file))) {
              Files.move(
                  next.resolve(file),
                  folder.resolve(file),
                  StandardCopyOption.ATOMIC_MOVE,
                  StandardCopyOption.REPLACE_EXISTING);
              syncFolder(folder);
            }
          });
    }
    steps.add(
        () -> {
          Files.deleteIfExists(next);
          syncFolder(folder);
        });
    return steps;
  }

  /** Whether next/'s files were on their way into place: some are there, or there are no others. */
  private static boolean isPartlyMoved(Path folder) {
    Path next = folder.resolve(NEXT);
    return Files.exists(next)
        && (FILES.stream().anyMatch(file -> !Files.exists(next.resolve(file)))
            || FILES.stream().noneMatch(file -> Files.exists(folder.resolve(file))));
  }

  private static void makeNext(Path folder, String origin) throws IOException {
    Path unfinished = folder.resolve(NEXT + UNFINISHED);
    deleteFolder(unfinished);
    createFolder(unfinished);
    writeKeys(unfinished, origin);
    Files.move(unfinished, folder.resolve(NEXT), StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folder);
  }

  private void keepOld(Path retired) throws IOException {
    int number = 1;
    while (Files.exists(retired.resolve(String.valueOf(number)))) {
      Path kept = retired.resolve(number + "/" + POLICY_FILE);
      if (Files.exists(kept) && Files.mismatch(kept, folder.resolve(POLICY_FILE)) == -1) {
        return; // an interrupted rotation has kept them already
      }
      number++;
    }
    Path unfinished = retired.resolve(number + UNFINISHED);
    deleteFolder(unfinished);
    createFolder(unfinished);
    for (String file : FILES) {
      write(unfinished.resolve(file), Files.readAllBytes(folder.resolve(file)));
    }
    syncFolder(unfinished);
    Files.move(unfinished, retired.resolve(String.valueOf(number)), StandardCopyOption.ATOMIC_MOVE);
    syncFolder(retired);
  }

  /** Whatever else the operator wrote into the policy, witnesses say, outlives the old keys. */
  private static void carryPolicyOver(Path folder) throws IOException {
    Path next = folder.resolve(NEXT);
    List<String> fresh = logLines(next.resolve(POLICY_FILE));
    StringBuilder policy = new StringBuilder();
    boolean written = false;
    for (String line : lines(folder.resolve(POLICY_FILE))) {
      if (!isLogLine(line)) {
        policy.append(line).append('\n');
      } else if (!written) {
        fresh.forEach(log -> policy.append(log).append('\n'));
        written = true;
      }
    }
    Path merged = next.resolve(POLICY_FILE + UNFINISHED);
    Files.deleteIfExists(merged);
    write(merged, policy.toString().getBytes(StandardCharsets.ISO_8859_1));
    Files.move(
        merged,
        next.resolve(POLICY_FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    syncFolder(next);
  }

  private static List<String> logLines(Path policy) throws IOException {
    return lines(policy).stream().filter(KeyFolder::isLogLine).toList();
  }

  /** Octets, as C2SP's policies are: a comment need not be UTF-8. */
  private static List<String> lines(Path policy) throws IOException {
    return Files.readAllLines(policy, StandardCharsets.ISO_8859_1);
  }

  private static boolean isLogLine(String line) {
    return line.strip().startsWith("log ") || line.strip().startsWith("log\t");
  }

  private static void writeKeys(Path folder, String origin) throws IOException {
    LogSigner.LogKey classical =
        writeKey(folder.resolve(ED25519_FILE), origin, VerifierKey.Type.ED25519);
    LogSigner.LogKey postQuantum =
        writeKey(folder.resolve(ML_DSA_FILE), origin, VerifierKey.Type.ML_DSA_44);
    String policy =
        "# The public keys of the ledger "
            + origin
            + ": for auditors, who need it from you and not from the ledger.\n"
            + ("log " + classical.verifier() + "\n")
            + ("log " + postQuantum.verifier() + "\n")
            + "quorum none\n";
    write(folder.resolve(POLICY_FILE), policy.getBytes(StandardCharsets.UTF_8));
    syncFolder(folder);
  }

  private static LogSigner.LogKey writeKey(Path file, String origin, VerifierKey.Type type)
      throws IOException {
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance(type.algorithm()).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot make " + type.algorithm() + " keys", e);
    }
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPrivate().getEncoded());
    write(file, (PEM_BEGIN + base64 + PEM_END).getBytes(StandardCharsets.US_ASCII));
    try {
      return new LogSigner.LogKey(
          VerifierKey.of(origin, type, pair.getPublic()), pair.getPrivate());
    } catch (BadKeyException e) {
      throw new IllegalStateException("a fresh key is not good: " + e.getMessage(), e);
    }
  }

  private static LogSigner readKeys(Path folder) throws IOException {
    checkMode(folder);
    PrivateKey classical = readKey(folder.resolve(ED25519_FILE), VerifierKey.Type.ED25519);
    PrivateKey postQuantum = readKey(folder.resolve(ML_DSA_FILE), VerifierKey.Type.ML_DSA_44);
    Path policy = folder.resolve(POLICY_FILE);
    if (!Files.exists(policy)) {
      throw new KeyFolderException(
          policy + " is missing; restore it, with a \"log\" line for each of the ledger's keys");
    }
    List<VerifierKey> named;
    try {
      named = TrustPolicy.load(policy).logs();
    } catch (BadPolicyException e) {
      throw new KeyFolderException(policy + " is no trust policy: " + e.getMessage(), e);
    }
    VerifierKey first = only(VerifierKey.Type.ED25519, named, policy);
    VerifierKey second = only(VerifierKey.Type.ML_DSA_44, named, policy);
    if (named.size() != 2 || !first.name().equals(second.name())) {
      throw wrongKeys(policy);
    }
    // In this order, whatever that of the lines: ledger.json lists them so.
    List<LogSigner.LogKey> keys =
        List.of(new LogSigner.LogKey(first, classical), new LogSigner.LogKey(second, postQuantum));
    for (LogSigner.LogKey key : keys) {
      if (!belongTogether(key)) {
        throw new KeyFolderException(
            "the private "
                + key.verifier().type().algorithm()
                + " key in "
                + folder
                + " is not that of the public one in "
                + policy);
      }
    }
    return new LogSigner(keys);
  }

  private static VerifierKey only(VerifierKey.Type type, List<VerifierKey> keys, Path policy)
      throws KeyFolderException {
    List<VerifierKey> those = keys.stream().filter(key -> key.type() == type).toList();
    if (those.size() != 1) {
      throw wrongKeys(policy);
    }
    return those.getFirst();
  }

  private static KeyFolderException wrongKeys(Path policy) {
    return new KeyFolderException(
        policy
            + " must name one Ed25519 and one ML-DSA-44 key of one origin in \"log\" lines: those"
            + " of the private keys beside it");
  }

  private static boolean belongTogether(LogSigner.LogKey key) throws KeyFolderException {
    Checkpoint probe = new Checkpoint(key.verifier().name(), PROBE.size(), PROBE.root());
    try {
      SignedNote note = SignedNote.parse(new LogSigner(List.of(key)).sign(probe).note());
      return key.verifier().verifies(note.signatures().getFirst(), probe);
    } catch (BadNoteException | IllegalStateException e) {
      throw new KeyFolderException("cannot sign with the key " + key.verifier().name(), e);
    }
  }

  private static PrivateKey readKey(Path file, VerifierKey.Type type) throws IOException {
    if (!Files.exists(file)) {
      throw new KeyFolderException(
          "the private key " + file + " is missing; restore it from your copy of the key folder");
    }
    checkMode(file);
    String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (pem.length() < PEM_BEGIN.length() + PEM_END.length()
        || !pem.startsWith(PEM_BEGIN)
        || !pem.endsWith(PEM_END)) {
      throw new KeyFolderException(file + " is no PKCS#8 private key in PEM form");
    }
    try {
      byte[] pkcs8 =
          Base64.getMimeDecoder()
              .decode(pem.substring(PEM_BEGIN.length(), pem.length() - PEM_END.length()));
      return KeyFactory.getInstance(type.algorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new KeyFolderException(file + " is no private " + type.algorithm() + " key", e);
    }
  }

  private static void checkMode(Path path) throws IOException {
    Set<PosixFilePermission> open = EnumSet.copyOf(Files.getPosixFilePermissions(path));
    open.retainAll(OTHERS);
    if (!open.isEmpty()) {
      throw new KeyFolderException(
          path
              + " is open to group or others ("
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
              + "); private keys are not: chmod go-rwx "
              + path);
    }
  }

  private static void createFolder(Path folder) throws IOException {
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER_MODE));
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(FILE_MODE))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      out.force(true);
    }
  }

  private static void syncFolder(Path folder) throws IOException {
    RealDisk.INSTANCE.syncDirectory(folder);
  }

  private static void deleteFolder(Path folder) throws IOException {
    for (String name : RealDisk.INSTANCE.list(folder)) {
      Files.delete(folder.resolve(name));
    }
    Files.deleteIfExists(folder);
  }

  private static KeyFolderException failed(String what, IOException e) {
    if (e instanceof KeyFolderException known) {
      return known;
    }
    String why =
        e instanceof FileSystemException file && file.getReason() == null
            ? "no file can be made or read at " + file.getFile()
            : String.valueOf(e.getMessage());
    return new KeyFolderException(what + ": " + why, e);
  }
}
