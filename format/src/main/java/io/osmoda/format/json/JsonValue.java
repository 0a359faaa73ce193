package io.osmoda.format.json;

/**
 * A JSON value as the ledger format accepts it (section 1): I-JSON, no duplicate keys, numbers that
 * are doubles. Immutable and thread-safe.
 *
 * @see CanonicalJson
 */
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {}
