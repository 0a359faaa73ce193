package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Versions of the OCSF that events are written in. */
public enum OcsfVersion {
  V1_8("1.8.0"),

  /**
   * What was being made of 1.9.0 on 2026-07-23, commit a5cfc68 of ocsf/ocsf-schema: with the
   * profile {@code record_integrity} and {@code ai_agent}. Its release may differ.
   */
  V1_9_DEV("1.9.0-dev");

  private final String number;

  OcsfVersion(String number) {
    this.number = number;
  }

  /** As it stands in {@code metadata.version}. */
  public String number() {
    return number;
  }

  /**
   * The version of that number.
   *
   * @throws RequestRefusedException if events are written in no such version; names those there are
   */
  public static OcsfVersion parse(String number) {
    for (OcsfVersion each : values()) {
      if (each.number.equals(number)) {
        return each;
      }
    }
    throw new RequestRefusedException(
        "there are no events in version %s of the OCSF; there are %s"
            .formatted(
                number,
                Arrays.stream(values())
                    .map(OcsfVersion::number)
                    .collect(Collectors.joining(" and "))));
  }
}
