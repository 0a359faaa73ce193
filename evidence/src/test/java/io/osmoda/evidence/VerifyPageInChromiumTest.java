package io.osmoda.evidence;

class VerifyPageInChromiumTest extends VerifyPageJudgementTest {
  VerifyPageInChromiumTest() {
    super(Browser.Kind.CHROMIUM);
  }
}
