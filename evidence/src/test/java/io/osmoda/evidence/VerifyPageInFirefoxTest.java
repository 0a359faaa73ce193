package io.osmoda.evidence;

class VerifyPageInFirefoxTest extends VerifyPageTest {
  VerifyPageInFirefoxTest() {
    super(Browser.Kind.FIREFOX);
  }
}
