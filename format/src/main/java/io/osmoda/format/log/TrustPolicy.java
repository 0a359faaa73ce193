package io.osmoda.format.log;

import io.osmoda.format.json.Digits;
import io.osmoda.format.json.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom an auditor trusts: a C2SP tlog-policy file (section 8). Immutable and thread-safe.
 *
 * <pre>
 * log VKEY [URL]                       a key of the log; all of them are demanded
 * witness NAME VKEY [URL]
 * group NAME any|all|K NAME…           of witnesses and groups named above
 * quorum NAME|none                     exactly one
 * </pre>
 *
 * <p>Names are defined before they are used, and each stands in one group at most. Where C2SP asks
 * for any one of the logs listed, the ledger format asks for all.
 */
public final class TrustPolicy {
  /** The largest policy file read: far more than the 32 logs and witnesses that C2SP asks for. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String NO_QUORUM = "none";

  /** A witness, or a group that needs {@code threshold} of its members, by index; in file order. */
  private record Voter(
      String name, @Nullable VerifierKey witness, int threshold, List<Integer> members) {}

  private final List<VerifierKey> logs;
  private final List<Voter> voters;
  private final int quorum; // index of a voter, -1 for none

  private TrustPolicy(List<VerifierKey> logs, List<Voter> voters, int quorum) {
    this.logs = List.copyOf(logs);
    this.voters = List.copyOf(voters);
    this.quorum = quorum;
  }

