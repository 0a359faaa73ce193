package io.osmoda.evidence;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Digests;
import io.osmoda.verify.Counts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * The report for people: {@code report.html} of a bundle. One page by itself, without script and
 * network, the same bytes for the same scope and tally. It is XML too, so that a PDF is made of the
 * same. For one report.
 */
final class ReportPage {
  /** Where a copy of the report says what it is a copy of. */
  static final String COPY_PLACE = "<!-- copy -->";

  /** Rows of a table of counts; the others are added up. */
  private static final int ROWS = 15;

  private final ReportScope scope;
  private final ReportTally tally;
  private final Markup page = new Markup();
  private int section;

  private ReportPage(ReportScope scope, ReportTally tally) {
    this.scope = scope;
    this.tally = tally;
  }

  /** The file's bytes. */
  static byte[] of(ReportScope scope, ReportTally tally) throws IOException {
    return new ReportPage(scope, tally).write().getBytes(StandardCharsets.UTF_8);
  }

  private String write() throws IOException {
    head();
    asked();
    population();
    overTime();
    coverage();
    counts();
    controls();
    redactions();
    times();
    integrity();
    verify();
    limits();
    page.add(
        """
        <p class="end">osModa Audit produces evidence and certifies nothing.</p>
        </main></body></html>
        """);
    return page.toString();
  }

  /** A text file of ours that comes along. */
  static String resource(String name) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void head() throws IOException {
    String style = resource("report.css");
    String hash = Digests.of(style.getBytes(StandardCharsets.UTF_8)).base64();
    page.add(
            """
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src \
            'sha256-%s'; base-uri 'none'; form-action 'none'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="referrer" content="no-referrer"/>
            <title>\
            """
                .formatted(hash))
        .text(title() + ", " + scope.origin())
        .add("</title>\n<style>" + style + "</style></head>\n<body><main>\n")
        .add("<header><p class=\"kicker\">osModa Audit · evidence report</p><h1>")
        .text(title())
        .add("</h1><p class=\"origin\">Ledger ")
        .code(scope.origin())
        .add("</p></header>\n" + COPY_PLACE + "\n");
    figures();
    nutshell();
  }

  private String title() {
    String framework = scope.request().framework();
    String what =
        framework == null
            ? "Entries"
            : scope.frameworks().getFirst().name()
                + (scope.request().control() == null ? "" : ", " + scope.request().control());
    String from = scope.timeFrom();
    String to = scope.timeTo();
    return from == null || to == null
        ? what + ", everything sealed so far"
        : what + ", " + ReportWords.span(from, to);
  }

  private void figures() {
    page.add("<table class=\"figures\"><tr>");
    figure(ReportWords.number(tally.inside()), "entries sealed in the period");
    figure(ReportWords.number(tally.matching()), "of them match the request");
    if (scope.request().framework() != null) {
      figure(supported() + " of " + controlCount(), "controls that entries support");
    }
    figure(
        ReportWords.number(tally.gaps().count()),
        tally.gaps().count() == 1 ? "capture gap recorded" : "capture gaps recorded");
    figure(ReportWords.number(scope.counts().redacted()), "payloads removed from what matches");
    page.add("</tr></table>\n");
  }

  private void figure(String number, String what) {
    page.add("<td><b>").text(number).add("</b><br/>").text(what).add("</td>");
  }

  private long controlCount() {
    return scope.frameworks().stream().mapToLong(each -> each.controls().size()).sum();
  }

  private long supported() {
    return scope.frameworks().stream()
        .flatMap(each -> each.controls().stream())
        .filter(control -> tally.support().of(control).count() > 0)
        .count();
  }

  private void nutshell() {
    page.add("<div class=\"claim\"><p><b>What this is.</b> ")
        .add(
            """
            A readable summary of the bundle that contains it. It says that entries \
            <b>support</b> a control if at least one entry of a kind that the framework's file \
            names was sealed in the period and matches the request, and that a control is \
            <b>not evidenced</b> if there is none. Whether a control is designed well, approved \
            or met is for people to judge. This page proves nothing by itself; the bundle does, \
            once it is verified (section 10).</p></div>
            """);
  }

  private void section(String title) {
    section++;
    page.add("<h2 id=\"s" + section + "\">" + section + ". ").text(title).add("</h2>\n");
  }

