package io.osmoda.evidence;

import org.junit.jupiter.api.Tag;

@Tag("soak")
class VerifyPageJudgementInFirefoxTest extends VerifyPageJudgementTest {
  VerifyPageJudgementInFirefoxTest() {
    super(Browser.Kind.FIREFOX);
  }
}