  /**
   * Reads a policy file.
   *
   * @throws IOException if it cannot be read
   * @throws BadPolicyException if it is no policy, with the line's number
   */
  public static TrustPolicy load(Path file) throws IOException, BadPolicyException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in.readNBytes(MAX_BYTES + 1));
    }
  }

  /** Parses a policy file's bytes; see {@link #load}. */
  public static TrustPolicy parse(byte[] policy) throws BadPolicyException {
    if (policy.length > MAX_BYTES) {
      throw new BadPolicyException("a trust policy has at most " + MAX_BYTES + " bytes");
    }
    return new Parser().parse(policy);
  }

  /** A policy of log keys alone, without witnesses. */
  public static TrustPolicy ofLogKeys(List<VerifierKey> logs) {
    return new TrustPolicy(logs, List.of(), -1);
  }

  /** The same witnesses and quorum with other log keys, as a rotation brings them. */
  public TrustPolicy withLogKeys(List<VerifierKey> logs) {
    return new TrustPolicy(logs, voters, quorum);
  }

  /** The log's keys as vkeys, in the file's order. */
  public List<String> logKeys() {
    return logs.stream().map(VerifierKey::toString).toList();
  }

  /** The origins that the log keys are for: in a policy for one ledger exactly one. */
  public Set<String> origins() {
    Set<String> origins = new HashSet<>();
    logs.forEach(key -> origins.add(key.name()));
    return Set.copyOf(origins);
  }

  /** The name of the witness or group that must have cosigned; null where none must. */
  public @Nullable String quorumName() {
    return quorum < 0 ? null : voters.get(quorum).name();
  }

  public List<VerifierKey> logs() {
    return logs;
  }

  public List<VerifierKey> witnesses() {
    List<VerifierKey> witnesses = new ArrayList<>();
    for (Voter voter : voters) {
      if (voter.witness() != null) {
        witnesses.add(voter.witness());
      }
    }
    return witnesses;
  }

  /** Whether these witnesses are enough. */
  public boolean isQuorum(Set<VerifierKey> cosigners) {
    if (quorum < 0) {
      return true;
    }
    boolean[] witnessed = new boolean[quorum + 1];
    for (int i = 0; i <= quorum; i++) {
      Voter voter = voters.get(i);
      if (voter.witness() != null) {
        witnessed[i] = cosigners.contains(voter.witness());
      } else {
        long votes = voter.members().stream().filter(member -> witnessed[member]).count();
        witnessed[i] = votes >= voter.threshold();
      }
    }
    return witnessed[quorum];
  }

  private static final class Parser {
    private final List<VerifierKey> logs = new ArrayList<>();
    private final List<Voter> voters = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Set<Integer> grouped = new HashSet<>();
    private @Nullable Integer quorum;
    private int line;

    TrustPolicy parse(byte[] policy) throws BadPolicyException {
      // Octets, not characters: names are opaque, and Latin-1 keeps each byte as it is.
      String text = new String(policy, StandardCharsets.ISO_8859_1);
      for (String content : text.split("\n", -1)) {
        line++;
        checkOctets(content);
        String[] words = content.replaceAll("^[ \t]+|[ \t]+$", "").split("[ \t]+");
        if (!words[0].isEmpty() && words[0].charAt(0) != '#') {
          parse(words);
        }
      }
      if (quorum == null) {
        throw new BadPolicyException(
            "the policy has no quorum line; without witnesses it reads \"quorum none\"");
      }
      if (logs.isEmpty()) {
        throw new BadPolicyException("the policy names no log key, so nothing could be trusted");
      }
      return new TrustPolicy(logs, voters, quorum);
    }

    private void checkOctets(String content) throws BadPolicyException {
      for (int i = 0; i < content.length(); i++) {
        char c = content.charAt(i);
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
          throw wrong(
              c == '\r'
                  ? "lines end in LF alone, this one has a carriage return"
                  : "holds the control character 0x%02x".formatted((int) c));
        }
      }
    }

    private void parse(String[] words) throws BadPolicyException {
      switch (words[0]) {
        case "log" -> {
          if (words.length < 2 || words.length > 3) {
            throw wrong("must read: log VKEY [URL]");
          }
          log(key(words[1]));
        }
        case "witness" -> {
          if (words.length < 3 || words.length > 4) {
            throw wrong("must read: witness NAME VKEY [URL]");
          }
          witness(words[1], key(words[2]));
        }
        case "group" -> {
          if (words.length < 4) {
            throw wrong("must read: group NAME any|all|K NAME…, with at least one member");
          }
          group(words);
        }
        case "quorum" -> {
          if (words.length != 2) {
            throw wrong("must read: quorum NAME, or: quorum none");
          }
          quorum(words[1]);
        }
        default ->
            throw wrong("starts with none of log, witness, group, quorum and #: " + show(words[0]));
      }
    }

    private void log(VerifierKey key) throws BadPolicyException {
      if (key.type() == VerifierKey.Type.ED25519_COSIGNATURE) {
        throw wrong("a key of type 0x04 is a witness's, not a log's");
      }
      if (logs.stream().anyMatch(key::sameKey)) {
        throw wrong("this log key stands in an earlier line already");
      }
      if (witnessKeys().contains(key)) {
        throw wrong("this log key is a witness's already; a log does not witness itself");
      }
      logs.add(key);
    }

    private void witness(String name, VerifierKey key) throws BadPolicyException {
      if (key.type() == VerifierKey.Type.ED25519) {
        throw wrong("a key of type 0x01 is a log's; witnesses' are of type 0x04 or 0x06");
      }
      if (witnessKeys().stream().anyMatch(key::sameKey)) {
        throw wrong("this witness's key stands in an earlier line already");
      }
      if (logs.contains(key)) {
        throw wrong("this witness's key is a log's already; a log does not witness itself");
      }
      define(name, new Voter(name, key, 1, List.of()));
    }

    private List<VerifierKey> witnessKeys() {
      return new TrustPolicy(logs, voters, -1).witnesses();
    }

    private void group(String[] words) throws BadPolicyException {
      List<Integer> members = new ArrayList<>();
      for (int i = 3; i < words.length; i++) {
        int member = defined(words[i]);
        if (!grouped.add(member)) {
          throw wrong(show(words[i]) + " is a member of a group already; it can be of one only");
        }
        members.add(member);
      }
      int threshold =
          switch (words[2]) {
            case "any" -> 1;
            case "all" -> members.size();
            default -> {
              boolean decimal = Digits.isDecimal(words[2]);
              long k = decimal ? Long.parseLong(words[2]) : 0;
              if (k < 1 || k > members.size()) {
                throw wrong(
                    "a group of "
                        + members.size()
                        + " asks for any, all or 1 to "
                        + members.size()
                        + " of them, not "
                        + show(words[2]));
              }
              yield (int) k;
            }
          };
      define(words[1], new Voter(words[1], null, threshold, members));
    }

    private void quorum(String name) throws BadPolicyException {
      if (quorum != null) {
        throw wrong("a second quorum line");
      }
      quorum = name.equals(NO_QUORUM) ? -1 : defined(name);
    }

    private void define(String name, Voter voter) throws BadPolicyException {
      if (name.equals(NO_QUORUM)) {
        throw wrong("the name none is taken, for: quorum none");
      }
      if (names.putIfAbsent(name, voters.size()) != null) {
        throw wrong("the name " + show(name) + " is defined already");
      }
      voters.add(voter);
    }

    private int defined(String name) throws BadPolicyException {
      Integer index = names.get(name);
      if (index == null) {
        throw wrong("the name " + show(name) + " is not defined above");
      }
      return index;
    }

    private VerifierKey key(String octets) throws BadPolicyException {
      byte[] bytes = octets.getBytes(StandardCharsets.ISO_8859_1);
      try {
        return VerifierKey.parse(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException e) {
        throw wrong("the vkey is not UTF-8");
      } catch (BadKeyException e) {
        throw wrong(e.getMessage());
      }
    }

    private static String show(String octets) {
      return Shown.quoted(
          new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    private BadPolicyException wrong(@Nullable String message) {
      return new BadPolicyException(line, String.valueOf(message));
    }
  }
}
