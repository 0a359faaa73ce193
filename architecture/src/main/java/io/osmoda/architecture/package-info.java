/**
 * Tests of the source tree as a whole: which module may know which, and what no source may hold.
 */
@NullMarked
package io.osmoda.architecture;

import org.jspecify.annotations.NullMarked;
