// What customers said: scores with intervals, who answered, what goes with low scores, and some of their words.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "io/escape.h"
#include "io/html_insights.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kWords = 6;  // answers shown in the customer's own words

constexpr std::string_view kTemplate = R"HTML(<section id="feedback" aria-labelledby="feedback-head">
<h2 id="feedback-head">What customers say</h2>
<p>{{lead}}</p>
{{#scales}}
<article class="card">
<h3>{{scale_title}} <span class="aside">{{scale_answers}}</span></h3>
<div class="tiles">
{{#tiles}}<div class="tile"><strong>{{value}}</strong><span class="tile-label">{{label}}</span><span class="tile-note">{{note}}</span></div>
{{/tiles}}</div>
{{#drivers}}<h4>What goes with lower scores</h4>
<p class="soft">{{drivers_text}}</p>
{{#driver_rows}}<div class="scroll" tabindex="0" role="region" aria-label="Drivers"><table class="stack">
<thead><tr><th scope="col">Where</th><th scope="col">What customers did</th><th scope="col" class="num">With it</th><th scope="col" class="num">Without</th><th scope="col" class="num">Difference</th><th scope="col" class="num">q</th></tr></thead>
<tbody>
{{#driver_list}}<tr><th scope="row">{{{driver_place}}}</th><td class="full">{{driver_what}}</td><td class="num" data-label="with it">{{with_mean}}<span class="rule">{{with_answers}}</span></td><td class="num" data-label="without">{{without_mean}}<span class="rule">{{without_answers}}</span></td><td class="num" data-label="difference"><b>{{difference}}</b><span class="rule">{{difference_interval}}</span></td><td class="num" data-label="q">{{q}}</td></tr>
{{/driver_list}}</tbody></table></div>
{{/driver_rows}}<p class="soft">{{drivers_rest}}</p>
{{#unclear_drivers}}<details><summary>Those that are not shown to, and those with too few answers</summary>
{{#unclear_note}}<p class="soft">{{unclear_note}}</p>
{{/unclear_note}}<div class="scroll" tabindex="0" role="region" aria-label="Other frictions"><table class="stack">
<thead><tr><th scope="col">Where</th><th scope="col">What customers did</th><th scope="col" class="num">With it</th><th scope="col" class="num">Without</th><th scope="col" class="num">Difference</th><th scope="col">Verdict</th></tr></thead>
<tbody>
{{#unclear_list}}<tr><th scope="row">{{{driver_place}}}</th><td class="full">{{driver_what}}</td><td class="num" data-label="with it">{{with_mean}}<span class="rule">{{with_answers}}</span></td><td class="num" data-label="without">{{without_mean}}<span class="rule">{{without_answers}}</span></td><td class="num" data-label="difference">{{difference}}<span class="rule">{{difference_interval}}</span></td><td class="why full">{{verdict}}</td></tr>
{{/unclear_list}}</tbody></table></div>
{{#unclear_more}}<p class="soft">{{unclear_more}}</p>
{{/unclear_more}}</details>
{{/unclear_drivers}}{{/drivers}}{{#tables}}<details{{#opened}} open{{/opened}}><summary>{{table_title}}</summary>
<p class="soft">{{table_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="{{table_title}}"><table>
<thead><tr><th scope="col">{{first_head}}</th><th scope="col" class="num">Answers</th><th scope="col" class="num">{{headline_head}}</th><th scope="col" class="num">Mean</th><th scope="col" class="num">95%</th></tr></thead>
<tbody>
{{#score_rows}}<tr><th scope="row">{{{score_name}}}</th><td class="num">{{score_answers}}</td><td class="num">{{score_headline}}</td><td class="num"><b>{{score_mean}}</b></td><td class="num">{{score_interval}}</td></tr>
{{/score_rows}}</tbody></table></div>
{{#score_more}}<p class="soft">{{score_more}}</p>
{{/score_more}}</details>
{{/tables}}{{#words}}<h4>In their own words</h4>
<p class="soft">{{words_text}}</p>
<ul class="words">
{{#word_list}}<li><span class="score">{{word_score}}</span><div><q dir="auto">{{word}}</q><span class="rule">{{{word_about}}}</span></div></li>
{{/word_list}}</ul>
{{/words}}</article>
{{/scales}}{{#rates}}<details class="plain"><summary>Who answered</summary>
<p class="soft">{{rates_text}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Response rates"><table>
<thead><tr><th scope="col">Journey</th><th scope="col">Ended</th><th scope="col">Hurt</th><th scope="col" class="num">Journeys</th><th scope="col" class="num">Answered</th><th scope="col" class="num">Rate</th></tr></thead>
<tbody>
{{#rate_list}}<tr><th scope="row"><bdi>{{rate_journey}}</bdi></th><td>{{rate_outcome}}</td><td>{{rate_hurt}}</td><td class="num">{{rate_journeys}}</td><td class="num">{{rate_answered}}</td><td class="num">{{rate_share}}</td></tr>
{{/rate_list}}</tbody></table></div>
</details>
{{/rates}}</section>

)HTML";

using Scored = std::pair<std::string, const ScoreSums*>;  // a name as markup

void AddTile(PageData& tiles, std::string value, std::string label, std::string note) {
  PageData tile;
  tile.set("value", std::move(value));
  tile.set("label", std::move(label));
  tile.set("note", std::move(note));
  tiles << tile;
}

class FeedbackPage {
 public:
  FeedbackPage(const Report& report, const Insights& insights, const HtmlOptions& options)
      : report_(report), insights_(insights), rows_(options.rows) {
    for (const auto& [group, rate] : insights.scores.rates) {
      journeys_ += rate.journeys;
      answered_ += static_cast<std::uint64_t>(rate.answered.x);
    }
  }

  std::string Write() {
    PageData section;
    section.set("lead", Lead());
    PageData scales{PageData::type::list};
    for (const ScaleInsight& scale : insights_.scales) scales << Scale(scale);
    section.set("scales", scales);
    section.set("rates", Rates());
    return RenderPart(kTemplate, section);
  }

 private:
  [[nodiscard]] std::string Lead() const {
    const FeedbackCounts& counts = insights_.feedback.counts;
    std::string text = fmt::format(
        "{}: {} about a journey (the customer’s last one touched or ended within {}), {} about a session, {} "
        "about "
        "neither.",
        Plural(counts.offered, "answer"), CountText(counts.joined), FormatDuration(insights_.feedback_window),
        CountText(counts.to_session), CountText(counts.unjoined));
    if (counts.unreadable + counts.out_of_scale != 0) {
      text += fmt::format(" {} without a readable score and {} out of scale are left out.",
                          CountText(counts.unreadable), CountText(counts.out_of_scale));
    }
    return text;
  }

  [[nodiscard]] PageData Tiles(const ScaleInsight& scale) const {
    const ScoreSummary& all = scale.all;
    PageData tiles{PageData::type::list};
    if (scale.scale != ScoreScale::kCes) {
      AddTile(tiles, HeadlineText(scale.scale, all.headline), std::string(HeadlineNameOf(scale.scale)),
              "95%: " + HeadlineInterval(scale.scale, all.headline_interval));
    }
    AddTile(tiles, PointsText(all.mean_milli), "mean", "95%: " + PointsInterval(all.mean_interval));
    if (scale.weighted) {
      const WeightedScore& weighted = *scale.weighted;
      std::string note = "95%: " + PointsInterval(weighted.interval);
      if (weighted.journeys_unheard != 0)
        note += fmt::format("; {} in groups without an answer", Plural(weighted.journeys_unheard, "journey"));
      AddTile(tiles, PointsText(weighted.mean_milli), "mean, weighted for who answers", note);
    }
    AddTile(tiles, ShareText(answered_, journeys_), "of journeys answered about",
            fmt::format("{} of {}{}", CountText(answered_), CountText(journeys_),
                        insights_.scales.size() > 1 ? ", in whatever scale" : ""));
    return tiles;
  }

  // How many customers with it would have to answer, of most frictions with too few answers; 0 if there is none.
  [[nodiscard]] static std::uint64_t UsualNeed(const ScaleInsight& scale) {
    std::map<std::uint64_t, std::size_t> frictions;
    for (const Driver& driver : scale.drivers) {
      if (driver.verdict == DriverVerdict::kTooSmall && driver.customers_needed != kNoSampleIsEnough)
        ++frictions[driver.customers_needed];
    }
    const auto most = std::ranges::max_element(frictions, {}, [](const auto& entry) { return entry.second; });
    return most == frictions.end() ? 0 : most->first;
  }

  [[nodiscard]] PageData DriverData(const Driver& driver, std::uint64_t usual_need) const {
    PageData row;
    row.set("driver_place", TouchpointMarkup(report_, driver.friction.touchpoint));
    std::string what = ShownName(FrictionLabel(report_, driver.friction), 120);
    if (report_.journey_summaries.size() > 1)
      what += ", in " + ShownName(report_.journey_summaries[driver.definition.value].definition, 40);
    row.set("driver_what", what);
    const auto side = [&](const ScoreSide& of, const char* mean, const char* answers) {
      row.set(mean, of.answers == 0 ? std::string("–") : PointsText(of.mean_milli));
      row.set(answers, Plural(of.answers, "answer"));
    };
    side(driver.with, "with_mean", "with_answers");
    side(driver.without, "without_mean", "without_answers");
    const bool tells = driver.verdict != DriverVerdict::kTooSmall;
    row.set("difference", tells ? PointsText(driver.difference_milli, true) : std::string("–"));
    row.set("difference_interval", tells ? PointsInterval(driver.interval, true) : std::string());
    row.set("q", QText(driver.q));
    if (tells) {
      row.set("verdict", "no difference shown (q " + QText(driver.q) + ")");
    } else if (driver.customers_needed == kNoSampleIsEnough) {
      row.set("verdict", std::string("too few answers, and none without it"));
    } else if (driver.customers_needed == usual_need) {
      row.set("verdict", std::string("too few answers"));
    } else {
      row.set("verdict",
              fmt::format("too few answers: some {} customers", CountText(driver.customers_needed)));
    }
    return row;
  }

  [[nodiscard]] PageData Drivers(const ScaleInsight& scale) const {
    PageData drivers;
    drivers.set(
        "drivers_text",
        fmt::format(
            "Scores about journeys that met a friction, against those about journeys of the same kind that "
            "did "
            "not. A difference between customers, not yet the effect of a repair. q is the share of false "
            "alarms among all that are shown; at most {} is let through.",
            QText(insights_.options.drivers.max_q)));
    PageData shown{PageData::type::list}, unclear{PageData::type::list};
    const std::uint64_t need = UsualNeed(scale);
    std::size_t shown_count = 0, not_shown = 0, too_small = 0, unclear_count = 0;
    for (const Driver& driver : scale.drivers) {
      if (driver.verdict == DriverVerdict::kShown) {
        if (shown_count++ < rows_) shown << DriverData(driver, need);
        continue;
      }
      ++(driver.verdict == DriverVerdict::kTooSmall ? too_small : not_shown);
      if (unclear_count++ < rows_) unclear << DriverData(driver, need);
    }
    if (shown_count != 0) {
      PageData rows;
      rows.set("driver_list", shown);
      drivers.set("driver_rows", rows);
    }
    drivers.set("drivers_rest",
                fmt::format("{} shown{}; {} where no difference is shown; {} with too few answers to test.",
                            Plural(shown_count, "friction"),
                            shown_count > rows_ ? fmt::format(" (the first {} here)", rows_) : std::string(),
                            CountText(not_shown), CountText(too_small)));
    if (unclear_count != 0) {
      PageData rows;
      rows.set("unclear_list", unclear);
      if (need != 0) {
        rows.set(
            "unclear_note",
            fmt::format("Where there are too few answers, some {} customers with it would have to answer, "
                        "or as many as stand in the row, for a difference of {} to be found.",
                        CountText(need),
                        PointsText(static_cast<double>(insights_.options.drivers.worthwhile_milli))));
      }
      if (unclear_count > rows_)
        rows.set("unclear_more", fmt::format("… {} more", CountText(unclear_count - rows_)));
      drivers.set("unclear_drivers", rows);
    }
    return drivers;
  }

  [[nodiscard]] PageData Table(ScoreScale scale, std::string title, std::string text, std::string head,
                               std::vector<Scored> scores, bool opened = false) const {
    PageData table;
    table.set("table_title", std::move(title));
    table.set("table_text", std::move(text));
    table.set("first_head", std::move(head));
    table.set("headline_head", std::string(scale == ScoreScale::kCes ? "5 to 7" : HeadlineNameOf(scale)));
    if (opened) table.set("opened", true);
    PageData rows{PageData::type::list};
    for (std::size_t i = 0; i < std::min(rows_, scores.size()); ++i) {
      const ScoreSummary summary = Summarize(*scores[i].second, scale);
      PageData row;
      row.set("score_name", scores[i].first);
      row.set("score_answers", CountText(summary.answers));
      row.set("score_headline", scale == ScoreScale::kCes ? ShareText(scores[i].second->high, summary.answers)
                                                          : HeadlineText(scale, summary.headline));
      row.set("score_mean", PointsText(summary.mean_milli));
      row.set("score_interval", PointsInterval(summary.mean_interval));
      rows << row;
    }
    table.set("score_rows", rows);
    if (scores.size() > rows_)
      table.set("score_more", fmt::format("… {} more with fewer answers", CountText(scores.size() - rows_)));
    return table;
  }

  [[nodiscard]] std::vector<Scored> ByTouchpoint(const std::map<TouchpointId, ScoreSums>& cells) const {
    std::vector<Scored> scores;
    for (const auto& [touchpoint, sums] : cells) {
      scores.emplace_back(touchpoint.valid() ? TouchpointMarkup(report_, touchpoint)
                                             : std::string("<span class=\"soft\">nothing before it</span>"),
                          &sums);
    }
    std::ranges::stable_sort(scores, std::greater<>{},
                             [](const Scored& score) { return score.second->answers(); });
    return scores;
  }

  [[nodiscard]] PageData Tables(ScoreScale scale) const {
    const ScaleTally& tally = insights_.scores.of(scale);
    PageData tables{PageData::type::list};
    std::vector<Scored> outcomes;
    for (const auto& [key, sums] : tally.by_outcome) {
      outcomes.emplace_back(NameMarkup(report_.journey_summaries[key.first.value].definition) +
                                fmt::format(" <span class=\"soft\">{}</span>", NameOf(key.second)),
                            &sums);
    }
    if (!outcomes.empty()) {
      tables << Table(scale, "By journey and how it ended",
                      "Answers joined to a journey; these rows add up to them.", "Journey",
                      std::move(outcomes), true);
    }
    tables << Table(scale, "By the touchpoint right before the answer",
                    "Answers joined to a journey or session; these rows add up to them.", "Right before",
                    ByTouchpoint(tally.by_last));
    tables << Table(scale, "By touchpoint on the way",
                    "An answer counts once for each touchpoint of its journey, so these rows add up to more.",
                    "On the way", ByTouchpoint(tally.by_touched));
    return tables;
  }

  [[nodiscard]] PageData Words(ScoreScale scale, const std::vector<const FeedbackResponse*>& shown) const {
    PageData words;
    std::uint64_t worded = 0;
    for (const FeedbackResponse& response : insights_.feedback.responses)
      worded += response.scale == scale && response.verbatim != kNoVerbatim ? 1 : 0;
    words.set("words_text",
              fmt::format("{} of {} with words: the lowest scores, the latest first, one of a customer. "
                          "As written, but for line ends; nothing was read into them.",
                          shown.size(), Plural(worded, "answer")));
    PageData list{PageData::type::list};
    for (const FeedbackResponse* response : shown) {
      PageData word;
      word.set("word_score", response->score_milli % 1000 == 0
                                 ? fmt::format("{}", response->score_milli / 1000)
                                 : PointsText(response->score_milli));
      std::string words_of = insights_.feedback.verbatims[response->verbatim];
      std::erase(words_of, '\r');
      std::ranges::replace(words_of, '\n', ' ');
      word.set("word", ShownName(words_of, 400));
      std::string about =
          fmt::format("Customer {}, {}", response->customer.value, MinuteText(response->time));
      if (response->last.valid()) about += ", after " + TouchpointMarkup(report_, response->last);
      if (response->journey.valid()) {
        const JourneyRow& row = report_.journeys.rows[response->journey.value];
        about += fmt::format(", about a “{}” that {}",
                             NameMarkup(report_.journey_summaries[row.definition.value].definition),
                             EndText(row.outcome));
      }
      word.set("word_about", about);
      list << word;
    }
    words.set("word_list", list);
    return words;
  }

  [[nodiscard]] PageData Scale(const ScaleInsight& scale) const {
    PageData data;
    data.set("scale_title", std::string(TitleOf(scale.scale)));
    data.set("scale_answers", fmt::format("{} of {}", Plural(scale.all.answers, "answer"),
                                          Plural(scale.all.customers, "customer")));
    data.set("tiles", Tiles(scale));
    if (!scale.drivers.empty()) data.set("drivers", Drivers(scale));
    data.set("tables", Tables(scale.scale));
    const auto shown = VerbatimsToShow(insights_.feedback, scale.scale, kWords);
    if (!shown.empty()) data.set("words", Words(scale.scale, shown));
    return data;
  }

  [[nodiscard]] PageData Rates() const {
    PageData rates;
    rates.set(
        "rates_text",
        fmt::format(
            "{} of {} ({}) were answered about. Who answers differs by how a journey went; the weighted "
            "mean lets each of these groups speak for all of its journeys.",
            CountText(answered_), Plural(journeys_, "journey"), ShareText(answered_, journeys_)));
    PageData list{PageData::type::list};
    for (const auto& [group, rate] : insights_.scores.rates) {
      const auto answered = static_cast<std::uint64_t>(rate.answered.x);
      PageData row;
      row.set("rate_journey", ShownName(report_.journey_summaries[group.definition.value].definition));
      row.set("rate_outcome", std::string(NameOf(group.outcome)));
      row.set("rate_hurt", std::string(group.hurt ? "yes" : "no"));
      row.set("rate_journeys", CountText(rate.journeys));
      row.set("rate_answered", CountText(answered));
      row.set("rate_share", ShareText(answered, rate.journeys));
      list << row;
    }
    rates.set("rate_list", list);
    return rates;
  }

  const Report& report_;
  const Insights& insights_;
  const std::size_t rows_;
  std::uint64_t journeys_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace

std::string FeedbackSection(const Report& report, const Insights& insights, const HtmlOptions& options) {
  if (insights.feedback.counts.offered == 0) return {};
  return FeedbackPage(report, insights, options).Write();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
