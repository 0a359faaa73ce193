package io.osmoda.evidence;

import java.io.IOException;

/** {@code osmoda.yaml} is wrong; the message says which file, where, and what is wrong. */
public final class BadConfigurationException extends IOException {
  private static final long serialVersionUID = 1L;

  BadConfigurationException(String message) {
    super(message);
  }

  BadConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
