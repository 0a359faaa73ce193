package io.osmoda.ledger;

/** Says that an entry is sealed and on stable storage (section 4): its position and its hash. */
public record Receipt(long seq, Hash entryHash) {}
