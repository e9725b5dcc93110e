// The obvious, slow twin of the detectors: every rule is asked anew, of all events of a journey and all pairs of them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/oracle_journeys.h"

namespace test {

// The thresholds, with their defaults.
struct OracleRules {
  Micros stall = 24 * 3'600'000'000LL;
  Micros switch_stall = 24 * 3'600'000'000LL;
  std::size_t loop_returns = 2;
  std::size_t discovered_returns = 4;
  std::size_t error_count = 3;
  Micros error_within = 24 * 3'600'000'000LL;
  std::size_t rapid_count = 4;
  Micros rapid_within = 1'000'000;
  Micros contact_within = 24 * 3'600'000'000LL;
  std::optional<Micros> contact_away;  // none: the sessions' gap
  std::size_t early = 1;
  std::size_t lost = 2;
  std::vector<std::string> keys = {"address", "birth_date", "iban", "phone_number", "post_code", "postcode"};
  std::optional<std::size_t> effort_events;
  std::optional<Micros> effort_time;
};

// A journey as the twin sees it.
struct OracleCase {
  std::vector<Evidence> events;
  std::vector<Evidence> later;                             // what the customer did after them
  std::vector<std::int64_t> reached_at;                    // by step: the event of the journey, or -1
  std::vector<std::optional<OracleAgain>> again;           // by event
  const journey::JourneyDefinition* definition = nullptr;  // nullptr: discovered
  std::string outcome;
  std::uint64_t last_step = 0;
  const journey::EventClasses* classes = nullptr;
  Micros session_gap = 0;
};

class OracleDetectors {
 public:
  OracleDetectors(const OracleCase& one, const OracleRules& rules) : one_(one), rules_(rules) {
    for (std::size_t i = 0; i < one.events.size(); ++i) {
      std::int64_t step = -1;
      for (std::size_t k = 0; k < one.reached_at.size(); ++k) {
        if (one.reached_at[k] == static_cast<std::int64_t>(i)) step = static_cast<std::int64_t>(k);
      }
      if (one.again[i]) step = one.again[i]->step;
      does_.push_back(one.definition == nullptr ? -1 : step);
    }
  }

  // Findings of one detector. What they have in common (customer, place, time) is left open, but for the event where
  // it hurt: `at` is the second of each pair.
  [[nodiscard]] std::vector<std::pair<PlainFinding, std::size_t>> FindingsOf(const std::string& detector) {
    found_.clear();
    detector_ = detector;
    static const std::map<std::string, void (OracleDetectors::*)()> kRules = {
        {"drop_off", &OracleDetectors::DropOff},
        {"repetition", &OracleDetectors::Repetition},
        {"channel_switch", &OracleDetectors::ChannelSwitch},
        {"stall", &OracleDetectors::Stall},
        {"backtrack", &OracleDetectors::Backtrack},
        {"loop", &OracleDetectors::Loop},
        {"error_loop", &OracleDetectors::ErrorLoop},
        {"rapid_repeat", &OracleDetectors::RapidRepeat},
        {"contact_after_abandonment", &OracleDetectors::Contact},
        {"lost_progress", &OracleDetectors::LostProgress},
        {"repeated_entry", &OracleDetectors::RepeatedEntry},
        {"excess_effort", &OracleDetectors::ExcessEffort},
        {"error", &OracleDetectors::Error},
        {"support_contact", &OracleDetectors::SupportContact}};
    (this->*kRules.at(detector))();
    return found_;
  }

  // Why the customer changed channel with an event; empty: voluntarily.
  [[nodiscard]] std::string SwitchReason(std::size_t i) const {
    if (IsError(i - 1)) return "error";
    if (!discovered() && TimeAt(i) - TimeAt(i - 1) > rules_.switch_stall) return "stall";
    if (OracleMatches(one_.classes->support, one_.events[i])) return "support";
    return !discovered() && one_.again[i] ? "step_again" : "";
  }