  private void asked() {
    section("The request");
    page.add("<table class=\"facts\">");
    row("Ledger").code(scope.origin()).add("</td></tr>");
    framework();
    row("Period");
    String from = scope.timeFrom();
    String to = scope.timeTo();
    if (from == null || to == null) {
      page.add("No period was requested: every entry from the first until the export started.");
    } else {
      page.add("from ")
          .code(from)
          .add(" (inclusive)<br/>to ")
          .code(to)
          .add(" (exclusive), in UTC. <b>The period means the time of sealing.</b>");
    }
    page.add("</td></tr>");
    if (scope.hidesConditions()) {
      row("Conditions").add("masked in this copy; the bundle contains them</td></tr>");
    } else {
      row("Conditions").whole(ReportWords.filter(scope.filter())).add("</td></tr>");
      row("Filter, exactly").code(json(scope.filter().toJson())).add("</td></tr>");
      row("Request, exactly").code(json(scope.request().toJson())).add("</td></tr>");
    }
    row("Payloads")
        .add(
            scope.request().withheld()
                ? "withheld: the bundle contains only the payloads of the ledger's own entries that"
                    + " explain it"
                : "full: matching entries include their payload, unless it was removed")
        .add("</td></tr></table>\n");
    page.add(
        """
        <p class="note">Who requested the export and when, the software's version, and the ledger's \
        size and root when the export started are in <code>manifest.json</code> next to this page; \
        the ledger's own record of the export is in <code>export.ndjson</code>, and the signed \
        checkpoint in <code>checkpoint</code>. They are omitted here so that the same request for \
        the same period gives the same page, byte for byte, as long as nothing in the period was \
        redacted in between.</p>
        """);
  }

  private void framework() {
    String framework = scope.request().framework();
    if (framework == null) {
      row("Framework").add("none was requested; section 6 covers all known frameworks</td></tr>");
      return;
    }
    String control = scope.request().control();
    row("Framework")
        .data(scope.frameworks().getFirst().name())
        .add(" (")
        .code(framework)
        .add(")</td></tr>");
    row("Control").add(control == null ? "all of them" : "only ");
    if (control != null) {
      page.data(control);
    }
    page.add("</td></tr>");
  }

  private Markup row(String name) {
    return page.add("<tr><th>" + name + "</th><td>");
  }

  private static String json(JsonObject json) {
    try {
      return new String(CanonicalJson.write(json), StandardCharsets.UTF_8);
    } catch (JsonException e) {
      throw new IllegalStateException("a request has a canonical form", e);
    }
  }

  private void population() {
    section("The population");
    Counts counts = scope.counts();
    page.add("<table class=\"facts numbers\">");
    count("Lines of entries.ndjson", tally.lines())
        .add("numbers ")
        .number(tally.firstSeq())
        .add(" to ")
        .number(tally.lastSeq())
        .add(tally.isLinked() ? ", without a gap" : ", <b>with gaps</b>")
        .add("</td></tr>");
    count("Sealed in the period", tally.inside())
        .add(
            tally.inside() == 0
                ? "none"
                : "from "
                    + ReportWords.time(tally.firstInside())
                    + " to "
                    + ReportWords.time(tally.lastInside()))
        .add("</td></tr>");
    count("At the edges", tally.lines() - tally.inside())
        .add("sealed outside it; they show that the period is covered at both ends</td></tr>");
    count("Match the filter", tally.matching())
        .add(tally.matching() == 0 ? "no entry of the period matches" : "what was requested")
        .add("</td></tr>");
    count("Included as skeletons", counts.skeletons())
        .add("everything but the payload: entries that do not match")
        .add(
            scope.request().withheld() ? ", and, because payloads are withheld, those that do" : "")
        .add(", and those whose payload was removed</td></tr>");
    count("Matching, payload removed", counts.redacted())
        .add("by a recorded redaction (section 7)</td></tr></table>\n");
    page.add(
        """
        <p>A bundle contains <b>every</b> entry of its period: matching entries in full, the others \
        as skeletons, so that anyone can apply the filter to each line and see that nothing was \
        left out. Entries in which the ledger explains itself (starts, gaps, redactions, clock \
        steps, keys) are always included in full.</p>
        """);
  }

