package io.osmoda.format.entry;

import org.jspecify.annotations.Nullable;

/**
 * One fault that a verifier found (section 8).
 *
 * @param seq the lowest sequence number concerned, null where it concerns the whole
 * @param detail what was expected and what was found, for a person
 */
public record Finding(FindingKind kind, @Nullable Long seq, String detail) {}