 private:
  [[nodiscard]] std::size_t size() const { return one_.events.size(); }
  [[nodiscard]] bool discovered() const { return one_.definition == nullptr; }
  [[nodiscard]] Micros TimeAt(std::size_t i) const { return one_.events[i].time; }
  [[nodiscard]] bool IsError(std::size_t i) const {
    return OracleMatches(one_.classes->errors, one_.events[i]);
  }
  [[nodiscard]] const std::string& ChannelAt(std::size_t i) const { return one_.events[i].channel; }
  [[nodiscard]] Place PlaceAt(std::size_t i) const { return {one_.events[i].channel, one_.events[i].name}; }
  // Time spent between two events, without the times when the customer was away.
  [[nodiscard]] Micros Spent(std::size_t from, std::size_t to) const {
    Micros spent = 0;
    for (std::size_t i = from + 1; i <= to; ++i) {
      if (TimeAt(i) - TimeAt(i - 1) <= one_.session_gap) spent += TimeAt(i) - TimeAt(i - 1);
    }
    return spent;
  }
  [[nodiscard]] Micros Active(std::size_t i) const { return i == 0 ? 0 : Spent(i - 1, i); }
  [[nodiscard]] bool Identical(std::size_t a, std::size_t b) const {
    return PlaceAt(a) == PlaceAt(b) && one_.events[a].attributes == one_.events[b].attributes;
  }
  // The last event before one that does a step.
  [[nodiscard]] std::optional<std::size_t> StepBefore(std::size_t i) const {
    while (i-- > 0) {
      if (does_[i] >= 0) return i;
    }
    return std::nullopt;
  }

  void Add(std::size_t at, const std::string& kind, const std::string& reason, const std::string& severity,
           std::size_t begin, std::size_t end, std::int64_t step, std::uint64_t cost_events,
           Micros cost_time) {
    found_.push_back({{.detector = detector_,
                       .kind = kind,
                       .reason = reason,
                       .severity = severity,
                       .touchpoint = {},
                       .step = step,
                       .begin = begin,
                       .end = end,
                       .cost_events = cost_events,
                       .cost_time = cost_time},
                      at});
  }

  void Error() {
    for (std::size_t i = 0; i < size(); ++i) {
      if (IsError(i)) Add(i, "error", "", "low", i, i + 1, -1, 1, Active(i));
    }
  }

  void SupportContact() {
    const auto support = [&](std::size_t i) { return OracleMatches(one_.classes->support, one_.events[i]); };
    const auto goes_on = [&](std::size_t i) {  // the contact of the event before
      return support(i - 1) && support(i) && ChannelAt(i - 1) == ChannelAt(i) &&
             TimeAt(i) - TimeAt(i - 1) <= one_.session_gap;
    };
    for (std::size_t i = 0; i < size(); ++i) {
      if (!support(i) || (i > 0 && goes_on(i))) continue;
      std::size_t last = i;
      while (last + 1 < size() && goes_on(last + 1)) ++last;
      const std::size_t begin = i > 0 ? i - 1 : 0;
      Add(i, "support_contact", i > 0 && IsError(i - 1) ? "after_error" : "", "medium", begin, last + 1, -1,
          last - i + 1, Spent(begin, last));
    }
  }

  void DropOff() {
    if (one_.outcome != "abandoned" && one_.outcome != "expired") return;
    const bool steps = !one_.reached_at.empty();
    Add(size() - 1, one_.outcome, "", "high",
        steps ? static_cast<std::size_t>(one_.reached_at[one_.last_step]) : 0, size(),
        steps ? static_cast<std::int64_t>(one_.last_step) : -1, size(), Spent(0, size() - 1));
  }

  void Repetition() {
    for (std::size_t i = 0; i < size() && !discovered(); ++i) {
      if (!one_.again[i]) continue;
      const std::size_t before = one_.again[i]->last_done_at;
      const bool same = ChannelAt(before) == ChannelAt(i);
      Add(i, same ? "repeat" : "redo", before + 1 == i ? "self_loop" : "between", same ? "low" : "medium",
          before, i + 1, one_.again[i]->step, 1, Active(i));
    }
  }

  void ChannelSwitch() {
    for (std::size_t i = 1; i < size(); ++i) {
      if (ChannelAt(i) == ChannelAt(i - 1) || SwitchReason(i).empty()) continue;
      Add(i - 1, "forced", SwitchReason(i), "medium", i - 1, i + 1, -1, 1, Active(i));
    }
  }

  void Stall() {
    for (std::size_t i = 1; i < size() && !discovered(); ++i) {
      const Micros gap = TimeAt(i) - TimeAt(i - 1);
      if (gap > rules_.stall) Add(i - 1, "stall", "", "medium", i - 1, i + 1, -1, 0, gap - rules_.stall);
    }
  }

