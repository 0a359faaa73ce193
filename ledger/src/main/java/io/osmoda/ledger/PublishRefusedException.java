package io.osmoda.ledger;

import java.io.IOException;

/** A folder that must not be published into; the message says why and what to do. */
public final class PublishRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  PublishRefusedException(String message) {
    super(message);
  }
}
