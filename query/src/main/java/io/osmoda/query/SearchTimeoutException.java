package io.osmoda.query;

import java.io.IOException;

/** A search took longer than it may. */
public final class SearchTimeoutException extends IOException {
  private static final long serialVersionUID = 1;

  SearchTimeoutException() {
    super("the search timed out; narrow the period, or try again later");
  }
}
