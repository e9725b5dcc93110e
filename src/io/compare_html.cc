#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <kainjow/mustache.hpp>
#include <ostream>

#include "io/compare_figures.h"
#include "io/compare_template.h"
#include "io/escape.h"
#include "io/html_styles.h"
#include "io/svg_canvas.h"
#include "io/writer_figures.h"
#include "journey/io/compare_writer.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::CountText;
using internal::Plural;
using PageData = kainjow::mustache::data;

constexpr int kWidth = 190;  // of a whisker, in pixels
constexpr int kHeight = 22;

// The interval as a line with its estimate, 0 in the middle. `reach` is what the ends of the picture stand for.
std::string Whisker(const CompareRow& row, double reach) {
  if (!row.interval || reach <= 0.0) return {};
  internal::SvgCanvas canvas(kWidth);
  const auto x = [&](double value) {
    const double part = std::clamp(value / reach, -1.0, 1.0);
    return kWidth / 2 + static_cast<int>(std::lround(part * (kWidth / 2 - 8)));
  };
  const bool sure = row.verdict == CompareVerdict::kRose || row.verdict == CompareVerdict::kFell;
  canvas.Line("w-zero", kWidth / 2, 1, kWidth / 2, kHeight - 1);
  canvas.Line(sure ? "w-range w-sure" : "w-range", x(row.interval->low), kHeight / 2, x(row.interval->high),
              kHeight / 2);
  canvas.Circle(sure ? "w-sure-dot" : "w-dot", x(row.difference), kHeight / 2, 4);
  const FigureUnit unit = UnitOf(row.key.figure);
  const int decimals = internal::DecimalsOf(row);
  return canvas.Finish("", kHeight, "Difference and its interval",
                       internal::FigureChangeText(unit, row.difference, decimals) + ", " +
                           internal::FigureIntervalText(unit, *row.interval, decimals));
}

class ComparePage {
 public:
  ComparePage(const Comparison& comparison, const CompareHtmlOptions& options)
      : comparison_(comparison), options_(options), lists_(internal::ListsOf(comparison)) {}

  PageData Make() {
    PageData page;
    page.set("styles", std::string(internal::kHtmlStyles) + std::string(internal::kCompareStyles));
    page.set("title", options_.title.empty() ? std::string(internal::QuestionOf(comparison_))
                                             : internal::Visible(options_.title));
    page.set("before_name", internal::SideName(comparison_, 0));
    page.set("after_name", internal::SideName(comparison_, 1));
    page.set("before_head", comparison_.arms ? internal::SideName(comparison_, 0) : std::string("Before"));
    page.set("after_head", comparison_.arms ? internal::SideName(comparison_, 1) : std::string("After"));
    page.set(comparison_.arms ? "arms" : "times", true);
    PageData answers{PageData::type::list};
    for (std::string& sentence : internal::AnswerSentences(comparison_)) {
      PageData answer;
      answer.set("answer", std::move(sentence));
      answers << answer;
    }
    page.set("answers", answers);
    page.set("figures",
             PageData{kainjow::mustache::partial{[] { return std::string(internal::kCompareFigures); }}});
    page.set("sides", Sides());
    page.set("how", internal::DifferenceText(comparison_) + " Intervals are of 95%, by customer.");
    AddTable(page, "main_table", lists_.headline, lists_.headline.size());
    page.set("changed_note",
             fmt::format("{}. Of all that are said to, at most {:.0f} in a hundred are "
                         "expected to be chance (q, Benjamini and Hochberg).",
                         internal::ChangedText(comparison_, lists_), 100.0 * comparison_.options.max_q));
    AddTable(page, "changed_table", lists_.changed, options_.rows);
    AddTable(page, "unchanged_table", lists_.unchanged, options_.rows);
    page.set("unchanged_count", CountText(lists_.unchanged.size()));
    AddMoved(page);
    AddSmall(page);
    page.set("notes", Notes());
    return page;
  }

 private:
  PageData Sides() const {
    PageData sides{PageData::type::list};
    for (std::size_t i = 0; i < 2; ++i) {
      PageData side;
      side.set("which", comparison_.arms ? internal::SideName(comparison_, i) : i == 0 ? "Before" : "After");
      side.set("label", internal::Visible(comparison_.sides[i].label));
      side.set("what", internal::SideText(comparison_.sides[i], false));
      if (comparison_.has_control) side.set("control", internal::SideText(comparison_.sides[i], true));
      sides << side;
    }
    return sides;
  }

  // What stands below the verdict: why nothing is said, or what would have been seen.
  [[nodiscard]] std::string HintOf(const CompareRow& row) const {
    const FigureUnit unit = UnitOf(row.key.figure);
    if (row.verdict == CompareVerdict::kTooSmall) return internal::RuleOf(comparison_, row).text;
    if (row.verdict != CompareVerdict::kNotShown || row.detectable <= 0.0) return {};
    std::string size = internal::FigureChangeText(unit, row.detectable, internal::DecimalsOf(row));
    if (size.starts_with('+')) size.erase(0, 1);
    return "would show " + size;
  }

