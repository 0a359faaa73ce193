/** Where the parts of a ledger stand in its folder (section 2), and how they are read. */
@NullMarked
package io.osmoda.format.folder;

import org.jspecify.annotations.NullMarked;
