package io.osmoda.query;

import java.io.IOException;

/** A search took longer than it may. */
public final class SearchTimeoutException extends IOException {
  private static final long serialVersionUID = 1;

  SearchTimeoutException() {
    super("the search took longer than it may; narrow the time, or ask again later");
  }
}
