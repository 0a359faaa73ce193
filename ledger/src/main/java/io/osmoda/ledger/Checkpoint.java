package io.osmoda.ledger;

/**
 * What a checkpoint states: a tree's origin, size and root (section 3, C2SP tlog-checkpoint).
 *
 * @param size number of entries, 0 … 2^53-1
 */
public record Checkpoint(String origin, long size, Hash root) {}
