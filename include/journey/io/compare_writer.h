// WriteCompare...: a Comparison as text for a terminal, as JSON for programs, and as one self-contained page.
// The text and the page begin with the answer in a few sentences.
//
//   WHAT IT CAME TO
//     where     figure      before   after  difference  95% interval       q
//     purchase  goal rate    41.2%   43.5%    +2.3 pts  +1.0 to +3.6   0.004  rose
//
// With a control group its own before and after stand below each row. Of arms, their names stand for before and after,
// and what differs is higher or lower.
// Headline figures (goals, time, contacts, scores) are shown whether they changed or not; of the others those that
// changed, and in the page all that were tested. What is too small says how many customers it would need.
//
// JSON: "schema": "journey.compare/1"; ratios in whole millionths (_ppm), times in microseconds (_us), scores in
// thousandths (_milli); what cannot be said is null. Keys may be added, not renamed or removed, while it says /1.
//
// Names are shown and escaped as in the other writers. The bytes are a function of the comparison and options.
// Errors: those of the stream. Threads: safe on different streams. Cost: O(comparison).
#pragma once
#include <cstddef>
#include <iosfwd>
#include <string>

#include "journey/insight/compare.h"

namespace journey {
inline namespace v0 {

struct CompareTextOptions {
  std::size_t width = 100;  // columns; less than 80 is taken as 80
  bool colour = false;
  std::size_t rows = 20;      // of a list
  bool whole_tables = false;  // as wide as their cells
};
void WriteCompareText(const Comparison& comparison, std::ostream& out,
                      const CompareTextOptions& options = {});

void WriteCompareJson(const Comparison& comparison, std::ostream& out);

struct CompareHtmlOptions {
  std::string title = {};  // none: "Did the change help?", or of arms "How the arms differ"
  std::size_t rows = 40;   // of a list
};
void WriteCompareHtml(const Comparison& comparison, std::ostream& out,
                      const CompareHtmlOptions& options = {});

}  // namespace v0
}  // namespace journey
