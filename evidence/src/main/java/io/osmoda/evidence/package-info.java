/**
 * Turns a part of the ledger into evidence: frameworks as data, what the ledger supports of them,
 * and bundles that prove what they leave out; what judges them is in {@code io.osmoda.verify}.
 * Knows the ledger and how to find entries in it.
 */
@NullMarked
package io.osmoda.evidence;

import org.jspecify.annotations.NullMarked;
