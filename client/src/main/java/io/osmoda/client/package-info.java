/**
 * How a program reaches a ledger: the daemon's socket and how it is found or started, HTTP over it,
 * drafts as they go over the wire, and the recorder that capture points write through. Needs the
 * format and the JDK, and nothing of the daemon, so that a proxy starts with little.
 */
@NullMarked
package io.osmoda.client;

import org.jspecify.annotations.NullMarked;
