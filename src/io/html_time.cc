// Time and the way through: how long journeys were worked at, where they are step by step, what follows at some time,
// how many begin and end, and who comes back.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kMatrixRows = 12;
constexpr std::size_t kPeriods = 14;  // columns of the retention table; the latest cohorts

constexpr std::string_view kTemplate = R"HTML(<section id="time" aria-labelledby="time-head">
<h2 id="time-head">Time, and the way step by step</h2>
{{#definitions}}
<article class="card">
<h3><bdi>{{time_name}}</bdi> <span class="aside">{{time_journeys}}</span></h3>
<p>{{time_text}}</p>
{{#matrix}}<p class="soft">{{matrix_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Step by step"><table class="matrix">
<thead><tr><th scope="col">At</th>{{#offsets}}<th scope="col" class="num">{{.}}</th>{{/offsets}}</tr></thead>
<tbody>
{{#matrix_rows}}<tr><th scope="row">{{{matrix_place}}}</th>{{#cells}}<td class="num shade shade-{{shade}}">{{share}}</td>{{/cells}}</tr>
{{/matrix_rows}}</tbody></table></div>
{{/matrix}}{{#follows}}<details><summary>What comes at some time after what</summary>
<p class="soft">{{follows_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Eventually follows"><table>
<thead><tr><th scope="col">After</th><th scope="col">comes</th><th scope="col" class="num">Journeys</th><th scope="col" class="num">Of those with the first</th></tr></thead>
<tbody>
{{#follow_rows}}<tr><td>{{{follow_from}}}</td><td>{{{follow_to}}}</td><td class="num">{{follow_count}}</td><td class="num">{{follow_share}}</td></tr>
{{/follow_rows}}</tbody></table></div>
</details>
{{/follows}}{{#moves}}<details><summary>How long the most frequent moves take</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Time of moves"><table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Times</th><th scope="col" class="num">Median</th><th scope="col" class="num">9 of 10 within</th></tr></thead>
<tbody>
{{#move_rows}}<tr><td>{{{move_from}}}</td><td>{{{move_to}}}</td><td class="num">{{move_times}}</td><td class="num">{{move_half}}</td><td class="num">{{move_most}}</td></tr>
{{/move_rows}}</tbody></table></div>
</details>
{{/moves}}{{#throughput}}<details><summary>Begun and ended, {{period}} by {{period}}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Throughput"><table>
<thead><tr><th scope="col">From</th><th scope="col" class="num">Begun</th><th scope="col" class="num">Goal reached</th><th scope="col" class="num">Failed</th><th scope="col" class="num">Ended</th><th scope="col" class="num">Under way</th></tr></thead>
<tbody>
{{#through_rows}}<tr><th scope="row">{{through_day}}</th><td class="num">{{begun}}</td><td class="num">{{reached_goal}}</td><td class="num">{{failed}}</td><td class="num">{{gone}}</td><td class="num">{{under_way}}</td></tr>
{{/through_rows}}</tbody></table></div>
{{#through_more}}<p class="soft">{{through_more}}</p>
{{/through_more}}</details>
{{/throughput}}</article>
{{/definitions}}{{#definitions_more}}<p class="soft">{{definitions_more}}</p>
{{/definitions_more}}{{#retention}}<article class="card">
<h3>Who comes back</h3>
<p class="soft">{{retention_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Retention"><table class="matrix">
<thead><tr><th scope="col">First seen from</th><th scope="col" class="num">Customers</th>{{#ages}}<th scope="col" class="num">{{.}}</th>{{/ages}}</tr></thead>
<tbody>
{{#cohorts}}<tr><th scope="row">{{cohort_day}}</th><td class="num">{{cohort_size}}</td>{{#cohort_cells}}<td class="num shade shade-{{shade}}">{{share}}</td>{{/cohort_cells}}</tr>
{{/cohorts}}</tbody></table></div>
{{#cohorts_more}}<p class="soft">{{cohorts_more}}</p>
{{/cohorts_more}}</article>
{{/retention}}</section>

)HTML";

PageData Cell(std::uint64_t part, std::uint64_t whole, std::string_view mark = {}) {
  PageData cell;
  cell.set("share", part == 0 ? std::string("·") : ShareText(part, whole) + std::string(mark));
  // Seven shades: 0 for nothing, then by sixths of the whole.
  const std::uint64_t shade =
      part == 0 ? 0 : std::min<std::uint64_t>(6, 1 + part * 6 / std::max<std::uint64_t>(1, whole));
  cell.set("shade", fmt::format("{}", shade));
  return cell;
}

std::string PeriodName(Period period) {
  return period.days == 1 ? "day" : period.days == 7 ? "week" : fmt::format("{} days", period.days);
}

class TimePage {
 public:
  TimePage(const Report& report, const Insights& insights, const HtmlOptions& options)
      : report_(report), paths_(insights.paths), options_(insights.options.paths), rows_(options.rows) {}

  std::string Write() {
    constexpr std::size_t kDefinitions = 6;
    PageData section;
    PageData definitions{PageData::type::list};
    std::size_t with_journeys = 0;
    for (std::size_t i = 0; i < paths_.definitions.size(); ++i) {
      if (paths_.definitions[i].times.journeys() == 0) continue;
      if (++with_journeys <= kDefinitions) definitions << Definition(i);
    }
    if (with_journeys == 0) return {};
    section.set("definitions", definitions);
    if (with_journeys > kDefinitions)
      section.set("definitions_more", fmt::format("… {} more definitions", with_journeys - kDefinitions));
    AddRetention(section);
    return RenderPart(kTemplate, section);
  }

 private:
  [[nodiscard]] std::string TimesText(const JourneyTimes& times) const {
    const auto spread = [](const Durations& durations) {
      return fmt::format("{} (9 of 10 within {})", FormatDuration(durations.median()),
                         FormatDuration(durations.Quantile(9, 10)));
    };
    std::string text = fmt::format(
        "Half of the journeys take no more than {} from first to last event, and {} of "
        "active time.",
        spread(times.total()), spread(times.active()));
    if (times.pauses() != 0) text += fmt::format(" They pause {} in all.", Plural(times.pauses(), "time"));
    return text;
  }

  // The offsets at which some journey has an event.
  [[nodiscard]] static std::vector<std::ptrdiff_t> Offsets(const StepMatrix& matrix) {
    std::vector<std::ptrdiff_t> offsets;
    for (std::ptrdiff_t offset = matrix.first_offset(); offset <= matrix.last_offset(); ++offset) {
      if (matrix.none(offset) < matrix.aligned()) offsets.push_back(offset);
    }
    return offsets;
  }

  void AddMatrix(const StepMatrix& matrix, PageData& definition) const {
    const std::vector<std::ptrdiff_t> offsets = Offsets(matrix);
    if (offsets.empty()) return;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> busiest;
    for (std::uint32_t id = 0; id < matrix.touchpoints(); ++id) {
      std::uint64_t sum = 0;
      for (const std::ptrdiff_t offset : offsets) sum += matrix.at(offset, TouchpointId{id});
      if (sum != 0) busiest.emplace_back(sum, id);
    }
    std::ranges::stable_sort(busiest, std::greater<>{}, &std::pair<std::uint64_t, std::uint32_t>::first);
    const std::size_t shown = std::min(kMatrixRows, busiest.size());
    PageData rows{PageData::type::list}, heads{PageData::type::list};
    for (const std::ptrdiff_t offset : offsets)
      heads << PageData(offset == 0 ? std::string("0")
                                    : fmt::format("{}{}", offset < 0 ? "−" : "+", std::abs(offset)));
    const auto add = [&](std::string name, const auto& count) {
      PageData row;
      row.set("matrix_place", std::move(name));
      PageData cells{PageData::type::list};
      for (const std::ptrdiff_t offset : offsets) cells << Cell(count(offset), matrix.aligned());
      row.set("cells", cells);
      rows << row;
    };
    for (std::size_t i = 0; i < shown; ++i) {
      const TouchpointId id{busiest[i].second};
      add(TouchpointMarkup(report_, id), [&](std::ptrdiff_t offset) { return matrix.at(offset, id); });
    }
    if (shown < busiest.size()) {
      add(fmt::format("<span class=\"soft\">{} others</span>", CountText(busiest.size() - shown)),
          [&](std::ptrdiff_t offset) {
            std::uint64_t sum = 0;
            for (std::size_t i = shown; i < busiest.size(); ++i)
              sum += matrix.at(offset, TouchpointId{busiest[i].second});
            return sum;
          });
    }
    add("<span class=\"soft\">not begun, or over</span>",
        [&](std::ptrdiff_t offset) { return matrix.none(offset); });
    PageData data;
    data.set("offsets", heads);
    data.set("matrix_rows", rows);
    const std::string anchor =
        options_.align.empty()
            ? (options_.align_on == AlignOn::kFirstMatch ? "their first event" : "their last event")
            : (options_.align_on == AlignOn::kFirstMatch ? "the first event asked for"
                                                         : "the last event asked for");
    std::string text =
        fmt::format("Where journeys are, so many events from {} (0); each column adds up to {}.", anchor,
                    Plural(matrix.aligned(), "journey"));
    if (matrix.unaligned() != 0)
      text += fmt::format(" {} without it are left out.", CountText(matrix.unaligned()));
    data.set("matrix_text", text);
    definition.set("matrix", data);
  }

  void AddFollows(const EventuallyFollows& follows, PageData& definition) const {
    std::vector<FollowsPair> pairs = follows.result();
    std::erase_if(pairs, [](const FollowsPair& pair) { return pair.from == pair.to; });
    if (pairs.empty()) return;
    std::ranges::stable_sort(pairs, std::greater<>{}, &FollowsPair::journeys);
    PageData rows{PageData::type::list};
    for (std::size_t i = 0; i < std::min(rows_, pairs.size()); ++i) {
      PageData row;
      row.set("follow_from", TouchpointMarkup(report_, pairs[i].from));
      row.set("follow_to", TouchpointMarkup(report_, pairs[i].to));
      row.set("follow_count", CountText(pairs[i].journeys));
      row.set("follow_share", ShareText(pairs[i].journeys, follows.journeys_with(pairs[i].from)));
      rows << row;
    }
    PageData data;
    data.set("follow_rows", rows);
    data.set("follows_text", fmt::format("Each pair counts once a journey, with whatever between. {} of {}.",
                                         std::min(rows_, pairs.size()), Plural(pairs.size(), "pair")));
    definition.set("follows", data);
  }

  void AddMoves(const TransitionGraph& graph, PageData& definition) const {
    std::vector<Transition> moves = graph.result();
    if (moves.empty()) return;
    std::ranges::stable_sort(moves, std::greater<>{}, &Transition::count);
    PageData rows{PageData::type::list};
    for (std::size_t i = 0; i < std::min(rows_, moves.size()); ++i) {
      PageData row;
      row.set("move_from", TouchpointMarkup(report_, moves[i].from));
      row.set("move_to", TouchpointMarkup(report_, moves[i].to));
      row.set("move_times", CountText(moves[i].count));
      row.set("move_half", FormatDuration(moves[i].median));
      row.set("move_most", FormatDuration(moves[i].p90));
      rows << row;
    }
    PageData data;
    data.set("move_rows", rows);
    definition.set("moves", data);
  }

  void AddThroughput(const Throughput& throughput, PageData& definition) const {
    const std::vector<ThroughputRow> all = throughput.result();
    if (all.size() < 2) return;
    PageData rows{PageData::type::list};
    const std::size_t first = all.size() > 60 ? all.size() - 60 : 0;
    for (std::size_t i = first; i < all.size(); ++i) {
      PageData row;
      row.set("through_day", DayText(all[i].begin));
      row.set("begun", CountText(all[i].started));
      row.set("reached_goal", CountText(all[i].achieved));
      row.set("failed", CountText(all[i].failed));
      row.set("gone", CountText(all[i].ended));
      row.set("under_way", CountText(all[i].under_way));
      rows << row;
    }
    PageData data;
    data.set("period", PeriodName(throughput.period()));
    data.set("through_rows", rows);
    if (first != 0) data.set("through_more", fmt::format("{} earlier ones are left out.", CountText(first)));
    definition.set("throughput", data);
  }

  [[nodiscard]] PageData Definition(std::size_t i) const {
    const DefinitionPaths& paths = paths_.definitions[i];
    PageData data;
    data.set("time_name", ShownName(report_.journey_summaries[i].definition, 120));
    data.set("time_journeys", Plural(paths.times.journeys(), "journey"));
    data.set("time_text", TimesText(paths.times));
    AddMatrix(paths.steps, data);
    AddMoves(paths.transitions, data);
    AddFollows(paths.follows, data);
    AddThroughput(paths.throughput, data);
    return data;
  }

  void AddRetention(PageData& section) const {
    const std::vector<RetentionCohort> all = paths_.retention.result(report_.input.as_of);
    if (all.empty() || all.front().active.size() < 2) return;
    const std::size_t first = all.size() > kPeriods ? all.size() - kPeriods : 0;
    std::size_t longest = 0;
    bool running = false;
    PageData cohorts{PageData::type::list}, ages{PageData::type::list};
    for (std::size_t i = first; i < all.size(); ++i) {
      const RetentionCohort& cohort = all[i];
      const std::size_t shown = std::min(kPeriods, cohort.active.size());
      longest = std::max(longest, shown);
      PageData row, cells{PageData::type::list};
      row.set("cohort_day", DayText(cohort.begin));
      row.set("cohort_size", CountText(cohort.customers));
      for (std::size_t age = 0; age < shown; ++age) {
        const bool is_running = cohort.last_is_running && age + 1 == cohort.active.size();
        running = running || is_running;
        cells << Cell(cohort.active[age], cohort.customers, is_running ? "*" : "");
      }
      row.set("cohort_cells", cells);
      cohorts << row;
    }
    for (std::size_t age = 0; age < longest; ++age) ages << PageData(fmt::format("+{}", age));
    PageData retention;
    retention.set(
        "retention_text",
        fmt::format("Of the customers first seen in each {0}, the share who were there again so many {0}s "
                    "later.{1}",
                    paths_.retention.period().days == 7 ? "week" : "period",
                    running ? " * This period is still running." : ""));
    retention.set("ages", ages);
    retention.set("cohorts", cohorts);
    if (first != 0)
      retention.set("cohorts_more", fmt::format("{} earlier ones are left out.", CountText(first)));
    section.set("retention", retention);
  }

  const Report& report_;
  const PathMeasures& paths_;
  const PathOptions& options_;
  const std::size_t rows_;
};

}  // namespace

std::string TimeSection(const Report& report, const Insights& insights, const HtmlOptions& options) {
  return TimePage(report, insights, options).Write();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
