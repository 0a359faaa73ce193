/**
 * Measurements of the ledger side by side with what people would use instead, in one run on the
 * same machine, so that ratios and not bare figures are compared.
 */
@NullMarked
package io.osmoda.bench;

import org.jspecify.annotations.NullMarked;
