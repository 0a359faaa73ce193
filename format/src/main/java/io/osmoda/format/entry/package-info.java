/**
 * Entries (section 1): drafts, the rules for their members, stored lines, control actions,
 * timestamps, causes, and the words for what can be wrong with one (section 8).
 */
@NullMarked
package io.osmoda.format.entry;

import org.jspecify.annotations.NullMarked;
