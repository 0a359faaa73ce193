/**
 * The tamper-evident ledger: canonical JSON, entries and their chain, segments written in groups,
 * recovery, the Merkle tree, signed checkpoints, proofs, redaction, and the verifier that checks
 * all of it. Depends on the JDK only, so that what is evidence can be checked with nothing else at
 * hand.
 */
@NullMarked
package io.osmoda.ledger;

import org.jspecify.annotations.NullMarked;
