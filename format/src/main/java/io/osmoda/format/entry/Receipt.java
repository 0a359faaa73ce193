package io.osmoda.format.entry;

import io.osmoda.format.log.Hash;

/** Says that an entry is sealed and on stable storage (section 4): its position and its hash. */
public record Receipt(long seq, Hash entryHash) {}
