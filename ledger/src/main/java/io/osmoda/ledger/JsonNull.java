package io.osmoda.ledger;

/** {@code null}. */
public enum JsonNull implements JsonValue {
  NULL
}
