/**
 * Finds entries: the language of conditions, the index that answers them over millions of entries,
 * what caused what, and a period in a page. The index is derived and disposable; what a search
 * returns is read from the segments and re-hashed, and held against the condition again.
 */
@NullMarked
package io.osmoda.query;

import org.jspecify.annotations.NullMarked;
