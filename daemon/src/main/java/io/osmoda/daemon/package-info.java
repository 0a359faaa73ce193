/**
 * The long-running process: one ledger held open behind a Unix socket and an HTTP API, with
 * authorisation, limits, a live stream, and the life cycle that ties them together.
 */
@NullMarked
package io.osmoda.daemon;

import org.jspecify.annotations.NullMarked;