  void AddTable(PageData& page, const char* name, const std::vector<std::uint32_t>& list,
                std::size_t limit) const {
    if (list.empty()) return;
    const std::size_t shown = std::min(limit, list.size());
    // Pictures of one unit in one table have one scale.
    std::array<double, 4> reach{};
    for (std::size_t k = 0; k < shown; ++k) {
      const CompareRow& row = comparison_.rows[list[k]];
      double& most = reach[static_cast<std::size_t>(UnitOf(row.key.figure))];
      if (row.interval) most = std::max({most, std::abs(row.interval->low), std::abs(row.interval->high)});
    }
    PageData rows{PageData::type::list};
    for (std::size_t k = 0; k < shown; ++k) {
      const CompareRow& row = comparison_.rows[list[k]];
      const FigureUnit unit = UnitOf(row.key.figure);
      const int decimals = internal::DecimalsOf(row);
      const bool small = row.verdict == CompareVerdict::kTooSmall;
      PageData data;
      data.set("place", internal::FigurePlace(row.key));
      data.set("figure", internal::FigureTitle(row.key));
      data.set("before", internal::CellText(row, row.before));
      data.set("after", internal::CellText(row, row.after));
      if (row.control_before) {
        PageData control;
        control.set("control_before", internal::CellText(row, *row.control_before));
        control.set("control_after", internal::CellText(row, *row.control_after));
        data.set("control_cells", control);
      }
      data.set("difference", small ? "–" : internal::FigureChangeText(unit, row.difference, decimals));
      data.set("interval", row.interval ? internal::FigureIntervalText(unit, *row.interval, decimals) : "–");
      data.set("whisker", Whisker(row, reach[static_cast<std::size_t>(unit)]));
      data.set("q", small ? "–" : internal::FigureQText(row.q));
      data.set("verdict", internal::VerdictText(comparison_, row));
      if (const std::string hint = HintOf(row); !hint.empty()) data.set("hint", hint);
      rows << data;
    }
    PageData table;
    table.set("rows", rows);
    if (list.size() > shown) table.set("more", CountText(list.size() - shown));
    page.set(name, table);
  }

  void AddMoved(PageData& page) const {
    if (comparison_.displacements.empty()) return;
    PageData pairs{PageData::type::list};
    const std::size_t shown = std::min(options_.rows, comparison_.displacements.size());
    for (std::size_t i = 0; i < shown; ++i) {
      PageData pair;
      pair.set("pair", internal::DisplacementText(comparison_, comparison_.displacements[i]));
      pairs << pair;
    }
    PageData section;
    section.set("pairs", pairs);
    if (comparison_.mix_changed) section.set("mix", internal::MixText(comparison_));
    if (comparison_.displacements_found > shown) {
      section.set("more_pairs", CountText(comparison_.displacements_found - shown));
    }
    page.set("moved_section", section);
  }

  void AddSmall(PageData& page) const {
    if (lists_.too_small.empty()) return;
    const CompareOptions& options = comparison_.options;
    PageData section;
    section.set(
        "small_note",
        fmt::format(
            "{} with fewer than {} customers on a side, or fewer than {} that do it or do not. The last "
            "column is how many customers would find a change of {:.0f}% of the value in {:.0f}% of cases.",
            Plural(lists_.too_small.size(), "figure"), options.min_customers, options.min_events,
            100.0 * options.worthwhile, 100.0 * options.power.power));
    PageData small{PageData::type::list};
    const std::size_t shown = std::min(options_.rows, lists_.too_small.size());
    for (std::size_t k = 0; k < shown; ++k) {
      const CompareRow& row = comparison_.rows[lists_.too_small[k]];
      PageData data;
      data.set("place", internal::FigurePlace(row.key));
      data.set("figure", internal::FigureTitle(row.key));
      data.set("before", internal::CellText(row, row.before));
      data.set("after", internal::CellText(row, row.after));
      data.set("rule", internal::RuleOf(comparison_, row).text);
      data.set("needed", internal::NeededText(row.customers_needed));
      small << data;
    }
    section.set("small", small);
    if (lists_.too_small.size() > shown)
      section.set("more_small", CountText(lists_.too_small.size() - shown));
    page.set("small_section", section);
  }

  PageData Notes() const {
    PageData notes{PageData::type::list};
    const auto add = [&](std::string text) {
      PageData note;
      note.set("note", std::move(text));
      notes << note;
    };
    for (const std::string& note : comparison_.notes) add(internal::Visible(note));
    for (const auto& [reason, count] : comparison_.left_out) {
      add(fmt::format("{} left out: {}.", Plural(count, "journey"), internal::Visible(reason)));
    }
    if (comparison_.people_on_both_sides != 0) {
      add(fmt::format("Customers on both sides: {}. Intervals take that into account.",
                      CountText(comparison_.people_on_both_sides)));
    }
    add("Open journeys count where customers went and what hurt, but not in goal rates, nor at the step "
        "where they stand.");
    return notes;
  }

  const Comparison& comparison_;
  const CompareHtmlOptions& options_;
  const internal::CompareLists lists_;
};

}  // namespace

void WriteCompareHtml(const Comparison& comparison, std::ostream& out, const CompareHtmlOptions& options) {
  PageData page = ComparePage(comparison, options).Make();
  kainjow::mustache::mustache page_template{std::string(internal::kCompareTemplate)};
  page_template.render(page, out);
}

}  // namespace v0
}  // namespace journey