  void Backtrack() {
    for (std::size_t i = 0; i < size(); ++i) {
      const auto before = StepBefore(i);
      if (does_[i] < 0 || !before || does_[*before] <= does_[i]) continue;
      const bool same = ChannelAt(i) == ChannelAt(*before);
      Add(i, "backtrack", same ? "same_channel" : "other_channel", same ? "low" : "medium", *before, i + 1,
          does_[i], 1, Active(i));
    }
  }

  struct Visit {
    std::size_t first, last;
    std::int64_t step;
  };
  void Loop() {
    std::vector<Visit> visits;
    const auto same = [&](const Visit& a, const Visit& b) {
      return discovered() ? Identical(a.first, b.first) : a.step == b.step;
    };
    for (std::size_t i = 0; i < size(); ++i) {
      if (!discovered() && does_[i] < 0) continue;
      const Visit visit{i, i, does_[i]};
      if (!visits.empty() && same(visits.back(), visit))
        visits.back().last = i;
      else
        visits.push_back(visit);
    }
    // Every longest run [a, e] that alternates.
    for (std::size_t a = 0; a < visits.size(); ++a) {
      for (std::size_t e = a + 1; e < visits.size(); ++e) {
        bool alternates = true;
        std::vector<std::size_t> returns;
        for (std::size_t j = a + 1; j <= e; ++j) {
          if (j >= a + 2) alternates &= same(visits[j], visits[j - 2]);
          if (discovered() ? same(visits[j], visits[a]) : visits[j].step < visits[j - 1].step)
            returns.push_back(j);
        }
        const bool longer = (a > 0 && same(visits[a - 1], visits[a + 1])) ||
                            (e + 1 < visits.size() && same(visits[e + 1], visits[e - 1]));
        const std::size_t needed = discovered() ? rules_.discovered_returns : rules_.loop_returns;
        if (!alternates || longer || returns.size() < needed) continue;
        const Visit& back = visits[returns[0]];
        Add(back.first, "loop", "", "medium", visits[a].first, visits[e].last + 1, back.step, e - a - 1,
            Spent(visits[a + 1].first, visits[e].last));
      }
    }
  }

  void ErrorLoop() {
    for (std::size_t first = 0; first < size(); ++first) {
      // Those at the touchpoint of `first`, up to the one that worked.
      std::vector<std::size_t> errors;
      const auto follows = [&](std::size_t a, std::size_t b) {  // in one run
        if (!IsError(a) || !IsError(b) || PlaceAt(a) != PlaceAt(b)) return false;
        for (std::size_t k = a + 1; k < b; ++k) {
          if (PlaceAt(k) == PlaceAt(a)) return false;
        }
        return TimeAt(b) - TimeAt(a) <= rules_.error_within;
      };
      if (!IsError(first)) continue;
      bool begins = true;
      for (std::size_t k = 0; k < first; ++k) begins &= !follows(k, first);
      if (!begins) continue;
      errors = {first};
      for (std::size_t k = first + 1; k < size(); ++k) {
        if (follows(errors.back(), k)) errors.push_back(k);
      }
      if (errors.size() < rules_.error_count) continue;
      Add(first, "error_loop", "", "high", first, errors.back() + 1, -1, errors.size(),
          Spent(first, errors.back()));
    }
  }

  void RapidRepeat() {
    std::vector<std::pair<std::size_t, std::size_t>> groups;  // first and last event
    for (std::size_t i = 0; i + rules_.rapid_count <= size(); ++i) {
      const std::size_t last = i + rules_.rapid_count - 1;
      bool rapid = TimeAt(last) - TimeAt(i) <= rules_.rapid_within;
      for (std::size_t k = i; k <= last; ++k) rapid &= Identical(i, k);
      if (!rapid) continue;
      if (!groups.empty() && groups.back().second >= i)
        groups.back().second = last;
      else
        groups.emplace_back(i, last);
    }
    for (const auto& [first, last] : groups) {
      Add(first, "rapid_repeat", "", "medium", first, last + 1, -1, last - first,
          TimeAt(last) - TimeAt(first));
    }
  }

