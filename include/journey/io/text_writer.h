// WriteText: a Report as tables for a terminal, the most important first.
//
//   JOURNEY purchase   858 started
//     step            reached            share  left here  open     median
//     product_view        858  ███████  100.0%        300    12
//     add_to_cart         546  ████▍     63.6%        ...
//
// With insights, what to fix first comes right after the headline, and feedback, funnels, owners and credit after the
// friction.
//
// Names are shown with control characters, line ends and signs that turn the direction of text spelt out (\n,
// \u{202E}), so that no name can drive the terminal; names that are too long end in "…". Nothing else in the
// text depends on names. What is cut off from a table is counted below it.
//
// Errors: those of the stream. Threads: safe on different streams. Cost: O(report).
#pragma once
#include <cstddef>
#include <iosfwd>

#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

struct TextOptions {
  std::size_t width = 80;  // columns; less than 80 is taken as 80
  bool colour = false;     // ANSI escapes for headings and bars
  std::size_t rows = 15;   // of a ranking
  // Tables are as wide as their cells, where no screen has an end; sentences keep to the width.
  bool whole_tables = false;
};

void WriteText(const Report& report, std::ostream& out, const TextOptions& options = {});
// Requires: insights of this report.
void WriteText(const Report& report, const Insights& insights, std::ostream& out,
               const TextOptions& options = {});

}  // namespace v0
}  // namespace journey
