/**
 * JSON as the format wants it (section 1): values, strict reading, canonical writing (RFC 8785),
 * and a scanner that checks canonical bytes in place.
 */
@NullMarked
package io.osmoda.format.json;

import org.jspecify.annotations.NullMarked;
