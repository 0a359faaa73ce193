package io.osmoda.evidence;

/** A second browser: how it judges is tried there by {@link VerifyPageJudgementInFirefoxTest}. */
class VerifyPageInFirefoxTest extends VerifyPageTest {
  VerifyPageInFirefoxTest() {
    super(Browser.Kind.FIREFOX);
  }
}
