#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
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
        table_width_(options.whole_tables ? SIZE_MAX : width_),
        colour_(options.colour),
        rows_(options.rows) {}

  std::string Write() {
    WriteAnswer();
    WriteSides();
    const std::string_view changed = comparison_.arms ? "differ" : "changed";
    Heading("WHAT IT CAME TO", "");
    Table(lists_.headline, lists_.headline.size(), "");
    Heading(comparison_.arms ? "WHAT ELSE DIFFERS" : "WHAT ELSE CHANGED",
            fmt::format("{}; at most {:.0f}% of them by chance", internal::ChangedText(comparison_, lists_),
                        100.0 * comparison_.options.max_q));
    if (lists_.changed.empty()) Sentence("Nothing that this sample could show.");
    Table(lists_.changed, rows_, fmt::format("more figures that {}", changed));
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

  void WriteAnswer() {
    std::string question(internal::QuestionOf(comparison_));
    std::ranges::transform(question, question.begin(), [](char sign) {
      return sign >= 'a' && sign <= 'z' ? static_cast<char>(sign - 'a' + 'A') : sign;
    });
    Heading(question, "");
    for (const std::string& sentence : internal::AnswerSentences(comparison_)) Sentence(sentence);
  }

  void WriteSides() {
    Heading("COMPARED", "");
    const std::array<std::string, 2> names{internal::SideName(comparison_, 0),
                                           internal::SideName(comparison_, 1)};
    const std::size_t wide = std::max(internal::DisplayWidth(names[0]), internal::DisplayWidth(names[1]));
    for (std::size_t i = 0; i < 2; ++i) {
      const CompareSide& side = comparison_.sides[i];
      const std::string blanks(wide - internal::DisplayWidth(names[i]) + 2, ' ');
      AppendWrapped("  " + names[i] + blanks,
                    fmt::format("{}: {}", Visible(side.label), internal::SideText(side, false)), width_,
                    out_);
      if (comparison_.has_control) {
        AppendWrapped(std::string(wide + 4, ' '), fmt::format("control: {}", internal::SideText(side, true)),
                      width_, out_);
      }
    }
    Sentence(internal::DifferenceText(comparison_));
    for (const std::string& note : comparison_.notes) Sentence(Visible(note));
  }

  void Table(const std::vector<std::uint32_t>& rows, std::size_t limit, std::string_view rest) {
    if (rows.empty()) return;
    TextTable table({{"where", TextTable::kFlexible},
                     {"figure"},
                     {internal::SideName(comparison_, 0), TextTable::kRight},
                     {internal::SideName(comparison_, 1), TextTable::kRight},
                     {"difference", TextTable::kRight},
                     {"95% interval", TextTable::kRight},
                     {"q", TextTable::kRight},
                     {""}});
    for (std::size_t k = 0; k < std::min(limit, rows.size()); ++k) {
      const CompareRow& row = comparison_.rows[rows[k]];
      const FigureUnit unit = UnitOf(row.key.figure);
      const int decimals = internal::DecimalsOf(row);
      const bool small = row.verdict == CompareVerdict::kTooSmall;
      table.Row({internal::FigurePlace(row.key), internal::FigureTitle(row.key),
                 internal::CellText(row, row.before), internal::CellText(row, row.after),
                 small ? "–" : internal::FigureChangeText(unit, row.difference, decimals),
                 row.interval ? internal::FigureIntervalText(unit, *row.interval, decimals) : "–",
                 small ? "–" : internal::FigureQText(row.q),
                 small ? "too small: " + internal::RuleOf(comparison_, row).text
                       : internal::VerdictText(comparison_, row)});
      if (row.control_before) {
        table.Row({"", "  control", internal::CellText(row, *row.control_before),
                   internal::CellText(row, *row.control_after), "", "", "", ""});
      }
    }
    table.AppendTo(out_, table_width_, colour_);
    if (rows.size() > limit) Sentence(fmt::format("… {} {}", CountText(rows.size() - limit), rest));
  }

  void WriteDisplacements() {
    if (comparison_.displacements.empty()) return;
    Heading(comparison_.arms ? "OPPOSITE DIFFERENCES" : "MOVED TOGETHER",
            comparison_.arms ? "who is not in the one need not be who is in the other"
                             : "who left the one need not be who came to the other");
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
            fmt::format("{}; customers that would find a {} of {:.0f}% of the value",
                        Plural(lists_.too_small.size(), "figure"), comparison_.arms ? "difference" : "change",
                        100.0 * comparison_.options.worthwhile));
    TextTable table({{"where", TextTable::kFlexible},
                     {"figure"},
                     {internal::SideName(comparison_, 0), TextTable::kRight},
                     {internal::SideName(comparison_, 1), TextTable::kRight},
                     {"what is too small"},
                     {"would find it", TextTable::kRight}});
    const std::size_t limit = std::min<std::size_t>(rows_, 10);
    for (std::size_t k = 0; k < std::min(limit, lists_.too_small.size()); ++k) {
      const CompareRow& row = comparison_.rows[lists_.too_small[k]];
      table.Row({internal::FigurePlace(row.key), internal::FigureTitle(row.key),
                 internal::CellText(row, row.before), internal::CellText(row, row.after),
                 internal::RuleOf(comparison_, row).text, internal::NeededText(row.customers_needed)});
    }
    table.AppendTo(out_, table_width_, colour_);
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
        "where they stand.");
  }

  const Comparison& comparison_;
  const internal::CompareLists lists_;
  const std::size_t width_;
  const std::size_t table_width_;
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
