/**
 * Turns a part of the ledger into evidence: frameworks as data, what the ledger supports of them,
 * bundles that prove what they leave out, and the verifier that needs nothing but the bundle and
 * the auditor's own trust. Knows the ledger and how to find entries in it.
 */
@NullMarked
package io.osmoda.evidence;

import org.jspecify.annotations.NullMarked;
