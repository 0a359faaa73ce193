package io.osmoda.evidence;

class VerifyPageInChromiumTest extends VerifyPageTest {
  VerifyPageInChromiumTest() {
    super(Browser.Kind.CHROMIUM);
  }
}
