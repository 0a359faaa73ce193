package io.osmoda.evidence;

import java.time.Instant;
import java.util.Locale;

/**
 * Draws a report's pictures as SVG: rectangles and filled paths only, in a frame that is stretched
 * to the page's width. What they say in words stands in the HTML around them, and nothing is told
 * by colour alone.
 */
final class ReportCharts {
  /** Units across; a bar's height is given in the same. */
  private static final double WIDTH = 1_000;

  private static final double BINS_HEIGHT = 130;
  private static final double BAR_HEIGHT = 16;
  private static final double LEAST = 7; // a gap of a second must be seen in a month
  private static final double HATCH = 12;

  private static final String MATCHING = "#1f5f8b";
  private static final String OTHERS = "#b7cfe0";
  private static final String ON = "#2f7d6b";
  private static final String OFF = "#eef0f2";
  private static final String UNKNOWN = "#c3c9d0";
  private static final String GAP = "#b42318";
  private static final String LIGHT = "#ffffff";
  private static final String GRID = "#dfe3e8";

  private final StringBuilder out = new StringBuilder();

  private ReportCharts() {}

  /** How many entries each part of the period has. */
  static String histogram(PeriodBins bins, String label) {
    ReportCharts chart = new ReportCharts();
    chart.begin("histogram", BINS_HEIGHT, label);
    long most = 1;
    for (PeriodBins.Bin bin : bins.bins()) {
      most = Math.max(most, bin.inside());
    }
    for (int line = 1; line <= 3; line++) {
      chart.rectangle(0, BINS_HEIGHT * (1 - line / 4.0), WIDTH, 0.8, GRID);
    }
    double step = WIDTH / bins.bins().size();
    double space = Math.min(3, step * 0.15);
    double x = 0;
    for (PeriodBins.Bin bin : bins.bins()) {
      double all = height(bin.inside(), most);
      double matching = height(bin.matching(), most);
      chart.rectangle(x + space / 2, BINS_HEIGHT - all, step - space, all - matching, OTHERS);
      chart.rectangle(x + space / 2, BINS_HEIGHT - matching, step - space, matching, MATCHING);
      x += step;
    }
    chart.rectangle(0, BINS_HEIGHT - 1, WIDTH, 1, UNKNOWN);
    return chart.end();
  }

  private static double height(long count, long most) {
    return count == 0 ? 0 : Math.max(1.5, (BINS_HEIGHT - 4) * count / most);
  }

  /** When a capture point was on, and its gaps. */
  static String bar(
      CaptureCoverage.Source source,
      TimeSpans silent,
      Instant ledgerBegan,
      ReportPeriod period,
      String label) {
    ReportCharts chart = new ReportCharts();
    chart.begin("bar", BAR_HEIGHT, label);
    chart.rectangle(0, 0, WIDTH, BAR_HEIGHT, OFF);
    for (TimeSpans.Span span : source.on().list()) {
      chart.span(period, span, ON);
    }
    for (TimeSpans.Span span : silent.list()) {
      chart.unknown(period, span);
    }
    if (ledgerBegan.isAfter(period.from())) {
      chart.unknown(period, new TimeSpans.Span(period.from(), period.clip(ledgerBegan)));
    }
    for (TimeSpans.Span span : source.gaps().list()) {
      chart.gap(period, span);
    }
    return chart.end();
  }

  /** What a colour of the bars means. */
  enum Swatch {
    ON,
    OFF,
    GAP,
    UNKNOWN,
    MATCHING,
    OTHERS
  }

  /** A small sample of a colour, for the legend. */
  static String swatch(Swatch which) {
    ReportCharts chart = new ReportCharts();
    double width = 2 * BAR_HEIGHT;
    chart.begin("swatch", width, BAR_HEIGHT, "");
    switch (which) {
      case ON -> chart.rectangle(0, 0, width, BAR_HEIGHT, ON);
      case OFF -> chart.rectangle(0, 0, width, BAR_HEIGHT, OFF);
      case GAP -> chart.hatched(0, width, GAP, LIGHT);
      case UNKNOWN -> chart.hatched(0, width, OFF, UNKNOWN);
      case MATCHING -> chart.rectangle(0, 0, width, BAR_HEIGHT, MATCHING);
      case OTHERS -> chart.rectangle(0, 0, width, BAR_HEIGHT, OTHERS);
    }
    return chart.end();
  }

  private void begin(String kind, double height, String label) {
    begin(kind, WIDTH, height, label);
  }

  private void begin(String kind, double width, double height, String label) {
    out.append("<svg class=\"").append(kind).append("\" viewBox=\"0 0 ").append(units(width));
    out.append(' ').append(units(height)).append("\" preserveAspectRatio=\"none\"");
    out.append(" xmlns=\"http://www.w3.org/2000/svg\"");
    out.append(
        label.isEmpty()
            ? " aria-hidden=\"true\">"
            : " role=\"img\" aria-label=\"" + new Markup().text(label) + "\">");
  }

  private String end() {
    return out.append("</svg>").toString();
  }

  private void span(ReportPeriod period, TimeSpans.Span span, String fill) {
    double x = WIDTH * period.place(span.from());
    rectangle(x, 0, WIDTH * period.place(span.to()) - x, BAR_HEIGHT, fill);
  }

  private void unknown(ReportPeriod period, TimeSpans.Span span) {
    double x = WIDTH * period.place(span.from());
    hatched(x, WIDTH * period.place(span.to()), OFF, UNKNOWN);
  }

  private void gap(ReportPeriod period, TimeSpans.Span span) {
    double x = WIDTH * period.place(span.from());
    double end = Math.max(x + LEAST, WIDTH * period.place(span.to()));
    x = Math.min(x, WIDTH - LEAST);
    hatched(x, Math.min(end, WIDTH), GAP, LIGHT);
  }

  /** A stripe with slanting lines, to be told from others without colour. */
  private void hatched(double from, double to, String ground, String lines) {
    rectangle(from, 0, to - from, BAR_HEIGHT, ground);
    StringBuilder path = new StringBuilder();
    double thick = HATCH * 0.32;
    for (double x = from; x + thick + BAR_HEIGHT / 2 < to; x += HATCH) {
      path.append(
          "M%s %s L%s 0 L%s 0 L%s %s Z "
              .formatted(
                  units(x),
                  units(BAR_HEIGHT),
                  units(x + BAR_HEIGHT / 2),
                  units(x + BAR_HEIGHT / 2 + thick),
                  units(x + thick),
                  units(BAR_HEIGHT)));
    }
    if (!path.isEmpty()) {
      out.append("<path d=\"").append(path.toString().strip());
      out.append("\" fill=\"").append(lines).append("\"/>");
    }
  }

  private void rectangle(double x, double y, double width, double height, String fill) {
    if (width > 0 && height > 0) {
      out.append("<rect x=\"").append(units(x)).append("\" y=\"").append(units(y));
      out.append("\" width=\"").append(units(width)).append("\" height=\"");
      out.append(units(height)).append("\" fill=\"").append(fill).append("\"/>");
    }
  }

  private static String units(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.endsWith(".00") ? text.substring(0, text.length() - 3) : text;
  }
}
