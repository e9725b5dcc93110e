#include "io/writer_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>

#include "journey/identity/identity_graph.h"

namespace journey {
inline namespace v0 {
namespace internal {

ReportTotals TotalsOf(const Report& report) {
  ReportTotals totals{.journeys = report.journeys.rows.size()};
  const Finding* previous = nullptr;
  for (const Finding& finding : report.findings) {  // by journey, and journeys are by customer
    if (previous == nullptr || previous->journey != finding.journey) ++totals.journeys_with_findings;
    if (previous == nullptr || previous->customer != finding.customer) ++totals.customers_with_findings;
    previous = &finding;
  }
  for (const ChannelFlow& flow : report.channel_flow) {
    totals.switches += flow.switches;
    totals.forced_switches += flow.forced;
  }
  for (const Transition& transition : report.transitions) totals.transitions += transition.count;
  return totals;
}

std::vector<ReasonCounts> ReasonsOfFriction(const Report& report) {
  using Group = std::tuple<DetectorId, LabelId, TouchpointId>;
  std::map<Group, std::size_t> row_of;
  for (std::size_t i = 0; i < report.friction.size(); ++i) {
    const FrictionRow& row = report.friction[i];
    row_of[{row.detector, row.kind, row.touchpoint}] = i;
  }
  std::vector<std::map<LabelId, std::uint64_t>> counts(report.friction.size());
  for (const Finding& finding : report.findings) {
    if (!finding.reason.valid()) continue;
    const auto row = row_of.find({finding.detector, finding.kind, finding.touchpoint});
    if (row != row_of.end()) ++counts[row->second][finding.reason];
  }
  std::vector<ReasonCounts> reasons;
  for (const auto& of_row : counts) {
    auto& list = reasons.emplace_back(of_row.begin(), of_row.end());
    std::ranges::stable_sort(list, std::greater<>{}, &ReasonCounts::value_type::second);
  }
  return reasons;
}

std::vector<std::uint32_t> StrongestTransitions(const Report& report, std::size_t limit, bool self_loops) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < report.transitions.size(); ++i) {
    if (self_loops || report.transitions[i].from != report.transitions[i].to) order.push_back(i);
  }
  const auto stronger = [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple(report.transitions[b].count, a) < std::tuple(report.transitions[a].count, b);
  };
  limit = std::min(limit, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(limit), stronger);
  order.resize(limit);
  return order;
}

WorstJourneys FindWorstJourneys(const Report& report, std::size_t limit, std::size_t max_events) {
  struct Candidate {
    JourneyId journey;
    CustomerId customer;
    bool too_long;
    std::uint64_t grave = 0;
    std::uint64_t findings = 0;
    Duration cost{0};
  };
  std::vector<Candidate> candidates;
  WorstJourneys result;
  for (const Finding& finding : report.findings) {
    if (candidates.empty() || candidates.back().journey != finding.journey) {
      const bool too_long = report.journeys.rows[finding.journey.value].events() > max_events;
      result.too_long += too_long ? 1 : 0;
      candidates.push_back({finding.journey, finding.customer, too_long});
    }
    ++candidates.back().findings;
    if (finding.severity != Severity::kLow) ++candidates.back().grave;
    candidates.back().cost += finding.cost_time;
  }
  std::ranges::sort(candidates, [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.too_long, b.grave, b.findings, b.cost, a.journey) <
           std::tuple(b.too_long, a.grave, a.findings, a.cost, b.journey);
  });
  std::vector<CustomerId> shown;
  for (const Candidate& candidate : candidates) {
    if (result.journeys.size() == limit) break;
    if (std::ranges::find(shown, candidate.customer) != shown.end()) continue;
    shown.push_back(candidate.customer);
    result.journeys.push_back(candidate.journey);
  }
  return result;
}

std::span<const Finding> FindingsOf(const Report& report, JourneyId journey) {
  const auto begin = std::ranges::lower_bound(report.findings, journey, {}, &Finding::journey);
  const auto end = std::ranges::upper_bound(report.findings, journey, {}, &Finding::journey);
  return {begin, end};
}

std::string_view ReasonText(AdmissionStatus status) {
  switch (status) {
    case AdmissionStatus::kAccepted:
      return "they are the evidence of this report";
    case AdmissionStatus::kDuplicate:
      return "the same event again, word for word; it counts once";
    case AdmissionStatus::kConflict:
      return "the id of an accepted event, but other content; one of them was kept";
    case AdmissionStatus::kLate:
      return "older than what its source may still deliver";
    case AdmissionStatus::kFuture:
      return "later than the time this report looks at";
    case AdmissionStatus::kOutOfRange:
      return "the time is before 1970 or after 2199";
    case AdmissionStatus::kMalformed:
      return "a field is missing or cannot be read";
    case AdmissionStatus::kTooLarge:
      return "a field is larger than allowed, or there are too many";
    case AdmissionStatus::kErased:
      return "belongs to a person who was erased";
    case AdmissionStatus::kNoConsent:
      return "the person has not agreed to this use";
    case AdmissionStatus::kOverBudget:
      return "the memory or number of events allowed was used up";
  }
  return "";
}

