package io.osmoda.ledger;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.VerifierKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs checkpoints with all of a log's keys: Ed25519 and ML-DSA-44, and during a rotation the old
 * pair and the new (section 3). Immutable and thread-safe. It signs whatever it is given: that the
 * checkpoint is true, and consistent with those before, is its caller's business.
 */
final class LogSigner {
  /** A key of the log's; both halves belong together. */
  record LogKey(VerifierKey verifier, PrivateKey secret) {
    @Override
    public String toString() {
      return verifier.toString(); // a secret in a log file is one no longer
    }
  }

  private final List<LogKey> keys;

  LogSigner(List<LogKey> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a log signs with at least one key");
    }
    this.keys = List.copyOf(keys);
  }

  /** One that signs with these keys and with those of another, as a rotation's note needs it. */
  LogSigner and(LogSigner other) {
    List<LogKey> all = new ArrayList<>(keys);
    all.addAll(other.keys);
    return new LogSigner(all);
  }

  /** The public keys, in the order of the signature lines. */
  List<VerifierKey> verifierKeys() {
    return keys.stream().map(LogKey::verifier).toList();
  }

  /** The public keys as vkeys, as {@code log_keys} lists them. */
  List<String> vkeys() {
    return keys.stream().map(key -> key.verifier().toString()).toList();
  }

  SignedCheckpoint sign(Checkpoint checkpoint) {
    List<SignedNote.SignatureLine> lines = new ArrayList<>();
    for (LogKey key : keys) {
      if (!key.verifier().name().equals(checkpoint.origin())) {
        throw new IllegalArgumentException(
            "the key " + key.verifier().name() + " does not sign for " + checkpoint.origin());
      }
      lines.add(sign(key, checkpoint));
    }
    return new SignedCheckpoint(checkpoint, new SignedNote(checkpoint.text(), lines).toBytes());
  }

  private static SignedNote.SignatureLine sign(LogKey key, Checkpoint checkpoint) {
    VerifierKey verifier = key.verifier();
    byte[] signature =
        switch (verifier.type()) {
          case ED25519 -> sign(key, checkpoint.text().getBytes(StandardCharsets.UTF_8));
          case ML_DSA_44 -> {
            byte[] bare = sign(key, VerifierKey.subtreeMessage(verifier.name(), 0, checkpoint));
            yield ByteBuffer.allocate(Long.BYTES + bare.length).putLong(0).put(bare).array();
          }
          case ED25519_COSIGNATURE ->
              throw new IllegalArgumentException("a log does not cosign its own checkpoint");
        };
    return new SignedNote.SignatureLine(verifier.name(), verifier.id(), signature);
  }

  private static byte[] sign(LogKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance(key.verifier().type().algorithm());
      signature.initSign(key.secret());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "cannot sign with the " + key.verifier().type().algorithm() + " key", e);
    }
  }
}
