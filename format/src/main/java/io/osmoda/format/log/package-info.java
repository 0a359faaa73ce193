/**
 * What a transparency log is made of (section 3): hashes, the Merkle tree, signed notes and
 * checkpoints, public keys, trust policies, proofs and tile names. Nothing here signs or writes.
 */
@NullMarked
package io.osmoda.format.log;

import org.jspecify.annotations.NullMarked;