  void Contact() {
    const bool unfinished =
        one_.outcome == "abandoned" || one_.outcome == "expired" || (one_.outcome == "open" && !discovered());
    const auto is_support = [&](const Evidence& event) {
      return OracleMatches(one_.classes->support, event);
    };
    if (!unfinished) return;
    std::optional<std::size_t> left;
    for (std::size_t i = 0; i < size(); ++i) {
      if (!is_support(one_.events[i])) left = i;
    }
    if (!left) return;
    const bool inside = *left + 1 < size();
    std::optional<Micros> contacted;
    if (inside) contacted = TimeAt(*left + 1);
    for (const Evidence& event : one_.later) {
      if (contacted) break;
      if (is_support(event)) {
        contacted = event.time;
        break;
      }
      bool comes_back = false;
      for (std::size_t k = 0; one_.definition != nullptr && k < one_.definition->steps.size(); ++k)
        comes_back |= OracleMatches(one_.definition->steps[k].match, event);
      if (comes_back) break;
    }
    if (!contacted) return;
    const Micros after = *contacted - TimeAt(*left);
    if (after <= rules_.contact_away.value_or(one_.session_gap) || after > rules_.contact_within) return;
    Add(*left, "contact_after_abandonment", one_.outcome, "high", *left, inside ? *left + 2 : *left + 1,
        discovered() ? -1 : static_cast<std::int64_t>(one_.last_step), 1, after);
  }

  void LostProgress() {
    std::vector<std::size_t> beginnings;
    for (std::size_t i = 0; i < size(); ++i) {
      const auto before = StepBefore(i);
      if (does_[i] < 0 || !before) continue;
      std::set<std::int64_t> lost;  // later steps that no beginning since took away
      for (std::size_t k = 0; k < i; ++k) {
        bool gone = does_[k] <= does_[i];
        for (const std::size_t beginning : beginnings) gone |= beginning > k && does_[beginning] <= does_[k];
        if (!gone) lost.insert(does_[k]);
      }
      const bool same = ChannelAt(i) == ChannelAt(*before);
      const bool early = does_[i] < static_cast<std::int64_t>(rules_.early) && does_[i] < does_[*before];
      if (!early || lost.size() < (same ? rules_.lost : 1)) continue;
      Add(i, "lost_progress", same ? "same_channel" : "other_channel", same ? "medium" : "high", *before,
          i + 1, does_[i], lost.size(), Spent(beginnings.empty() ? 0 : beginnings.back(), *before));
      beginnings.push_back(i);
    }
  }

  void RepeatedEntry() {
    for (std::size_t i = 0; i < size() && !discovered(); ++i) {
      std::vector<std::size_t> before;
      for (const std::string& key : rules_.keys) {
        const auto& here = one_.events[i].attributes;
        if (!here.contains(key)) continue;
        std::optional<std::size_t> last;
        for (std::size_t k = 0; k < i; ++k) {
          if (one_.events[k].attributes.contains(key)) last = k;
        }
        if (last && one_.events[*last].attributes.at(key) == here.at(key)) before.push_back(*last);
      }
      if (before.empty()) continue;
      const bool other = std::any_of(before.begin(), before.end(),
                                     [&](std::size_t k) { return ChannelAt(k) != ChannelAt(i); });
      Add(i, "repeated_entry", other ? "other_channel" : "same_channel", other ? "medium" : "low",
          *std::max_element(before.begin(), before.end()), i + 1, -1, 1, Active(i));
    }
  }

  void ExcessEffort() {
    if (discovered()) return;
    const bool events = rules_.effort_events && size() > *rules_.effort_events;
    const bool time = rules_.effort_time && Spent(0, size() - 1) > *rules_.effort_time;
    if (!events && !time) return;
    std::size_t at = events ? *rules_.effort_events : size();
    for (std::size_t i = size(); i-- > 0;) {
      if (time && Spent(0, i) > *rules_.effort_time) at = std::min(at, i);
    }
    Add(at, "excess_effort",
        events && time ? "both"
        : events       ? "events"
                       : "time",
        "medium", at, size(), -1, events ? size() - *rules_.effort_events : 0,
        time ? Spent(0, size() - 1) - *rules_.effort_time : 0);
  }

  const OracleCase& one_;
  const OracleRules& rules_;
  std::vector<std::int64_t> does_;  // by event: the step it does, or -1
  std::string detector_;
  std::vector<std::pair<PlainFinding, std::size_t>> found_;
};

}  // namespace test
