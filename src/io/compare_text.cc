#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "io/compare_figures.h"
#include "io/escape.h"
#include "io/text_table.h"
#include "io/writer_figures.h"
#include "journey/io/compare_writer.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::AppendWrapped;
using internal::CountText;
using internal::Plural;
using internal::TextTable;
using internal::Visible;

class CompareText {
 public:
  CompareText(const Comparison& comparison, const CompareTextOptions& options)
      : comparison_(comparison),
        lists_(internal::ListsOf(comparison)),
        width_(std::max<std::size_t>(80, options.width)),
        colour_(options.colour),
        rows_(options.rows) {}

  std::string Write() {
    WriteSides();
    Heading("WHAT IT CAME TO", "");
    Table(lists_.headline, lists_.headline.size(), "");
    Heading("WHAT ELSE CHANGED",
            fmt::format("{} of {} figures tested changed, with at most {:.0f}% of them false",
                        CountText(comparison_.changed), CountText(comparison_.tested),
                        100.0 * comparison_.options.max_q));
    if (lists_.changed.empty()) Sentence("Nothing that this sample could show.");
    Table(lists_.changed, rows_, "more figures that changed");
    WriteDisplacements();
    WriteTooSmall();
    WriteLeftOut();
    return std::move(out_);
  }

 private:
  void Heading(std::string_view title, std::string_view note) {
    if (!out_.empty()) out_ += '\n';
    out_ += colour_ ? fmt::format("\x1b[1m{}\x1b[0m", title) : std::string(title);
    if (!note.empty()) out_ += fmt::format("   {}", note);
    out_ += '\n';
  }
  void Sentence(std::string_view text) { AppendWrapped("  ", text, width_, out_); }

  void WriteSides() {
    Heading("COMPARED", "");
    constexpr std::string_view kNames[2] = {"before  ", "after   "};
    for (std::size_t i = 0; i < 2; ++i) {
      const CompareSide& side = comparison_.sides[i];
      AppendWrapped(fmt::format("  {}", kNames[i]),
                    fmt::format("{}: {}", Visible(side.label), internal::SideText(side, false)), width_,
                    out_);
      if (comparison_.has_control) {
        AppendWrapped("          ", fmt::format("control: {}", internal::SideText(side, true)), width_, out_);
      }
    }
    if (comparison_.has_control) {
      Sentence(
          fmt::format("Control group: {}. Differences are those of the rest beyond those of the control.",
                      Visible(comparison_.control)));
    }
    for (const std::string& note : comparison_.notes) Sentence(Visible(note));
  }

  void Table(const std::vector<std::uint32_t>& rows, std::size_t limit, std::string_view rest) {
    if (rows.empty()) return;
    TextTable table({{"where", TextTable::kFlexible},
                     {"figure"},
                     {"before", TextTable::kRight},
                     {"after", TextTable::kRight},
                     {"difference", TextTable::kRight},
                     {"95% interval", TextTable::kRight},
                     {"q", TextTable::kRight},
                     {""}});
    for (std::size_t k = 0; k < std::min(limit, rows.size()); ++k) {
      const CompareRow& row = comparison_.rows[rows[k]];
      const FigureUnit unit = UnitOf(row.key.figure);
      const bool small = row.verdict == CompareVerdict::kTooSmall;
      table.Row({internal::FigurePlace(row.key), internal::FigureTitle(row.key), ValueOf(row.before, unit),
                 ValueOf(row.after, unit), small ? "–" : internal::FigureChangeText(unit, row.difference),
                 row.interval ? internal::FigureIntervalText(unit, *row.interval) : "–",
                 small ? "–" : internal::FigureQText(row.q), VerdictText(row)});
    }
    table.AppendTo(out_, width_, colour_);
    if (rows.size() > limit) Sentence(fmt::format("… {} {}", CountText(rows.size() - limit), rest));
  }

  static std::string ValueOf(const FigureCell& cell, FigureUnit unit) {
    return cell.denominator == 0 ? "–" : internal::FigureValueText(unit, cell.value);
  }
  static std::string VerdictText(const CompareRow& row) {
    switch (row.verdict) {
      case CompareVerdict::kTooSmall:
        return "too small";
      case CompareVerdict::kNotShown:
        return "no change shown";
      case CompareVerdict::kRose:
        return "rose";
      case CompareVerdict::kFell:
        return "fell";
    }
    return {};
  }

  void WriteDisplacements() {
    if (comparison_.displacements.empty()) return;
    Heading("MOVED TOGETHER", "who left the one need not be who came to the other");
    if (comparison_.mix_changed) Sentence(internal::MixText(comparison_));
    const std::size_t shown = std::min(rows_, comparison_.displacements.size());
    for (std::size_t i = 0; i < shown; ++i) {
      AppendWrapped("  - ", internal::DisplacementText(comparison_, comparison_.displacements[i]), width_,
                    out_);
    }
    if (comparison_.displacements_found > shown) {
      Sentence(fmt::format("… {} more pairs", CountText(comparison_.displacements_found - shown)));
    }
  }

  void WriteTooSmall() {
    if (lists_.too_small.empty()) return;
    Heading("TOO SMALL TO SAY",
            fmt::format("{}; customers needed to find a change of {:.0f}% of the value",
                        Plural(lists_.too_small.size(), "figure"), 100.0 * comparison_.options.worthwhile));
    TextTable table({{"where", TextTable::kFlexible},
                     {"figure"},
                     {"before", TextTable::kRight},
                     {"after", TextTable::kRight},
                     {"customers", TextTable::kRight},
                     {"needed", TextTable::kRight}});
    const std::size_t limit = std::min<std::size_t>(rows_, 10);
    for (std::size_t k = 0; k < std::min(limit, lists_.too_small.size()); ++k) {
      const CompareRow& row = comparison_.rows[lists_.too_small[k]];
      const FigureUnit unit = UnitOf(row.key.figure);
      table.Row({internal::FigurePlace(row.key), internal::FigureTitle(row.key), ValueOf(row.before, unit),
                 ValueOf(row.after, unit),
                 fmt::format("{} + {}", CountText(row.before.customers), CountText(row.after.customers)),
                 internal::NeededText(row.customers_needed)});
    }
    table.AppendTo(out_, width_, colour_);
    if (lists_.too_small.size() > limit) {
      Sentence(fmt::format("… {} more", CountText(lists_.too_small.size() - limit)));
    }
  }

  void WriteLeftOut() {
    Heading("LEFT OUT", "");
    if (comparison_.left_out.empty()) Sentence("No journey.");
    for (const auto& [reason, count] : comparison_.left_out) {
      Sentence(fmt::format("{}: {}", Plural(count, "journey"), Visible(reason)));
    }
    if (comparison_.people_on_both_sides != 0) {
      Sentence(fmt::format("{} on both sides; intervals take that into account.",
                           comparison_.people_on_both_sides == 1
                               ? std::string("1 customer is")
                               : CountText(comparison_.people_on_both_sides) + " customers are"));
    }
    Sentence(
        "Open journeys count where customers went and what hurt, but not in goal rates, nor at the step "
        "where "
        "they stand.");
  }

  const Comparison& comparison_;
  const internal::CompareLists lists_;
  const std::size_t width_;
  const bool colour_;
  const std::size_t rows_;
  std::string out_;
};

}  // namespace

void WriteCompareText(const Comparison& comparison, std::ostream& out, const CompareTextOptions& options) {
  out << CompareText(comparison, options).Write();
}

}  // namespace v0
}  // namespace journey