  private Markup count(String name, long number) {
    return page.add("<tr><th>" + name + "</th><td class=\"number\">")
        .number(number)
        .add("</td><td>");
  }

  private void overTime() {
    section("Entries over the period");
    PeriodBins bins = tally.bins();
    PeriodBins.Bin highest = bins.bins().getFirst();
    for (PeriodBins.Bin bin : bins.bins()) {
      highest = bin.inside() > highest.inside() ? bin : highest;
    }
    String most =
        "Each column is %s; the highest has %s, from %s."
            .formatted(
                ReportWords.duration(Duration.ofSeconds(bins.step())),
                ReportWords.entries(highest.inside()),
                ReportWords.time(highest.from().toString()));
    page.add("<div class=\"chart\">" + ReportCharts.histogram(bins, most));
    axis();
    page.add("</div><p class=\"legend\">" + ReportCharts.swatch(ReportCharts.Swatch.MATCHING))
        .add(" matching " + ReportCharts.swatch(ReportCharts.Swatch.OTHERS))
        .add(" other entries of the period. ")
        .text(most)
        .add("</p>\n");
  }

  private void axis() {
    ReportPeriod period = tally.period();
    Instant middle = period.from().plus(Duration.between(period.from(), period.to()).dividedBy(2));
    page.add("<table class=\"axis\"><tr><td>")
        .text(ReportWords.tick(period.from(), period))
        .add("</td><td class=\"middle\">")
        .text(ReportWords.tick(middle, period))
        .add("</td><td class=\"right\">")
        .text(ReportWords.tick(period.to(), period))
        .add("</td></tr></table>");
  }

  private void coverage() {
    section("What was being recorded, and when");
    SortedMap<String, CaptureCoverage.Source> sources = tally.coverage().sources();
    Instant began = Instant.parse(scope.ledgerBegan());
    if (began.isAfter(tally.period().from())) {
      page.add("<p class=\"warn\"><b>The ledger starts within the period</b>, at ")
          .text(ReportWords.time(scope.ledgerBegan()))
          .add(": it shows nothing about the time before.</p>");
    }
    if (sources.isEmpty()) {
      page.add(
          "<p>No capture point produced an entry in the period or reported that it was on.</p>");
    } else {
      bars(sources, began);
    }
    silences();
    gaps();
    clockSteps();
  }

  private void bars(SortedMap<String, CaptureCoverage.Source> sources, Instant began) {
    page.add(
        """
        <table class="bars"><thead><tr><th>Capture point</th><th class="wide">on over the period\
        </th><th class="number">on</th><th class="number">gaps</th><th class="number">lost</th>\
        <th class="number">entries</th></tr></thead><tbody>
        """);
    TimeSpans silent = tally.coverage().silent();
    ReportPeriod period = tally.period();
    for (Map.Entry<String, CaptureCoverage.Source> each : sources.entrySet()) {
      CaptureCoverage.Source source = each.getValue();
      boolean isTold = !source.on().list().isEmpty();
      String on = isTold ? onShare(source, silent) : "not reported";
      page.add("<tr><th>")
          .data(each.getKey())
          .add("<br/><span class=\"dim\">" + assurance(each.getKey()) + "</span></th>")
          .add("<td class=\"wide\">")
          .add(
              ReportCharts.bar(
                  source,
                  silent,
                  began,
                  period,
                  each.getKey() + " was on: " + on + "; gaps: " + source.gapCount()))
          .add("</td><td class=\"number\">" + on + "</td><td class=\"number\">")
          .add(
              source.gapCount() == 0
                  ? "0"
                  : "<b class=\"bad\">" + ReportWords.number(source.gapCount()) + "</b>")
          .add("</td><td class=\"number\">")
          .number(source.lost())
          .add("</td><td class=\"number\">")
          .number(source.entries())
          .add("</td></tr>\n");
    }
    page.add("</tbody><tfoot><tr><td></td><td class=\"wide\">");
    axis();
    page.add("</td><td></td><td></td><td></td><td></td></tr></tfoot></table><p class=\"legend\">")
        .add(ReportCharts.swatch(ReportCharts.Swatch.ON) + " on ")
        .add(ReportCharts.swatch(ReportCharts.Swatch.OFF) + " off, or not known to be on ")
        .add(ReportCharts.swatch(ReportCharts.Swatch.GAP) + " gap reported by the capture point ")
        .add(ReportCharts.swatch(ReportCharts.Swatch.UNKNOWN) + " no entry at all</p>\n");
    page.add(
        """
        <p class="note"><i>observed</i>: the capture point was in the action's path and saw it; \
        <i>reported</i>: another program told it. <i>on</i> is based on the ledger's own entries \
        (<code>capture_start</code>, <code>capture_stop</code>, <code>capture_state</code>); if \
        they leave it open, it counts as off. A capture point with entries and <i>not reported</i> \
        never stated when it was on. Short gaps are drawn wide enough to be visible. What no \
        capture point saw is not here.</p>
        """);
    if (sources.values().stream().anyMatch(each -> each.on().isCoarse())) {
      page.add("<p class=\"note\">A capture point was on and off more than ")
          .number(TimeSpans.MOST)
          .add(" times: its shortest breaks are not drawn, but they do not count as on.</p>");
    }
    if (tally.coverage().isCut()) {
      page.add(
          "<p class=\"warn\">More capture points were on than can be shown here: the bars are"
              + " incomplete.</p>");
    }
  }

