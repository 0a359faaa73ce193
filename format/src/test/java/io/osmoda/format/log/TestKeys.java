package io.osmoda.format.log;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;

/** Log keys from public seeds: 1 gives those of the format's vectors. For tests only. */
public final class TestKeys {
  private TestKeys() {}

  /** The log's two keys from 32 bytes each: Ed25519 of {@code 2n-1}, ML-DSA-44 of {@code 2n}. */
  public static TestSigner signer(String origin, int n) {
    try {
      KeyPair mlPair = pair("ML-DSA-44", 2 * n);
      return ed25519(origin, n)
          .and(
              new TestSigner(
                  List.of(
                      new TestSigner.LogKey(
                          VerifierKey.of(origin, VerifierKey.Type.ML_DSA_44, mlPair.getPublic()),
                          mlPair.getPrivate()))));
    } catch (GeneralSecurityException | BadKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first key alone, whose notes are short. */
  public static TestSigner ed25519(String origin, int n) {
    try {
      KeyPair pair = pair("Ed25519", 2 * n - 1);
      return new TestSigner(
          List.of(
              new TestSigner.LogKey(
                  VerifierKey.of(origin, VerifierKey.Type.ED25519, pair.getPublic()),
                  pair.getPrivate())));
    } catch (GeneralSecurityException | BadKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  public static TrustPolicy trust(TestSigner signer) {
    return TrustPolicy.ofLogKeys(signer.verifierKeys());
  }

  private static KeyPair pair(String algorithm, int seed) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    SecureRandom fixed =
        new SecureRandom() {
          private static final long serialVersionUID = 1L;

          @Override
          public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) seed);
          }
        };
    if (algorithm.equals("Ed25519")) {
      generator.initialize(NamedParameterSpec.ED25519, fixed);
    } else {
      generator.initialize(NamedParameterSpec.ML_DSA_44, fixed);
    }
    return generator.generateKeyPair();
  }
}
