package io.osmoda.evidence;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code osmoda.yaml} in the key folder asks for. Immutable.
 *
 * @param reviewEvery how often there should be a review; null where nothing is asked
 * @param evidence what is collected by itself; null for nothing
 * @param retention how long payloads are kept; null where nothing is asked
 */
public record Configuration(
    @Nullable Duration reviewEvery,
    @Nullable EvidencePlan evidence,
    @Nullable RetentionRule retention) {
  /** The file's name. */
  public static final String FILE = "osmoda.yaml";

  /** Nothing is asked. */
  public static final Configuration NONE = new Configuration(null, null, null);

  /**
   * Evidence that is collected by itself.
   *
   * @param every how long each period is
   * @param from when the first period begins; null for the one in which the ledger began
   * @param framework null for all actions
   * @param out the folder that takes the bundles; absolute
   * @param withheld whether payloads stay behind
   */
  public record EvidencePlan(
      CalendarPeriod every,
      @Nullable Instant from,
      @Nullable String framework,
      Path out,
      boolean withheld) {}

  /**
   * The configuration in a key folder; {@link #NONE} where there is no file.
   *
   * @throws BadConfigurationException if the file is wrong; says where
   */
  public static Configuration load(Path keyFolder) throws IOException {
    return ConfigurationFile.read(keyFolder).configuration();
  }
}
