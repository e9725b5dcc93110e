// Where it hurts by owner, and which channels get credit.
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

constexpr std::string_view kOwnerTemplate = R"HTML(<section id="owners" aria-labelledby="owners-head">
<h2 id="owners-head">Who can mend it</h2>
<p class="soft">{{note}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Owners">
<table class="owners stack">
<thead><tr><th scope="col">Owner</th><th scope="col">Journeys hurt</th><th scope="col" class="num">Of its journeys</th><th scope="col" class="num">Customers</th><th scope="col" class="num">Findings</th><th scope="col" class="num">Extra time</th><th scope="col" class="num">Longer than expected</th><th scope="col">First to fix</th></tr></thead>
<tbody>
{{#owner_rows}}<tr><th scope="row">{{{owner_name}}}<span class="rule">{{owner_touchpoints}}</span></th><td class="barred full" data-label="journeys hurt"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="hurt" x="0" y="0" width="{{bar}}" height="10"/></svg><b>{{hurt}}</b></td><td class="num" data-label="of its journeys">{{hurt_share}}</td><td class="num" data-label="customers">{{customers}}</td><td class="num" data-label="findings">{{findings}}</td><td class="num" data-label="extra time">{{lost_time}}</td><td class="num" data-label="longer than expected">{{overlong}}</td><td class="full" data-label="first to fix">{{{first_fix}}}</td></tr>
{{/owner_rows}}</tbody>
</table>
</div>
{{#more_owners}}<p class="soft">{{more_owners}}</p>
{{/more_owners}}</section>

)HTML";

constexpr std::string_view kCreditTemplate = R"HTML(<section id="credit" aria-labelledby="credit-head">
<h2 id="credit-head">Which channels get credit</h2>
<p class="soft">{{note}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Credit of channels">
<table>
<thead><tr><th scope="col">Channel</th>{{#rules}}<th scope="col" class="num">{{.}}</th>{{/rules}}</tr></thead>
<tbody>
{{#credit_rows}}<tr{{#total}} class="total"{{/total}}><th scope="row">{{{credit_channel}}}</th>{{#credits}}<td class="num shade shade-{{shade}}">{{credit}}</td>{{/credits}}</tr>
{{/credit_rows}}</tbody>
</table>
</div>
{{#more_channels}}<p class="soft">{{more_channels}}</p>
{{/more_channels}}<details class="plain"><summary>The rules</summary>
<dl>
{{#rule_list}}<dt>{{rule}}</dt><dd>{{rule_text}}</dd>
{{/rule_list}}</dl>
</details>
</section>

)HTML";

// The best line by comparison at one of the owner's touchpoints that clearly gains.
std::string FirstFixOf(const Report& report, const Insights& insights, std::uint32_t owner) {
  if (!KnowsGoals(insights.fix_first)) return {};
  for (const ComparisonLine* line : FixesByComparison(insights.fix_first).ranked) {
    if (ClarityOf(line->more_goals) != Clarity::kGain) continue;
    if (insights.notes.owner[line->key.touchpoint.value] != owner) continue;
    return fmt::format("{} <span class=\"rule\">{}: {} goals</span>",
                       TouchpointMarkup(report, line->key.touchpoint),
                       Xml(ShownName(FrictionLabel(report, line->key), 120)), EstimateText(line->more_goals));
  }
  return "<span class=\"soft\">nothing clear</span>";
}

// The credit by one rule: of the channels that are shown, of the others together if there are any, and of all.
struct CreditColumn {
  std::vector<std::string> texts;
  std::vector<int> shades;
};

std::vector<CreditColumn> CreditColumns(const Insights& insights, const std::vector<std::size_t>& order,
                                        std::size_t shown) {
  const double conversions = static_cast<double>(insights.attribution_conversions);
  std::vector<CreditColumn> columns;
  for (const AttributionResult& result : insights.attribution) {
    if (!result.refused.empty()) continue;
    std::vector<double> parts;
    double sum = 0, others = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double credit = result.credit[order[i]].conversions;
      sum += credit;
      if (i < shown) {
        parts.push_back(credit);
      } else {
        others += credit;
      }
    }
    if (order.size() > shown) parts.push_back(others);
    CreditColumn column{.texts = TenthsColumn(parts), .shades = {}};
    for (const double part : parts)
      column.shades.push_back(std::clamp(static_cast<int>(part / conversions * 10), 0, 6));
    column.texts.push_back(TenthsText(sum));
    column.shades.push_back(0);
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

std::string OwnerSection(const Report& report, const Insights& insights, const HtmlOptions& options) {
  if (insights.owners.empty()) return {};
  PageData section;
  section.set(
      "note",
      std::string("A finding belongs to who owns the touchpoint where it hurt, so findings and extra time "
                  "add up to those of the report; a journey or customer can meet several owners. Stays "
                  "are compared with the time expected, where the catalogue has one."));
  std::uint64_t most = 0;
  for (const OwnerRow& row : insights.owners) most = std::max(most, row.journeys_hurt);
  PageData rows{PageData::type::list};
  for (std::size_t i = 0; i < std::min(options.rows, insights.owners.size()); ++i) {
    const OwnerRow& row = insights.owners[i];
    PageData data;
    data.set("owner_name", row.owner == TouchpointNotes::kNone
                               ? std::string("<span class=\"soft\">nobody</span>")
                               : NameMarkup(insights.notes.owners[row.owner], 60));
    data.set("owner_touchpoints", Plural(row.touchpoints, "touchpoint"));
    data.set("bar", fmt::format("{}", most == 0 ? 0 : row.journeys_hurt * 1000 / most));
    data.set("hurt", CountText(row.journeys_hurt));
    data.set("hurt_share", ShareText(row.journeys_hurt, row.journeys));
    data.set("customers", CountText(row.customers_hurt));
    data.set("findings", CountText(row.findings));
    data.set("lost_time", FormatDuration(row.cost_time));
    data.set("overlong", row.stays == 0
                             ? std::string("–")
                             : fmt::format("{} of {}", CountText(row.overlong), CountText(row.stays)));
    data.set("first_fix", FirstFixOf(report, insights, row.owner));
    rows << data;
  }
  section.set("owner_rows", rows);
  if (insights.owners.size() > options.rows)
    section.set("more_owners",
                fmt::format("… {} more owners", CountText(insights.owners.size() - options.rows)));
  return RenderPart(kOwnerTemplate, section);
}

std::string CreditSection(const Report& report, const Insights& insights, const HtmlOptions& options) {
  if (insights.attribution.empty()) return {};
  PageData section;
  std::string note = fmt::format(
      "{} that reached their goal, shared out among the channels they went through, by several rules; "
      "removal and Shapley also look at the {} that did not. Credit says who was there, not who "
      "caused it. Each column adds up to the goals.",
      Plural(insights.attribution_conversions, "journey"), CountText(insights.attribution_losses));
  if (const std::string negative = NegativeCreditText(insights); !negative.empty()) note += " " + negative;
  section.set("note", note);
  PageData rules{PageData::type::list}, rule_list{PageData::type::list}, rows{PageData::type::list};
  for (const AttributionResult& result : insights.attribution) {
    PageData rule;
    rule.set("rule", std::string(TitleOf(result.options.rule)));
    rule.set("rule_text",
             result.refused.empty() ? ParametersOf(result.options) : "not told: " + Visible(result.refused));
    rule_list << rule;
    if (result.refused.empty()) rules << PageData(std::string(TitleOf(result.options.rule)));
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < report.channels.size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return report.channels[i].events; });
  const std::size_t shown = std::min(options.rows, order.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shown; ++i) names.push_back(NameMarkup(report.touchpoints.channels[order[i]]));
  if (order.size() > shown)
    names.push_back(fmt::format("<span class=\"soft\">{} others</span>", CountText(order.size() - shown)));
  names.emplace_back("All");
  const std::vector<CreditColumn> columns = CreditColumns(insights, order, shown);
  for (std::size_t i = 0; i < names.size(); ++i) {
    PageData row, credits{PageData::type::list};
    row.set("credit_channel", names[i]);
    if (i + 1 == names.size()) row.set("total", true);
    for (const CreditColumn& column : columns) {
      PageData cell;
      cell.set("credit", column.texts[i]);
      cell.set("shade", fmt::format("{}", column.shades[i]));
      credits << cell;
    }
    row.set("credits", credits);
    rows << row;
  }
  section.set("rules", rules);
  section.set("rule_list", rule_list);
  section.set("credit_rows", rows);
  return RenderPart(kCreditTemplate, section);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
