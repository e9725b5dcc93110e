// What to fix first: two rankings with intervals, each line opening to its evidence.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::string_view kTemplate = R"HTML(<section id="fix" aria-labelledby="fix-head">
<h2 id="fix-head">What to fix first</h2>
<p>{{lead}}</p>
{{#views}}
<article class="card">
<h3>{{view_title}} <span class="aside">{{view_count}}</span></h3>
<p class="soft">{{view_text}}</p>
{{#none}}<p>{{none}}</p>
{{/none}}{{#scale}}<p class="fix-scale"><span>{{scale_low}}</span><span>{{scale_name}}</span><span>{{scale_high}}</span></p>
{{/scale}}<ol class="fix-lines">
{{#lines}}<li><details><summary><span class="fix-rank">{{fix_rank}}</span><span class="fix-name">{{{fix_place}}} <span class="fix-what">{{fix_what}}</span></span><span class="fix-picture">{{{fix_picture}}}</span><span class="fix-figure"><b>{{fix_value}}</b> <span class="soft">{{fix_interval}}</span></span><span class="fix-sample">{{fix_sample}}</span></summary>
<div class="fix-body"><p><bdi>{{fix_sentence}}</bdi></p>
<div class="pair"><div class="scroll" tabindex="0" role="region" aria-label="Who was compared"><table class="sums"><tbody>
{{#fix_rows}}<tr{{#total}} class="total"{{/total}}><th scope="row">{{row_name}}</th><td class="num">{{row_value}}</td></tr>
{{/fix_rows}}</tbody></table></div>
<div>{{{fix_evidence}}}</div></div></div></details></li>
{{/lines}}</ol>
{{#folded}}<details class="plain"><summary>{{folded_title}}</summary>
<ol class="fix-lines">
{{#folded_lines}}<li><details><summary><span class="fix-rank">{{fix_rank}}</span><span class="fix-name">{{{fix_place}}} <span class="fix-what">{{fix_what}}</span></span><span class="fix-picture">{{{fix_picture}}}</span><span class="fix-figure"><b>{{fix_value}}</b> <span class="soft">{{fix_interval}}</span></span><span class="fix-sample">{{fix_sample}}</span></summary>
<div class="fix-body"><p><bdi>{{fix_sentence}}</bdi></p>
<div class="pair"><div class="scroll" tabindex="0" role="region" aria-label="Who was compared"><table class="sums"><tbody>
{{#fix_rows}}<tr{{#total}} class="total"{{/total}}><th scope="row">{{row_name}}</th><td class="num">{{row_value}}</td></tr>
{{/fix_rows}}</tbody></table></div>
<div>{{{fix_evidence}}}</div></div></div></details></li>
{{/folded_lines}}</ol></details>
{{/folded}}{{#more_lines}}<p class="soft">{{more_lines}}</p>
{{/more_lines}}{{#silent}}<details class="plain"><summary>{{silent_title}}</summary>
<p class="soft">{{silent_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Too small to say"><table>
<thead><tr><th scope="col">Where</th><th scope="col">What customers did</th>{{#silent_heads}}<th scope="col" class="num">{{.}}</th>{{/silent_heads}}<th scope="col">Why</th></tr></thead>
<tbody>
{{#silent_rows}}<tr><th scope="row">{{{silent_place}}}</th><td>{{silent_what}}</td>{{#silent_cells}}<td class="num">{{.}}</td>{{/silent_cells}}<td class="why">{{silent_why}}</td></tr>
{{/silent_rows}}</tbody></table></div>
{{#silent_more}}<p class="soft">{{silent_more}}</p>
{{/silent_more}}</details>
{{/silent}}{{#left_out}}<p class="soft">{{left_out}}</p>
{{/left_out}}</article>
{{/views}}</section>

)HTML";

void AddRow(PageData& rows, std::string name, std::string value, bool total = false) {
  PageData row;
  row.set("row_name", std::move(name));
  row.set("row_value", std::move(value));
  if (total) row.set("total", true);
  rows << row;
}

class FixPage {
 public:
  FixPage(const Report& report, const Insights& insights, const HtmlOptions& options)
      : report_(report),
        insights_(insights),
        fixes_(insights.fix_first),
        rows_(options.rows),
        tables_(report, Duration{0}),
        friction_rows_(report),
        evidence_(EvidenceOfFriction(report, 3)),
        goals_(KnowsGoals(fixes_)) {}

  std::string Write() {
    PageData section;
    section.set("lead", Lead());
    PageData views{PageData::type::list};
    if (fixes_.closed != 0) views << Comparison();
    if (goals_ && !fixes_.by_chain.empty()) views << Chain();
    section.set("views", views);
    return RenderPart(kTemplate, section);
  }

 private:
  [[nodiscard]] std::string Lead() const {
    if (fixes_.closed == 0) return NothingEnded(fixes_);
    std::string text = fmt::format(
        "{} closed, and {} of them ({}) reached their goal. Each line says what would have been different if "
        "this "
        "one friction had not been there; effects of different lines do not add up.",
        Plural(fixes_.closed, "journey"), CountText(fixes_.achieved),
        ShareText(fixes_.achieved, fixes_.closed));
    if (fixes_.open != 0) {
      text += fmt::format(" {} still open and left out, because nobody knows how they end.",
                          Plural(fixes_.open, "journey") + (fixes_.open == 1 ? " is" : " are"));
    }
    if (!goals_)
      text += " No journey has a goal, so the lines tell the active time that would have been saved.";
    return text;
  }

  [[nodiscard]] std::string OwnerAfter(TouchpointId touchpoint) const {
    const std::string_view owner = insights_.notes.owner_of(touchpoint);
    return owner.empty() ? std::string() : " · " + ShownName(owner, 40);
  }

  [[nodiscard]] const Estimate& EffectOf(const ComparisonLine& line) const {
    return goals_ ? line.more_goals : line.saved_time_us;
  }
  [[nodiscard]] std::string ValueText(double value) const {
    return goals_ ? NumberText(value, true) : TimeText(value);
  }

  // "41 more goals" and its whiskers.
  void SetEffect(PageData& data, const Estimate& effect, bool has_interval,
                 const IntervalScale& scale) const {
    data.set("fix_picture",
             scale.Draw(effect, has_interval, has_interval ? CssOf(ClarityOf(effect)) : "w-unclear"));
    data.set("fix_value", ValueText(effect.value));
    data.set("fix_interval",
             has_interval ? ValueText(effect.low) + " to " + ValueText(effect.high) : "no interval");
  }
  void SetScale(PageData& view, const IntervalScale& scale) const {
    PageData data;
    data.set("scale_low", ValueText(scale.low()));
    data.set("scale_high", ValueText(scale.high()));
    data.set("scale_name",
             std::string(goals_ ? "goals gained, with 95% interval" : "time saved, with 95% interval"));
    view.set("scale", data);
  }

  // "73.2 of 80 (91.5%)": the share is of what stands before it.
  [[nodiscard]] static std::string OfText(const std::string& part, std::uint64_t whole, double value) {
    if (whole == 0) return part;
    return fmt::format("{} of {} ({:.1f}%)", part, CountText(whole),
                       100.0 * value / static_cast<double>(whole));
  }

  // How the journeys in the channel come apart into those compared and those left out.
  [[nodiscard]] PageData ComparisonRows(const ComparisonLine& line) const {
    PageData rows{PageData::type::list};
    AddRow(rows, "Met it, and are compared", CountText(line.compared));
    AddRow(rows, "met it, still open", CountText(line.open));
    AddRow(rows, "met it as it ended", CountText(line.at_end));
    AddRow(rows, "met it, nobody like them without", CountText(line.no_comparable));
    AddRow(rows, "Met it", CountText(line.met), true);
    AddRow(rows, "Like them, without it", CountText(line.comparable));
    AddRow(rows, "without it, still open", CountText(line.other_open));
    AddRow(rows, "without it, never like them", CountText(line.not_alike));
    AddRow(rows, "Journeys in this channel", CountText(line.in_channel), true);
    if (goals_) {
      AddRow(rows, fmt::format("Goals of the {} compared", CountText(line.compared)),
             OfText(CountText(line.goals), line.compared, static_cast<double>(line.goals)));
      AddRow(rows, "expected without it",
             OfText(TenthsText(line.expected_goals), line.compared, line.expected_goals));
      AddRow(rows, "First of all lines in", PercentText(line.first_share) + " of resamples");
    }
    if (line.says_time) {
      AddRow(rows, fmt::format("Active time saved, {}", Plural(line.timed, "journey")),
             fmt::format("{} ({} to {})", TimeText(line.saved_time_us.value),
                         TimeText(line.saved_time_us.low), TimeText(line.saved_time_us.high)));
    }
    if (line.says_score) {
      AddRow(rows,
             fmt::format("Score ({}), {}", RangeOf(insights_.score_scale), Plural(line.scored, "answer")),
             fmt::format("{} ({} to {})", PointsText(line.score_milli.value, true),
                         PointsText(line.score_milli.low, true), PointsText(line.score_milli.high, true)));
    }
    return rows;
  }

  [[nodiscard]] std::string EvidenceOf(const FrictionKey& key) const {
    const std::size_t row = friction_rows_.Find(key);
    return row == report_.friction.size() ? std::string() : EvidenceMarkup(report_, evidence_[row]);
  }

  [[nodiscard]] PageData ComparisonData(std::size_t rank, const ComparisonLine& line,
                                        const IntervalScale& scale) const {
    PageData data;
    data.set("fix_rank", fmt::format("{}", rank));
    data.set("fix_place", TouchpointMarkup(report_, line.key.touchpoint));
    data.set("fix_what", ShownName(FrictionLabel(report_, line.key), 120) + OwnerAfter(line.key.touchpoint));
    SetEffect(data, EffectOf(line), true, scale);
    data.set("fix_sample",
             fmt::format("{} against {}{}", Plural(goals_ ? line.compared : line.timed, "journey"),
                         CountText(line.comparable), goals_ ? FirstText(line.first_share) : std::string()));
    data.set("fix_sentence", Visible(SentenceOf(tables_.tables(), line)));
    data.set("fix_rows", ComparisonRows(line));
    data.set("fix_evidence", EvidenceOf(line.key));
    return data;
  }

  PageData Comparison() {
    const ShownFixes fixes = FixesByComparison(fixes_);
    const std::size_t shown = std::min(rows_, fixes.ranked.size());
    IntervalScale scale;
    for (std::size_t i = 0; i < shown; ++i)
      scale.Add(EffectOf(*fixes.ranked[i]).low, EffectOf(*fixes.ranked[i]).high);
    PageData view;
    view.set("view_title", std::string("Compared with journeys like them"));
    view.set("view_count", Plural(fixes.ranked.size(), "friction"));
    view.set(
        "view_text",
        fmt::format("Journeys that met the friction, against journeys of the same kind that had come as far, "
                    "in the same channel, hurt before or not, and never met it. Whiskers are 95% intervals "
                    "from {} resamples of the customers; one that reaches beyond the line at 0 does not tell "
                    "a gain from none.",
                    CountText(fixes_.replicates)));
    if (shown == 0)
      view.set(
          "none",
          std::string("Nothing was met by enough journeys, with enough like them that did not meet it."));
    if (shown != 0) SetScale(view, scale);
    SetLines(view, shown, [&](std::size_t i) { return ComparisonData(i + 1, *fixes.ranked[i], scale); });
    if (fixes.ranked.size() > shown)
      view.set("more_lines",
               fmt::format("… {} more with smaller effects", CountText(fixes.ranked.size() - shown)));
    if (!fixes.silent.empty()) view.set("silent", SilentComparison(fixes.silent));
    if (const std::string implied = ImpliedText(); !implied.empty()) view.set("left_out", implied);
    return view;
  }

  [[nodiscard]] PageData SilentComparison(std::span<const ComparisonLine* const> silent) const {
    PageData data;
    data.set("silent_title", fmt::format("{} too small to say", Plural(silent.size(), "friction")));
    data.set("silent_text",
             fmt::format("Fewer than {} journeys that met it and can be compared, fewer than {} like them{}.",
                         insights_.options.fix_first.min_exposed, insights_.options.fix_first.min_comparable,
                         goals_ ? "" : ", or too few with a time"));
    PageData heads{PageData::type::list};
    for (const char* head : {"Met it", "Compared", "Like them"}) heads << PageData(std::string(head));
    data.set("silent_heads", heads);
    PageData rows{PageData::type::list};
    for (std::size_t i = 0; i < std::min(rows_, silent.size()); ++i) {
      const ComparisonLine& line = *silent[i];
      PageData row;
      row.set("silent_place", TouchpointMarkup(report_, line.key.touchpoint));
      row.set("silent_what", ShownName(FrictionLabel(report_, line.key), 120));
      PageData cells{PageData::type::list};
      for (const std::uint64_t count : {line.met, line.compared, line.comparable})
        cells << PageData(CountText(count));
      row.set("silent_cells", cells);
      row.set("silent_why", WhySilent(line, insights_.options.fix_first, goals_));
      rows << row;
    }
    data.set("silent_rows", rows);
    if (silent.size() > rows_)
      data.set("silent_more", fmt::format("… {} more", CountText(silent.size() - rows_)));
    return data;
  }

  [[nodiscard]] std::string ImpliedText() const {
    std::vector<std::pair<std::string, std::size_t>> places;
    for (const FrictionKey& key : fixes_.implied) {
      const std::string name = ShownName(report_.detectors[key.detector.value].name);
      auto place = std::ranges::find(places, name, &std::pair<std::string, std::size_t>::first);
      if (place == places.end()) place = places.insert(places.end(), {name, 0});
      ++place->second;
    }
    std::string text;
    for (const auto& [name, count] : places) {
      text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", name, Plural(count, "place"));
    }
    if (text.empty()) return text;
    return fmt::format("Not compared, because it says by itself that the journey failed: {}.{}", text,
                       goals_ ? " What leaving costs is in the ranking below." : "");
  }

  [[nodiscard]] PageData ChainRows(const ChainLine& line) const {
    PageData rows{PageData::type::list};
    AddRow(rows, "Visits of the touchpoint", CountText(line.visits));
    if (line.repair == Repair::kFriction)
      AddRow(rows, "of them with the friction", CountText(line.hurt_visits));
    AddRow(rows, line.repair == Repair::kDropOff ? "Journeys lost right after it" : "Journeys that met it",
           CountText(line.journeys));
    AddRow(rows, "Goals that pass through this touchpoint", NumberText(line.removal));
    AddRow(rows, "Goals of all closed journeys", CountText(fixes_.achieved));
    if (line.has_interval)
      AddRow(rows, "First of all lines in", PercentText(line.first_share) + " of resamples");
    return rows;
  }

  [[nodiscard]] PageData ChainData(std::size_t rank, const ChainLine& line, const IntervalScale& scale,
                                   const std::vector<std::vector<JourneyId>>& lost) const {
    const bool drop_off = line.repair == Repair::kDropOff;
    PageData data;
    data.set("fix_rank", fmt::format("{}", rank));
    data.set("fix_place", TouchpointMarkup(report_, line.key.touchpoint));
    data.set("fix_what", (drop_off ? std::string("left right after it (drop-off)")
                                   : ShownName(FrictionLabel(report_, line.key), 120)) +
                             OwnerAfter(line.key.touchpoint));
    SetEffect(data, line.more_goals, line.has_interval, scale);
    data.set("fix_sample", Plural(line.journeys, "journey") +
                               (line.has_interval ? FirstText(line.first_share) : std::string()));
    data.set("fix_sentence", Visible(SentenceOf(tables_.tables(), line)));
    data.set("fix_rows", ChainRows(line));
    data.set("fix_evidence",
             drop_off ? ExamplesMarkup(report_, lost[line.key.touchpoint.value]) : EvidenceOf(line.key));
    return data;
  }

  // The first lines are there to be seen, the others folded.
  template <typename MakeLine>
  static void SetLines(PageData& view, std::size_t shown, const MakeLine& make) {
    constexpr std::size_t kSeen = 8;
    const std::size_t seen = shown <= kSeen + 2 ? shown : kSeen;
    PageData lines{PageData::type::list}, folded_lines{PageData::type::list};
    for (std::size_t i = 0; i < shown; ++i) (i < seen ? lines : folded_lines) << make(i);
    view.set("lines", lines);
    if (seen == shown) return;
    PageData folded;
    folded.set("folded_title", fmt::format("The next {}", shown - seen));
    folded.set("folded_lines", folded_lines);
    view.set("folded", folded);
  }

  // ", first in 58% of resamples"; nothing where that hardly ever was so.
  [[nodiscard]] static std::string FirstText(double share) {
    return share < 0.005 ? std::string() : ", first in " + PercentText(share);
  }

  PageData Chain() {
    std::vector<const ChainLine*> ranked;
    for (const ChainLine& line : fixes_.by_chain) {
      if (line.standing == Standing::kRanked) ranked.push_back(&line);
    }
    const std::size_t shown = std::min(rows_, ranked.size());
    IntervalScale scale;
    for (std::size_t i = 0; i < shown; ++i) {
      const Estimate& effect = ranked[i]->more_goals;
      ranked[i]->has_interval ? scale.Add(effect.low, effect.high) : scale.Add(effect.value, effect.value);
    }
    PageData view;
    view.set("view_title", std::string("If the way through the touchpoints were repaired"));
    view.set("view_count", Plural(ranked.size(), "line"));
    view.set(
        "view_text",
        fmt::format("Another question, with another scale, not to be mixed with the one above: "
                    "everybody who comes to the "
                    "touchpoint goes on as those do who are not hurt there, or nobody leaves right "
                    "after it (drop-off). "
                    "From the moves between touchpoints alone, whoever the customers are ({} states). {}{}",
                    CountText(fixes_.chain_states), kDropOffExplained,
                    fixes_.chain_resampled
                        ? ""
                        : " There are too many touchpoints to resample, so intervals are missing."));
    if (shown == 0) view.set("none", std::string("No touchpoint was visited often enough."));
    if (shown != 0) SetScale(view, scale);
    const auto lost = LostAfter(report_, 3);
    SetLines(view, shown, [&](std::size_t i) { return ChainData(i + 1, *ranked[i], scale, lost); });
    if (ranked.size() > shown)
      view.set("more_lines", fmt::format("… {} more with smaller effects", CountText(ranked.size() - shown)));
    if (const std::size_t silent = fixes_.by_chain.size() - ranked.size(); silent != 0) {
      view.set("left_out", fmt::format("{} met by too few journeys to say.",
                                       Plural(silent, "line") + (silent == 1 ? " is" : " are")));
    }
    return view;
  }

  const Report& report_;
  const Insights& insights_;
  const FixFirst& fixes_;
  const std::size_t rows_;
  const ReportTables tables_;
  const FrictionRows friction_rows_;
  const std::vector<FrictionEvidence> evidence_;
  const bool goals_;
};

}  // namespace

std::string FixSection(const Report& report, const Insights& insights, const HtmlOptions& options) {
  if (insights.fix_first.by_comparison.empty() && insights.fix_first.by_chain.empty()) return {};
  return FixPage(report, insights, options).Write();
}

std::string FixSentence(const Report& report, const Insights& insights) {
  const ShownFixes fixes = FixesByComparison(insights.fix_first);
  if (!KnowsGoals(insights.fix_first) || fixes.ranked.empty()) return {};
  const ComparisonLine& first = *fixes.ranked.front();
  if (ClarityOf(first.more_goals) != Clarity::kGain) {
    return "By comparison with journeys like them, no single friction clearly cost goals.";
  }
  return fmt::format(
      "To fix first: what happens at {} / {}, where the customer {}. Without it there would have been {} "
      "more "
      "goals (95%: {}).",
      NameMarkup(report.touchpoints.channel_text(first.key.touchpoint)),
      NameMarkup(report.touchpoints.name_text(first.key.touchpoint)),
      NameMarkup(FrictionText(report, first.key), 80), NumberText(first.more_goals.value),
      IntervalText(first.more_goals.low, first.more_goals.high, false));
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
