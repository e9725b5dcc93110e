// WriteHtml: a Report as one self-contained page that people like to read.
//
//   std::ofstream page("report.html");
//   WriteHtml(report, page, {.title = "Shop, spring 2024"});
//
// Headline figures; the funnel of each journey definition; the friction ranking; the flow between channels
// and between touchpoints; the journeys that hurt most, as pictures and in words; the most common paths; and
// what was left out and why.
//
//   WriteHtml(report, insights, page)
//
// also shows what to fix first, with intervals, each line opening to its evidence; what customers said; the funnels
// asked for; where it hurts by owner; and which channels get credit. Its two rankings, by comparison and by
// chain, have scales of their own and are never mixed.
//
// No network, no script: styles and pictures (SVG) are inside, and the page
// forbids anything else to itself (Content-Security-Policy). It follows the reader's light or dark setting,
// fits a phone, and prints.
//
// Customers appear by their number in the report, never by an identifier's value. Names are escaped, and
// shown with control characters and signs that turn the direction of text spelt out. Of long lists the most
// important rows are shown, with a count of the rest. The bytes are a function of report and options.
//
// Errors: those of the stream. Threads: safe on different streams. Cost: O(report), output of at most some
// 100 KiB (400 KiB with insights) plus the text of names.
#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>

#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

struct HtmlOptions {
  std::string title = "Customer journeys";
  std::size_t rows = 20;     // of a ranking
  std::size_t examples = 5;  // journeys that are shown one by one
};

void WriteHtml(const Report& report, std::ostream& out, const HtmlOptions& options = {});
// Requires: insights of this report.
void WriteHtml(const Report& report, const Insights& insights, std::ostream& out,
               const HtmlOptions& options = {});

}  // namespace v0
}  // namespace journey