  private String onShare(CaptureCoverage.Source source, TimeSpans silent) {
    Duration on = source.on().covered().minus(source.on().within(silent));
    return ReportWords.percent(tally.period().share(on));
  }

  private void silences() {
    List<TimeSpans.Span> spans = tally.coverage().silent().list();
    if (spans.isEmpty()) {
      return;
    }
    page.add(
            "<p class=\"warn\"><b>No entry at all</b>, although a running ledger seals at least one"
                + " a day: ")
        .text(
            spans.stream()
                .limit(ROWS)
                .map(
                    span ->
                        ReportWords.time(span.from().toString())
                            + " to "
                            + ReportWords.time(span.to().toString()))
                .collect(Collectors.joining("; ")))
        .add(spans.size() > ROWS ? "; and " + (spans.size() - ROWS) + " more" : "")
        .add(". Nothing shows that recording was on then.</p>\n");
  }

  private void gaps() {
    Capped<CaptureGap> gaps = tally.gaps();
    page.add("<h3>Gaps of capture: ").number(gaps.count()).add("</h3>\n");
    if (gaps.count() == 0) {
      page.add(
          "<p>No capture point reported a gap. One that was never on, or was killed, cannot report"
              + " any: see the bars.</p>\n");
      return;
    }
    page.add(
        """
        <table class="list"><thead><tr><th class="number">Entry</th><th>Capture point</th>\
        <th>From, to (as it says)</th><th class="number">Lost</th><th class="number">Refused</th>\
        <th class="number">Passed on</th><th>Why</th></tr></thead><tbody>
        """);
    for (CaptureGap gap : gaps.kept()) {
      page.add("<tr><td class=\"number\">")
          .number(gap.seq())
          .add("</td><td>")
          .data(gap.source())
          .add("<br/><span class=\"dim\">")
          .data(gap.instance())
          .add("</span></td><td>")
          .dataOrDash(ReportWords.orNull(gap.from()))
          .add("<br/>")
          .dataOrDash(ReportWords.orNull(gap.to()))
          .add("</td><td class=\"number\">")
          .number(gap.lost())
          .add("</td><td class=\"number\">")
          .number(gap.refused())
          .add("</td><td class=\"number\">")
          .number(gap.passed())
          .add("</td><td>")
          .dataOrDash(gap.why())
          .add("</td></tr>\n");
    }
    page.add("</tbody></table>");
    more(gaps);
    page.add(
        "<p class=\"note\"><i>Lost</i>: entries that were never sealed. <i>Refused</i>: messages"
            + " not forwarded because their entry was not sealed. <i>Passed on</i>: messages"
            + " forwarded without an entry.</p>\n");
  }

  private void more(Capped<?> list) {
    long others = list.count() - list.kept().size();
    if (others > 0) {
      page.add("<p>And ").number(others).add(" others: entries.ndjson contains all of them.</p>\n");
    }
  }