std::string FrictionText(std::string_view detector, std::string_view kind) {
  struct Phrase {
    std::string_view detector;
    std::string_view kind;
    std::string_view text;
  };
  static constexpr std::array<Phrase, 17> kPhrases{{
      {"drop_off", "abandoned", "left and did not come back"},
      {"drop_off", "expired", "ran out of time"},
      {"repetition", "repeat", "did the same step again"},
      {"repetition", "redo", "did a step again in another channel"},
      {"channel_switch", "forced", "had to change channel"},
      {"channel_switch", "voluntary", "changed channel"},
      {"stall", "stall", "waited long before going on"},
      {"backtrack", "backtrack", "went back to an earlier step"},
      {"loop", "loop", "went back and forth between two steps"},
      {"error", "error", "met an error"},
      {"support_contact", "support_contact", "contacted support"},
      {"error_loop", "error_loop", "met one error after another"},
      {"rapid_repeat", "rapid_repeat", "did the same again and again within moments"},
      {"contact_after_abandonment", "contact_after_abandonment", "gave up, then contacted support"},
      {"lost_progress", "lost_progress", "had to begin again"},
      {"repeated_entry", "repeated_entry", "had to give the same data again"},
      {"excess_effort", "excess_effort", "needed far more effort than those who succeed"},
  }};
  for (const Phrase& phrase : kPhrases) {
    if (phrase.detector == detector && phrase.kind == kind) return std::string(phrase.text);
  }
  return FrictionName(detector, kind);
}

std::string FrictionName(std::string_view detector, std::string_view kind, std::string_view reason) {
  std::string which(detector == kind ? std::string_view() : kind);
  if (!reason.empty()) which += fmt::format("{}{}", which.empty() ? "" : ", ", reason);
  return which.empty() ? std::string(detector) : fmt::format("{} ({})", detector, which);
}

std::string FrictionLabel(std::string_view detector, std::string_view kind) {
  const std::string name = FrictionName(detector, kind);
  const std::string text = FrictionText(detector, kind);
  return text == name ? name : text + " · " + name;
}

std::string_view EndText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOpen:
      return "may still go on";
    case Outcome::kAchieved:
      return "reached its goal";
    case Outcome::kAbandoned:
      return "was abandoned";
    case Outcome::kExpired:
      return "ran out of time";
    case Outcome::kExcluded:
      return "was ended by an excluding event";
    case Outcome::kEnded:
      return "ended";
  }
  return "";
}

std::string CountText(std::uint64_t count) {
  std::string text = fmt::format("{}", count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string ShareText(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "–";
  const std::uint64_t tenths = part / whole * 1000 + (part % whole * 1000 + whole / 2) / whole;
  if (tenths == 0 && part != 0) return "<0.1%";
  if (tenths == 1000 && part != whole) return ">99.9%";
  return fmt::format("{}.{}%", tenths / 10, tenths % 10);
}

std::vector<std::string> IdentitySentences(const IdentitySummary& identity) {
  std::vector<std::string> sentences;
  std::string buckets;
  for (std::size_t i = 0; i < kIdentifierBuckets.size(); ++i) {
    if (identity.customers_by_identifiers[i] == 0) continue;
    buckets += fmt::format("{}{} with {}", buckets.empty() ? "" : ", ",
                           CountText(identity.customers_by_identifiers[i]), kIdentifierBuckets[i]);
    if (i == 0) buckets += " (their events have no identifier, or only such as link nobody)";
  }
  if (!buckets.empty()) {
    sentences.push_back(fmt::format("Customers by their number of identifiers: {}; the most is {}.", buckets,
                                    CountText(identity.most_identifiers)));
  }
  if (identity.shared_keys + identity.hubs != 0) {
    sentences.push_back(
        fmt::format("{} used by several known persons and {} seen with too many others link nobody.",
                    Plural(identity.shared_keys, "identifier"), CountText(identity.hubs)));
  }
  std::string rules;
  for (std::size_t i = 0; i < kIdentityRules; ++i) {
    if (identity.refused_by_rule[i] == 0) continue;
    rules += fmt::format("{}{} by the rule \"{}\"", rules.empty() ? "" : ", ",
                         CountText(identity.refused_by_rule[i]), NameOf(static_cast<IdentityRule>(i)));
  }
  if (!rules.empty()) sentences.push_back("Links refused: " + rules + ".");
  if (identity.agreement) {
    const Agreement& truth = *identity.agreement;
    sentences.push_back(
        fmt::format("Against the truth about {} of {}: pairwise precision {:.4f}, recall {:.4f}; B-cubed "
                    "precision {:.4f}, recall "
                    "{:.4f}.",
                    Plural(truth.events, "event"), Plural(truth.persons, "person"), truth.precision(),
                    truth.recall(), truth.bcubed_precision, truth.bcubed_recall));
  }
  return sentences;
}

std::string Plural(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", CountText(count), singular, count == 1 ? "" : "s");
}

std::string MedianText(const Durations& durations) {
  return durations.count() == 0 ? "–" : FormatDuration(durations.median());
}

std::string DayText(TimePoint time) {
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
}

std::string ClockText(TimePoint time) {
  const std::chrono::hh_mm_ss clock{time - std::chrono::floor<std::chrono::days>(time)};
  return fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::string MinuteText(TimePoint time) {
  return DayText(time) + ", " + ClockText(time).substr(0, 5);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
