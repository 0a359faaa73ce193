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
    figure(ReportWords.number(tally.matching()), "of them match what was asked");
    if (scope.request().framework() != null) {
      figure(supported() + " of " + controlCount(), "controls that entries support");
    }
    figure(
        ReportWords.number(tally.gaps().count()),
        tally.gaps().count() == 1 ? "capture gap on record" : "capture gaps on record");
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
            A summary for people of the bundle that it lies in. It says that entries \
            <b>support</b> a control where at least one entry of a kind that the framework's file \
            names was sealed in the period and matches what was asked, and that a control is \
            <b>not evidenced</b> where there is none. Whether a control is designed well, approved \
            or met is for people to judge. Of itself this page proves nothing: the bundle does, \
            once it is verified (section 10).</p></div>
            """);
  }

  private void section(String title) {
    section++;
    page.add("<h2 id=\"s" + section + "\">" + section + ". ").text(title).add("</h2>\n");
  }

  private void asked() {
    section("What was asked");
    page.add("<table class=\"facts\">");
    row("Ledger").code(scope.origin()).add("</td></tr>");
    framework();
    row("Period");
    String from = scope.timeFrom();
    String to = scope.timeTo();
    if (from == null || to == null) {
      page.add("No time was asked for: every entry from the first until the export began.");
    } else {
      page.add("from ")
          .code(from)
          .add(" (inclusive)<br/>to ")
          .code(to)
          .add(" (exclusive), in UTC. <b>The period means the time of sealing.</b>");
    }
    page.add("</td></tr>");
    if (scope.hidesConditions()) {
      row("Conditions").add("masked in this copy; the bundle has them</td></tr>");
    } else {
      row("Conditions").whole(ReportWords.filter(scope.filter())).add("</td></tr>");
      row("Filter, exactly").code(json(scope.filter().toJson())).add("</td></tr>");
      row("Request, exactly").code(json(scope.request().toJson())).add("</td></tr>");
    }
    row("Payloads")
        .add(
            scope.request().withheld()
                ? "withheld: the bundle has no payload but those of the ledger's own entries that"
                    + " explain it"
                : "full: entries that match stand with their payload, unless it was removed")
        .add("</td></tr></table>\n");
    page.add(
        """
        <p class="note">Who asked and when, the software's version, and the ledger's size and root \
        when the export began stand beside this page in <code>manifest.json</code>; the ledger's \
        own record of the export in <code>export.ndjson</code>, the signed <code>checkpoint</code> \
        in its file. They are left out here so that the same request for the same period gives the \
        same page, byte for byte, as long as nothing in the period was redacted in between.</p>
        """);
  }

  private void framework() {
    String framework = scope.request().framework();
    if (framework == null) {
      row("Framework").add("none was asked for; section 6 tells of all that are known</td></tr>");
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
        .add("sealed outside it: they show that the period is covered to both ends</td></tr>");
    count("Match the filter", tally.matching())
        .add(tally.matching() == 0 ? "no entry of the period matches" : "what was asked for")
        .add("</td></tr>");
    count("Stand as skeletons", counts.skeletons())
        .add("everything but the payload: entries that do not match")
        .add(scope.request().withheld() ? ", and as payloads are withheld those that do" : "")
        .add(", and those whose payload was removed</td></tr>");
    count("Matching, payload removed", counts.redacted())
        .add("by a redaction on record (section 7)</td></tr></table>\n");
    page.add(
        """
        <p>A bundle holds <b>every</b> entry of its period. Those that match the filter stand \
        whole, the others as skeletons, so that anybody can hold the filter against each line and \
        see that nothing was left out. Entries in which the ledger explains itself (starts, gaps, \
        redactions, steps of the clock, keys) stand whole always.</p>
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
      page.add("<p class=\"warn\"><b>The ledger begins inside the period</b>, at ")
          .text(ReportWords.time(scope.ledgerBegan()))
          .add(": of the time before it shows nothing.</p>");
    }
    if (sources.isEmpty()) {
      page.add("<p>No capture point gave an entry in the period or said that it was on.</p>");
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
      String on = isTold ? onShare(source, silent) : "not told";
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
        .add(ReportCharts.swatch(ReportCharts.Swatch.OFF) + " off, or nothing says that it was on ")
        .add(ReportCharts.swatch(ReportCharts.Swatch.GAP) + " gap told by the capture point ")
        .add(ReportCharts.swatch(ReportCharts.Swatch.UNKNOWN) + " no entry at all</p>\n");
    page.add(
        """
        <p class="note"><i>observed</i>: the capture point stands in the action's path and saw it; \
        <i>reported</i>: somebody told it. <i>on</i> rests on the ledger's own entries \
        (<code>capture_start</code>, <code>capture_stop</code>, <code>capture_state</code>); where \
        these leave it open it counts as off. A capture point that shows entries and \
        <i>not told</i> never said when it was on. A short gap is drawn wide enough to be seen. What no \
        capture point saw is not here.</p>
        """);
    if (sources.values().stream().anyMatch(each -> each.on().isCoarse())) {
      page.add("<p class=\"note\">A capture point was on and off more than ")
          .number(TimeSpans.MOST)
          .add(" times: its shortest breaks are not drawn, but not counted as on.</p>");
    }
    if (tally.coverage().isCut()) {
      page.add("<p class=\"warn\">More was on than is followed here: the bars are not whole.</p>");
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
            "<p class=\"warn\"><b>No entry at all</b>, though a ledger that runs seals one a day: ")
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
        .add(". Nothing shows that anything was recorded then.</p>\n");
  }

  private void gaps() {
    Capped<CaptureGap> gaps = tally.gaps();
    page.add("<h3>Gaps of capture: ").number(gaps.count()).add("</h3>\n");
    if (gaps.count() == 0) {
      page.add(
          "<p>No capture point told of a gap. One that was never on, or was killed, tells of none:"
              + " see the bars.</p>\n");
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
            + " not passed on because their entry was not sealed. <i>Passed on</i>: messages that"
            + " went through without an entry.</p>\n");
  }

  private void more(Capped<?> list) {
    long others = list.count() - list.kept().size();
    if (others > 0) {
      page.add("<p>And ").number(others).add(" others: all stand in entries.ndjson.</p>\n");
    }
  }

  private void clockSteps() {
    Capped<ReportTally.Noted> steps = tally.clockSteps();
    page.add("<h3>Steps of the clock: ").number(steps.count()).add("</h3>\n");
    if (steps.count() == 0) {
      page.add(
          "<p>None. A step back, or one forward of more than 60 seconds against the monotonic"
              + " clock, would stand here.</p>\n");
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
          .add(step.status().equals("ok") ? "yes" : "no: entries kept the time of before")
          .add("</td></tr>\n");
    }
    page.add("</tbody></table>");
    more(steps);
  }

  private void counts() {
    section("How many of what");
    page.add("<p>Of the entries sealed in the period, and of those of them that match.</p>\n");
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
        <p>A redaction removes payloads for good; the entry, its hash and its place stay. It is \
        announced by an entry of its own before the payload goes. What was exported earlier is out \
        of its reach.</p>
        """);
    if (told.isEmpty()) {
      page.add("<p>No redaction was sealed in the range, and none explains a payload in it.</p>\n");
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
    section("Time of sealing, time of happening");
    ReportTally.Happened happened = tally.happened();
    page.add(
        """
        <p><b>The period means the time of sealing</b>: the ledger's own clock, which never goes \
        back. A source may state another time at which something happened \
        (<code>occurred_at</code>); that is its claim.</p>
        <table class="facts numbers">
        """);
    count("Sealed in the period, with such a time", happened.stated()).add("</td></tr>");
    if (tally.period().isAsked()) {
      count("of them happened before the period", happened.before()).add("</td></tr>");
      count("of them happened after it, they say", happened.after()).add("</td></tr>");
      count("Happened in it, sealed outside", happened.sealedOutside())
          .add("of the ")
          .number(tally.lines() - tally.inside())
          .add(
              " lines at the edges, which is all that this export sees of the time outside;"
                  + " export a longer period to see more</td></tr>");
    }
    page.add("</table>\n");
  }

  private void integrity() {
    section("What was checked when this was written");
    page.add("<table class=\"facts numbers\">");
    count("Entries read", tally.lines())
        .add(
            "the hash of each was computed again from its bytes, and that of its payload where it"
                + " has one; a difference would have ended the export</td></tr>");
    check("Numbers go up by one, each entry names the hash of the one before", tally.isLinked());
    check("No entry was sealed earlier than the one before", tally.isInOrder());
    page.add(
        """
        </table><p>That is the word of whoever made the bundle. What proves it is the verification \
        by somebody else.</p>
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
        another way than this bundle. Whoever made the bundle also put the verifiers into it \
        that lie beside this page.</li>
        <li>Check the bundle, on any machine, without network and without the ledger, with one of
        <pre>osmoda verify-bundle BUNDLE --trust trust.policy
        java -jar osmoda-verify.jar BUNDLE --trust trust.policy
        python3 verify.py BUNDLE --trust trust.policy</pre>
        or in a browser with <code>verify.html</code>, or with a verifier of your own: the format is \
        written down for that. It holds the filter against every line, so it also finds what should \
        match and was left out.</li>
        <li>The verdict must be <b>intact</b>. This page is listed with its SHA-256 in the manifest, \
        which an entry of the ledger names; so a changed page is found too. What the page says was \
        counted by the software that made the bundle: count again in entries.ndjson what matters \
        to you.</li>
        <li>For a sample of your own choice: <code>osmoda sample BUNDLE --count 25 --seed …</code> \
        with a seed that you choose after you have the bundle.</li>
        </ol>
        """);
  }

  private void limits() {
    section("What this does not say");
    page.add(
        """
        <ul>
        <li>That nothing happened past the capture points that were on: the ledger holds what \
        crossed them.</li>
        <li>That what a source reported is true. Observed entries were seen by our own code; \
        reported ones are somebody's word.</li>
        <li>That nothing was rewritten before the bundle's checkpoint by somebody who holds the \
        ledger's keys. Older checkpoints in other hands, and witnesses, narrow that window.</li>
        <li>That the actions which the framework's file names are the right ones for a control. The \
        file (<code>mapping.yaml</code>) is the audited party's claim; the filter is what is \
        proven.</li>
        <li>That a control is designed well, approved, or met. The ledger is tamper-evident: a \
        change shows to whoever verifies it with keys and an older checkpoint from elsewhere.</li>
        </ul>
        """);
  }
}
