package io.osmoda.format.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/** Logs, witnesses and published vectors for tests. */
public final class TestLog {
  public static final String ORIGIN = "a.example/log";

  private TestLog() {}

  public static byte[] vector(String name) throws IOException {
    try (InputStream in = TestLog.class.getResourceAsStream("/vectors/" + name)) {
      if (in == null) {
        throw new IOException("no vector " + name);
      }
      return in.readAllBytes();
    }
  }

  /** The entry hashes that a vector's lines state, in order. */
  public static List<byte[]> entryHashes(String name) throws IOException {
    List<byte[]> hashes = new ArrayList<>();
    String member = "\"entry_hash\":\"";
    for (String line : new String(vector(name), StandardCharsets.UTF_8).split("\n", 0)) {
      int at = line.indexOf(member) + member.length();
      hashes.add(Hash.fromHex(line.substring(at, at + 64)).toBytes());
    }
    return hashes;
  }

  /** A source of randomness that gives one byte for ever, for keys by seed. */
  static SecureRandom constant(int value) {
    return new SecureRandom() {
      @Override
      public void nextBytes(byte[] bytes) {
        java.util.Arrays.fill(bytes, (byte) value);
      }
    };
  }

  public static KeyPair keyPair(VerifierKey.Type type, int seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm());
      if (type == VerifierKey.Type.ML_DSA_44) {
        generator.initialize(java.security.spec.NamedParameterSpec.ML_DSA_44, constant(seed));
      } else {
        generator.initialize(java.security.spec.NamedParameterSpec.ED25519, constant(seed));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public static VerifierKey verifier(String name, VerifierKey.Type type, int seed) {
    try {
      return VerifierKey.of(name, type, keyPair(type, seed).getPublic());
    } catch (BadKeyException e) {
      throw new AssertionError(e);
    }
  }

  public static TestSigner signer(String origin, int seed) {
    return new TestSigner(
        List.of(
            logKey(origin, VerifierKey.Type.ED25519, seed),
            logKey(origin, VerifierKey.Type.ML_DSA_44, seed)));
  }

  private static TestSigner.LogKey logKey(String origin, VerifierKey.Type type, int seed) {
    return new TestSigner.LogKey(verifier(origin, type, seed), keyPair(type, seed).getPrivate());
  }

  /** A cosignature as C2SP tlog-cosignature spells it. */
  public static SignedNote.SignatureLine cosign(
      String witness, VerifierKey.Type type, int seed, long time, Checkpoint checkpoint) {
    byte[] message =
        type == VerifierKey.Type.ML_DSA_44
            ? VerifierKey.subtreeMessage(witness, time, checkpoint)
            : ("cosignature/v1\ntime " + time + "\n" + checkpoint.text())
                .getBytes(StandardCharsets.UTF_8);
    try {
      Signature signature = Signature.getInstance(type.algorithm());
      signature.initSign(keyPair(type, seed).getPrivate());
      signature.update(message);
      byte[] bare = signature.sign();
      byte[] blob = ByteBuffer.allocate(8 + bare.length).putLong(time).put(bare).array();
      return new SignedNote.SignatureLine(witness, verifier(witness, type, seed).id(), blob);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public static SignedCheckpoint with(SignedCheckpoint signed, SignedNote.SignatureLine... lines) {
    try {
      return SignedCheckpoint.parse(SignedNote.parse(signed.note()).with(List.of(lines)).toBytes());
    } catch (BadNoteException e) {
      throw new AssertionError(e);
    }
  }

  public static TrustPolicy policy(String text) {
    try {
      return TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (BadPolicyException e) {
      throw new AssertionError(e);
    }
  }
}
