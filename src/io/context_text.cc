#include "journey/io/context_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::CountText;
using internal::Plural;
using internal::Visible;

constexpr Duration kRecent = std::chrono::hours{1};

std::string AgoText(TimePoint then, TimePoint now) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(now - then).count();
  if (minutes < 1) return "just now";
  if (minutes < 120) return fmt::format("{} min ago", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h ago", minutes / 60);
  return fmt::format("{} days ago", minutes / (24 * 60));
}

std::string TimesText(std::uint64_t times) {
  return times == 1 ? "once" : times == 2 ? "twice" : fmt::format("{} times", CountText(times));
}

// "post_code" as people write it.
std::string Words(std::string_view key) {
  std::string words = Visible(key);
  std::ranges::replace(words, '_', ' ');
  return words;
}

// "app/login"; without a name the channel alone.
std::string Place(std::string_view channel, std::string_view name) {
  return name.empty() ? Visible(channel) : Visible(channel) + "/" + Visible(name);
}

std::string Joined(std::span<const std::string_view> names) {
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + Visible(name);
  return all;
}

void AppendMore(std::uint64_t total, std::size_t listed, std::string& out) {
  if (total > listed) out += fmt::format("; {} more", CountText(total - listed));
}

void AppendSeen(const CustomerContext& context, TimePoint now, std::string& out) {
  if (context.events == 0) {
    out += "Nothing is known of this customer yet.\n";
    return;
  }
  out += fmt::format("Known since {}, {} in {}, last seen {}", internal::DayText(context.first),
                     Plural(context.events, "event"), Plural(context.sessions, "session"),
                     AgoText(context.last, now));
  const auto latest = std::ranges::max_element(context.channels, {}, &ContextChannel::last);
  if (latest != context.channels.end()) {
    out += fmt::format(" in {} ({})", Visible(latest->channel), Visible(latest->name));
  }
  const auto preferred =
      std::ranges::find(context.channels, context.preferred_channel, &ContextChannel::channel);
  if (context.channels.size() > 1 && preferred != context.channels.end() &&
      2 * preferred->events > context.events) {
    out += fmt::format(", mostly in {}", Visible(context.preferred_channel));
  }
  out += ".\n";
}

void AppendJourneys(const CustomerContext& context, TimePoint now, std::string& out) {
  for (const ContextJourney& journey : context.open_journeys) {
    out += fmt::format("In the middle of \"{}\": ", Visible(journey.definition));
    if (journey.steps_required != 0) {
      out += fmt::format("{} of {} steps ({}%), ", journey.steps_reached, journey.steps_required,
                         journey.percent);
    }
    out += fmt::format("last in {} {}", Visible(journey.channel), AgoText(journey.last, now));
    if (journey.pauses != 0) out += ", paused " + TimesText(journey.pauses);
    out += '.';
    if (!journey.done.names().empty()) out += fmt::format(" Done: {}.", Joined(journey.done.names()));
    if (!journey.next.names().empty()) out += fmt::format(" Next: {}.", Joined(journey.next.names()));
    if (journey.risk.of != 0) {
      out += fmt::format(" At this point {} of {} were lost.", CountText(journey.risk.lost),
                         CountText(journey.risk.of));
    }
    out += '\n';
  }
  if (const std::uint64_t total = context.open_journeys_total; total > context.open_journeys.size()) {
    out += fmt::format("{} more under way.\n", Plural(total - context.open_journeys.size(), "journey"));
  }
}

void AppendGiven(const CustomerContext& context, TimePoint now, std::string& out) {
  if (context.given.empty()) return;
  out += "Already given: ";
  bool first = true;
  for (const ContextGiven& given : context.given) {
    out += fmt::format("{}{} {} ({}, {})", first ? "" : "; ", Words(given.key), Visible(given.value),
                       Visible(given.channel), AgoText(given.time, now));
    first = false;
  }
  AppendMore(context.given_total, context.given.size(), out);
  out += ".\n";
}

// What hurt, alike findings together, in the order of the first of each.
void AppendFindings(const CustomerContext& context, TimePoint now, std::string& out) {
  struct Group {
    const ContextFinding* finding;
    std::uint64_t times;
  };
  const auto is_recent = [&](const ContextFinding& finding) { return now - finding.time < kRecent; };
  for (const bool recent : {true, false}) {
    std::vector<Group> groups;
    for (const ContextFinding& finding : context.findings) {
      if (is_recent(finding) != recent) continue;
      const auto known = std::ranges::find_if(groups, [&](const Group& group) {
        const ContextFinding& other = *group.finding;
        return other.detector == finding.detector && other.kind == finding.kind &&
               other.channel == finding.channel && other.name == finding.name;
      });
      known == groups.end() ? groups.push_back({&finding, 1}) : void(++known->times);
    }
    if (groups.empty()) continue;
    out += recent ? "Just now: " : "Earlier on the way: ";
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const ContextFinding& finding = *groups[i].finding;
      out +=
          fmt::format("{}{}{} in {} ({})", i == 0 ? "" : "; ", Visible(finding.name),
                      groups[i].times == 1 ? "" : " " + TimesText(groups[i].times), Visible(finding.channel),
                      Visible(internal::FrictionText(finding.detector, finding.kind)));
    }
    out += ".\n";
  }
  std::uint64_t past = 0;
  for (const std::uint64_t count : context.past_findings) past += count;
  if (past != 0) {
    out += fmt::format("In earlier journeys: trouble {}, of it {} severe.\n", TimesText(past),
                       CountText(context.past_findings[static_cast<std::size_t>(Severity::kHigh)]));
  }
}

void AppendScore(const CustomerContext& context, TimePoint now, std::string& out) {
  if (context.scores == 0) return;
  const ContextScore& score = context.score;
  out += fmt::format("Last feedback: {}{}{} ({}, {}).\n", score.value, score.scale.empty() ? "" : " on ",
                     Visible(score.scale), Place(score.channel, score.name), AgoText(score.time, now));
}

void AppendOutlook(const CustomerContext& context, std::string& out) {
  if (context.likely_next.empty()) return;
  out += "Others went on to ";
  for (std::size_t i = 0; i < context.likely_next.size(); ++i) {
    const ContextNext& next = context.likely_next[i];
    out += fmt::format("{}{} ({} of {})", i == 0 ? "" : ", ", Place(next.channel, next.name),
                       CountText(next.count), CountText(next.of));
  }
  out += ".\n";
}

void AppendLimits(const CustomerContext& context, std::string& out) {
  if (context.truncated) out += "Perhaps not complete: as many events as are kept of a customer.\n";
  if (context.folded) {
    out += fmt::format("Before {} only sums are kept.\n", internal::DayText(context.folded_before));
  }
}

}  // namespace

std::string Describe(const CustomerContext& context, TimePoint now) {
  std::string out;
  AppendSeen(context, now, out);
  AppendJourneys(context, now, out);
  AppendGiven(context, now, out);
  AppendFindings(context, now, out);
  AppendScore(context, now, out);
  AppendOutlook(context, out);
  AppendLimits(context, out);
  return out;
}

}  // namespace v0
}  // namespace journey
