package io.osmoda.evidence;

import io.osmoda.query.FieldMask;
import io.osmoda.verify.BundleFilter;
import io.osmoda.verify.Counts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report is about, all of it the same for each export of the same request and range.
 * Immutable.
 *
 * @param origin the ledger's
 * @param filter what the request comes to
 * @param frameworks with the controls that are described
 * @param timeFrom as the manifest has it; null together with {@code timeTo}
 * @param ledgerBegan timestamp of entry 0
 * @param laterRedactions past the range, that explain payloads missing in it
 * @param mask what is not shown; nothing in a bundle's own report
 */
record ReportScope(
    String origin,
    ExportRequest request,
    BundleFilter filter,
    List<Framework> frameworks,
    @Nullable String timeFrom,
    @Nullable String timeTo,
    Counts counts,
    String ledgerBegan,
    List<ReportTally.Noted> laterRedactions,
    FieldMask mask) {
  ReportScope {
    frameworks = List.copyOf(frameworks);
    laterRedactions = List.copyOf(laterRedactions);
  }

  /** The value of a member, as far as it is shown. */
  @Nullable String shown(String member, @Nullable String value) {
    return value != null && mask.hides(member) ? FieldMask.MASK : value;
  }

  /** Whether the conditions name a member that is not shown. */
  boolean hidesConditions() {
    return filter.items().keySet().stream().anyMatch(mask::hides);
  }
}
