package io.osmoda.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class VerificationTextTest {
  @Test
  void tellsTheAgeOfWhatIsAnchoredInTheWordsOfVerifyPy() {
    Instant now = Instant.parse("2026-03-04T05:06:07Z");
    assertThat(VerificationText.age("2026-03-01T04:06:08.999999999Z", now))
        .isEqualTo("2026-03-01T04:06:08.999999999Z, 3 days and 0 hours ago");
    assertThat(VerificationText.age("2026-03-01T04:06:07.000000000Z", now))
        .endsWith(", 3 days and 1 hours ago");
    assertThat(VerificationText.age("2026-03-04T05:06:08.000000000Z", now))
        .isEqualTo("2026-03-04T05:06:08.000000000Z, which is later than this machine's clock");
    assertThat(VerificationText.age(null, now)).isEqualTo("a time that cannot be told");
  }
}
