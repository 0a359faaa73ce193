package io.osmoda.evidence;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a report about controls. For one report. */
final class ControlSection {
  private final Markup page;
  private final SupportTally support;
  private final ReportScope scope;
  private final boolean isDetailed; // whether each control is described at length

  ControlSection(Markup page, ReportScope scope, SupportTally support) {
    this.page = page;
    this.scope = scope;
    this.support = support;
    this.isDetailed = scope.request().framework() != null;
  }

  void write(List<Framework> frameworks) {
    page.add(
        """
        <p><i>supports</i>: at least one matching entry is of a kind that the framework's file names \
        for the control, nothing more; check how many, from where, and the gaps. \
        <i>not evidenced</i>: there is none.</p>
        """);
    if (!isDetailed) {
      page.add(
          "<p>To see what the ledger cannot show for each control, what people must provide, and"
              + " examples, export with <code>--framework</code>.</p>");
    }
    for (Framework framework : frameworks) {
      write(framework);
    }
  }

  private void write(Framework framework) {
    page.add("<h3>").data(framework.name()).add("</h3>\n<p class=\"note\">");
    page.whole(framework.applicability()).add(" Source: ").whole(framework.source());
    page.add("; version ").data(framework.version()).add(" of the file.");
    for (Framework.Application date : framework.dates()) {
      page.add("<br/>" + date.date() + ": ").data(date.what());
    }
    page.add(
        """
        </p>
        <table class="list controls"><thead><tr><th>Control</th><th class="title">Title, in our \
        words</th><th>State</th><th class="number">Entries</th><th class="time">Newest (UTC)</th>\
        </tr></thead><tbody>
        """);
    for (Control control : framework.controls()) {
      SupportTally.Support found = support.of(control);
      page.add("<tr><td><b>").data(control.id()).add("</b></td><td>").data(control.title());
      page.add("</td><td>" + state(found) + "</td><td class=\"number\">").number(found.count());
      page.add("</td><td class=\"time\">")
          .add(found.count() == 0 ? "–" : ReportWords.shortTime(found.newest()))
          .add("</td></tr>\n");
    }
    page.add("</tbody></table>\n");
    if (isDetailed) {
      framework.controls().forEach(control -> write(control, support.of(control)));
    }
  }

  private static String state(SupportTally.Support found) {
    return found.count() > 0
        ? "<span class=\"supports\">supports</span>"
        : "<span class=\"missing\">not evidenced</span>";
  }

  private void write(Control control, SupportTally.Support found) {
    page.add("<div class=\"control\"><h4>").data(control.id()).add(" ").data(control.title());
    page.add("</h4>\n<p>" + state(found) + " ");
    if (found.count() > 0) {
      page.text(ReportWords.entries(found.count()) + ", newest ")
          .add(ReportWords.time(found.newest()) + ", from ");
      String separator = "";
      for (Map.Entry<String, Long> source : found.bySource().entrySet()) {
        page.add(separator).data(source.getKey());
        page.add(" (" + Assurance.of(source.getKey()) + ") ").number(source.getValue());
        separator = ", ";
      }
      page.add(".");
    } else if (control.supports().isEmpty()) {
      page.add("No entry can support it.");
    } else {
      page.add("No matching entry is of a kind that the file names: ")
          .whole(String.join(", ", control.actions()))
          .add(".");
    }
    page.add("</p>\n<table class=\"facts\">");
    fact("An auditor asks for", control.asks());
    fact("The ledger cannot show", control.cannotShow());
    fact("People must still provide", control.humanEvidence());
    page.add("</table>");
    if (found.count() > 0) {
      examples(found);
    }
    page.add("</div>\n");
  }

  private void fact(String name, String what) {
    page.add("<tr><th>" + name + "</th><td>").text(what).add("</td></tr>");
  }

  private void examples(SupportTally.Support found) {
    page.add(
        """
        <table class="list examples"><thead><tr><th class="number">Entry</th>\
        <th class="time">Sealed at (UTC)</th><th>Actor</th><th>Action</th>\
        <th class="target">Target</th></tr></thead><tbody>
        """);
    for (SupportTally.Example example : found.examples()) {
      page.add("<tr class=\"with-next\"><td class=\"number\">")
          .number(example.seq())
          .add(
              "</td><td class=\"time\">" + ReportWords.shortTime(example.timestamp()) + "</td><td>")
          .dataOrDash(scope.shown("actor", example.actor()))
          .add("</td><td>")
          .data(example.action())
          .add(" <span class=\"dim\">")
          .text(example.status())
          .add("</span>");
      tool(scope.shown("tool", example.tool()));
      page.add("</td><td>").dataOrDash(scope.shown("target", example.target()));
      page.add("</td></tr>\n<tr><td></td><td colspan=\"4\"><code class=\"hash\">")
          .text(String.valueOf(scope.shown("entry_hash", example.entryHash())))
          .add("</code></td></tr>\n");
    }
    page.add("</tbody></table>");
    long others = found.count() - found.examples().size();
    if (others > 0) {
      page.add("<p class=\"note\">The first of each kind; ")
          .number(others)
          .add(others == 1 ? " other is" : " others are")
          .add(" in annotations.ndjson.</p>");
    }
  }

  private void tool(@Nullable String tool) {
    if (tool != null) {
      page.add("<br/><span class=\"dim\">").data(tool).add("</span>");
    }
  }
}
