/**
 * Judges bundles and ledgers with what an auditor brings and nothing else: what a bundle is, how it
 * is read strictly, the verifier, and the runnable jar around it. Knows the ledger alone, so that
 * the jar stays small enough to be read.
 */
@NullMarked
package io.osmoda.verify;

import org.jspecify.annotations.NullMarked;
