package io.osmoda.cli;

import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whose keys a verifying verb goes by.
 *
 * @param policy null if there is none
 * @param from where it came from, for people
 */
record Trust(@Nullable TrustPolicy policy, String from) {

  /**
   * The policy of the file that the user names, else the public part of the key folder, where there
   * is one that may be read.
   *
   * @param given what the user named
   * @param keyFolder where the ledger's keys should lie
   */
  static Trust find(@Nullable Path given, Path keyFolder) throws IOException {
    Path local = keyFolder.resolve("trust.policy");
    if (given == null && !Files.isReadable(local)) {
      return new Trust(null, "none");
    }
    Path file = given == null ? local : given;
    try {
      return new Trust(
          TrustPolicy.load(file),
          given == null ? local + " (this machine's own copy)" : given.toString());
    } catch (BadPolicyException e) {
      throw new CliException(
          "%s is not a trust policy: %s".formatted(file, e.getMessage()),
          "Pass the trust.policy that osmoda init created, or one with the same log lines.");
    }
  }

  /** How to verify by it: without a policy nothing is called intact. */
  VerifyOptions options() {
    VerifyOptions options = VerifyOptions.defaults();
    return policy == null ? options : options.withTrust(policy, from);
  }
}