  private void clockSteps() {
    Capped<ReportTally.Noted> steps = tally.clockSteps();
    page.add("<h3>Steps of the clock: ").number(steps.count()).add("</h3>\n");
    if (steps.count() == 0) {
      page.add(
          "<p>None. A step back, or a step forward of more than 60 seconds relative to the"
              + " monotonic clock, would be listed here.</p>\n");
      return;
    }
    page.add(
        """
        <table class="list narrow"><thead><tr><th class="number">Entry</th>\
        <th class="time">Sealed at (UTC)</th><th class="number">Seconds</th><th>Followed</th></tr></thead><tbody>
        """);
    for (ReportTally.Noted step : steps.kept()) {
      page.add("<tr><td class=\"number\">")
          .number(step.seq())
          .add(
              "</td><td class=\"time\">"
                  + ReportWords.shortTime(step.timestamp())
                  + "</td><td class=\"number\">")
          .dataOrDash(step.target())
          .add("</td><td>")
          .add(step.status().equals("ok") ? "yes" : "no: entries kept the earlier time")
          .add("</td></tr>\n");
    }
    page.add("</tbody></table>");
    more(steps);
  }

  private void counts() {
    section("Counts");
    page.add("<p>For the entries sealed in the period, and for those that match.</p>\n");
    counts("Action", "actions", tally.actions());
    counts("Outcome", "outcomes", tally.statuses());
    counts("Capture point", "capture points", tally.sources());
    if (!scope.mask().hides("actor")) {
      counts("Actor", "actors", tally.actors());
    }
    if (!scope.mask().hides("tool")) {
      counts("Tool", "tools", tally.tools());
    }
  }

  private void counts(String name, String plural, ValueCounts values) {
    List<ValueCounts.Row> rows = values.rows();
    ValueCounts.Row rest = values.rest();
    if (rows.isEmpty()) {
      return;
    }
    page.add("<table class=\"counts\"><thead><tr><th>" + name)
        .add(
            """
            </th><th class="number">matching</th><th class="number">in the period</th></tr></thead>\
            <tbody>
            """);
    for (ValueCounts.Row row : rows.subList(0, Math.min(ROWS, rows.size()))) {
      page.add("<tr><td>").data(row.value());
      if (name.equals("Capture point")) {
        page.add(" <span class=\"dim\">")
            .add(row.value().equals("ledger") ? "the ledger itself" : assurance(row.value()))
            .add("</span>");
      }
      numbers(row.matching(), row.inside());
    }
    List<ValueCounts.Row> others = rows.subList(Math.min(ROWS, rows.size()), rows.size());
    if (!others.isEmpty()) {
      page.add("<tr><td class=\"dim\">and ").number(others.size()).add(" other " + plural);
      numbers(
          others.stream().mapToLong(ValueCounts.Row::matching).sum(),
          others.stream().mapToLong(ValueCounts.Row::inside).sum());
    }
    if (rest.inside() > 0) {
      page.add("<tr><td class=\"dim\">" + plural + " that came after the first ")
          .number(ValueCounts.MOST);
      numbers(rest.matching(), rest.inside());
    }
    page.add("</tbody></table>\n");
  }

  private static String assurance(String source) {
    return Assurance.of(source);
  }

  private void numbers(long matching, long inside) {
    page.add("</td><td class=\"number\">")
        .number(matching)
        .add("</td><td class=\"number\">")
        .number(inside)
        .add("</td></tr>\n");
  }

  private void controls() {
    section("Controls");
    new ControlSection(page, scope, tally.support()).write(scope.frameworks());
  }

  private void redactions() {
    section("Redactions");
    List<ReportTally.Noted> told = new ArrayList<>(tally.redactions().kept());
    told.addAll(scope.laterRedactions());
    page.add(
        """
        <p>A redaction permanently removes payloads; the entry, its hash and its position remain. \
        It is announced by its own entry before the payload is removed. It does not reach earlier \
        exports.</p>
        """);
    if (told.isEmpty()) {
      page.add(
          "<p>No redaction was sealed in the range, and none applies to a payload in it.</p>\n");
      return;
    }
    page.add(
        """
        <table class="list"><thead><tr><th class="number">Entry</th><th class="time">Sealed at (UTC)</th>\
        <th>Payloads of</th><th>Reason</th><th>Basis</th></tr></thead><tbody>
        """);
    for (ReportTally.Noted each : told) {
      page.add("<tr><td class=\"number\">")
          .number(each.seq())
          .add("</td><td class=\"time\">" + ReportWords.shortTime(each.timestamp()) + "</td><td>")
          .dataOrDash(scope.shown("target", each.target()))
          .add("</td><td>")
          .dataOrDash(scope.shown("reason", each.reason()))
          .add("</td><td>")
          .dataOrDash(scope.shown("payload", each.basis()))
          .add("</td></tr>\n");
    }
    page.add("</tbody></table>");
    more(tally.redactions());
  }

