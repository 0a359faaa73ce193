package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;

/**
 * An entry of a bundle, for copies to look at. Immutable.
 *
 * @param entry without its payload where the bundle lacks it
 * @param matches whether the bundle's time and filter match it
 * @param controls what it supports, as the bundle's annotations claim: {@code {"control",
 *     "framework"}} each; empty where none
 */
public record BundleEntry(Entry entry, boolean matches, JsonArray controls) {}
