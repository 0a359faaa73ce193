/**
 * The {@code osmoda} command: one class for each verb, reading arguments, calling the ledger or its
 * daemon, and telling people and programs what came of it.
 */
@NullMarked
package io.osmoda.cli;

import org.jspecify.annotations.NullMarked;