  private void times() {
    section("Time of sealing, time of occurrence");
    ReportTally.Happened happened = tally.happened();
    page.add(
        """
        <p><b>The period means the time of sealing</b>: the ledger's own clock, which never goes \
        back. A source may state a different time at which something occurred \
        (<code>occurred_at</code>); that is the source's claim.</p>
        <table class="facts numbers">
        """);
    count("Sealed in the period, with such a time", happened.stated()).add("</td></tr>");
    if (tally.period().isAsked()) {
      count("of them occurred before the period", happened.before()).add("</td></tr>");
      count("of them occurred after it, according to the source", happened.after())
          .add("</td></tr>");
      count("Occurred in it, sealed outside", happened.sealedOutside())
          .add("of the ")
          .number(tally.lines() - tally.inside())
          .add(
              " lines at the edges, which is all this export sees outside the period; export a"
                  + " longer period to see more</td></tr>");
    }
    page.add("</table>\n");
  }

  private void integrity() {
    section("What was checked when this page was created");
    page.add("<table class=\"facts numbers\">");
    count("Entries read", tally.lines())
        .add(
            "the hash of each was recomputed from its bytes, and that of its payload if it has one;"
                + " a mismatch would have aborted the export</td></tr>");
    check(
        "Numbers increase by one, and each entry names the hash of the one before",
        tally.isLinked());
    check("No entry was sealed earlier than the one before", tally.isInOrder());
    page.add(
        """
        </table><p>This is the statement of whoever created the bundle. Only verification by \
        someone else proves it.</p>
        """);
  }

  private void check(String what, boolean holds) {
    page.add("<tr><th>" + what + "</th><td class=\"number\">")
        .add(holds ? "yes" : "<b class=\"bad\">NO</b>")
        .add("</td><td></td></tr>");
  }

  private void verify() {
    section("How to check this without us");
    page.add(
        """
        <ol>
        <li>Get the <b>trust file</b> (the ledger's <code>trust.policy</code>) and a <b>verifier</b> \
        separately from this bundle. The verifiers next to this page were put there by whoever \
        created the bundle.</li>
        <li>Check the bundle on any machine, without a network and without the ledger, with one of
        <pre>osmoda verify-bundle BUNDLE --trust trust.policy
        java -jar osmoda-verify.jar BUNDLE --trust trust.policy
        python3 verify.py BUNDLE --trust trust.policy</pre>
        or in a browser with <code>verify.html</code>, or with your own verifier: the format is \
        documented for that purpose. A verifier applies the filter to every line, so it also finds \
        matching entries that were left out.</li>
        <li>The verdict must be <b>intact</b>. The manifest lists this page with its SHA-256, and an \
        entry of the ledger names the manifest, so a changed page is detected too. The numbers on \
        this page were counted by the software that created the bundle: recount what matters to you \
        in entries.ndjson.</li>
        <li>To draw your own sample: <code>osmoda sample BUNDLE --count 25 --seed …</code> \
        with a seed that you choose after you have the bundle.</li>
        </ol>
        """);
  }

  private void limits() {
    section("What this does not say");
    page.add(
        """
        <ul>
        <li>That nothing bypassed the capture points that were on: the ledger contains only what \
        crossed them.</li>
        <li>That what a source reported is true. Observed entries were seen by our own code; \
        reported ones are someone's word.</li>
        <li>That nothing was rewritten before the bundle's checkpoint by someone who has the \
        ledger's keys. Older checkpoints held by others, and witnesses, narrow that window.</li>
        <li>That the actions named in the framework's file are the right ones for a control. The \
        file (<code>mapping.yaml</code>) is the audited party's claim; only the filter is \
        proven.</li>
        <li>That a control is designed well, approved, or met. The ledger is tamper-evident: a \
        change is detectable by anyone who verifies it with keys and an older checkpoint obtained \
        separately.</li>
        </ul>
        """);
  }
}
