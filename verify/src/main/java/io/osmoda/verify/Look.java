package io.osmoda.verify;

/** How words of a text for people look; a colour takes no width. */
public interface Look {
  /** As they are. */
  Look PLAIN = new Look() {};

  /** What the text is about. */
  default String bold(String text) {
    return text;
  }

  /** What can be passed over. */
  default String dim(String text) {
    return text;
  }

  /** What is as it should be. */
  default String good(String text) {
    return text;
  }

  /** What is wrong. */
  default String bad(String text) {
    return text;
  }

  /** What needs a look. */
  default String warning(String text) {
    return text;
  }
}
