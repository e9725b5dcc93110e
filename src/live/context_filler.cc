#include "live/context_filler.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

ContextJourney JourneyOf(const JourneyTable& table, const JourneyRow& row,
                         const JourneyDefinition* definition) {
  ContextJourney journey{
      .definition = definition == nullptr ? "discovered" : std::string_view(definition->name),
      .first = row.first,
      .last = row.last,
      .steps_reached = row.steps_reached,
      .pauses = row.pauses};
  if (definition == nullptr) return journey;
  std::uint32_t reached = 0;
  std::size_t done = 0;
  for (std::size_t step = 0; step < definition->steps.size(); ++step) {
    const bool is_reached = table.steps[row.steps_begin + step] != kNotReached;
    done += is_reached;
    if (definition->steps[step].optional) continue;
    ++journey.steps_required;
    reached += is_reached;
  }
  // An explicit goal is one more thing to do.
  const std::uint32_t way = journey.steps_required + (definition->goal.empty() ? 0U : 1U);
  journey.percent = reached * 100 / way;
  std::size_t skip = done > kMaxContextSteps ? done - kMaxContextSteps : 0;
  for (std::size_t step = 0; step < definition->steps.size(); ++step) {
    if (table.steps[row.steps_begin + step] == kNotReached) continue;
    if (skip > 0)
      --skip;
    else
      journey.done.Add(definition->steps[step].name);
  }
  for (std::size_t step = row.last_step + 1U; step < definition->steps.size(); ++step) {
    journey.next.Add(definition->steps[step].name);
    if (!definition->steps[step].optional) break;
  }
  return journey;
}

}  // namespace

const AttributeRow* ContextFiller::Carried(EventIndex event, std::uint32_t key) const {
  const auto id = input_.log.attribute_keys().Find(options_.carried[key]);
  return id ? input_.log.FindAttribute(event, {*id}) : nullptr;
}

std::optional<double> ContextFiller::ScoreOf(EventIndex event) const {
  const auto id = input_.log.attribute_keys().Find(options_.pipeline.classes.feedback_score);
  const AttributeRow* const score = id ? input_.log.FindAttribute(event, {*id}) : nullptr;
  if (score == nullptr || score->kind == AttributeValue::Kind::kBoolean) return std::nullopt;
  if (score->kind == AttributeValue::Kind::kNumber) return score->number();
  const std::string_view text = input_.log.texts().text(score->text().value);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

void ContextFiller::AddToProfile(Profile& profile, EventIndex event) const {
  const EventLog& log = input_.log;
  const auto later = [&](EventIndex than) { return log.Before(than, event); };
  const auto use = [&](std::vector<Profile::Used>& list, std::uint32_t id) {
    const auto found = std::ranges::find(list, id, &Profile::Used::id);
    if (found == list.end()) {
      list.push_back({id, 1, event});
      return;
    }
    ++found->events;
    if (later(found->last)) found->last = event;
  };
  for (const IdentifierId id : log.identifiers(event)) {
    if (const auto key = graph_.KeyOf(id); key != IncrementalGraph::kNoKey) use(profile.keys, key);
  }
  use(profile.channels, input_.catalog.channel(log.touchpoint(event)).value);
  for (std::uint32_t key = 0; key < options_.carried.size(); ++key) {
    if (log.attributes(event).empty() || Carried(event, key) == nullptr) continue;
    const auto found = std::ranges::find(profile.given, key, &Profile::Given::key);
    if (found == profile.given.end())
      profile.given.push_back({key, event});
    else if (later(found->last))
      found->last = event;
  }
  const EventRow row{log.time(event), log.touchpoint(event), event};
  if (input_.classifier.IsFeedback(row) && ScoreOf(event)) {
    if (profile.scores++ == 0 || later(profile.last_score)) profile.last_score = event;
  }
}

void ContextFiller::UpdateProfile(Cell& cell) const {
  if (cell.profile_stale) {
    cell.profile = {};
    for (const EventRow& row : cell.timeline) AddToProfile(cell.profile, row.event);
  } else {
    for (const EventIndex event : cell.added) AddToProfile(cell.profile, event);
  }
  cell.added.clear();
  cell.profile_stale = false;
}

void ContextFiller::FillIdentifiers(const Cell& cell, CustomerContext& context) {
  const EventLog& log = input_.log;
  order_ = cell.profile.keys;
  const std::size_t kept = std::min(order_.size(), kMaxContextIdentifiers);
  std::ranges::partial_sort(order_, order_.begin() + static_cast<std::ptrdiff_t>(kept),
                            [&](const Profile::Used& a, const Profile::Used& b) {
                              const auto rank = [&](const Profile::Used& used) {
                                return std::tuple(graph_.KindOf(used.id), kMaxTime - log.time(used.last));
                              };
                              if (rank(a) != rank(b)) return rank(a) < rank(b);
                              return a.id != b.id && graph_.Stronger(a.id, b.id);
                            });
  context.identifiers_total = order_.size();
  order_.resize(kept);
  for (const Profile::Used& used : order_) {
    context.identifiers.push_back({graph_.KindOf(used.id),
                                   log.namespaces().text(graph_.NamespaceOf(used.id).value),
                                   graph_.TextOf(used.id), log.time(used.last)});
  }
}

void ContextFiller::FillChannels(const Cell& cell, CustomerContext& context) const {
  const EventLog& log = input_.log;
  for (const Profile::Used& used : cell.profile.channels) {
    context.channels.push_back({input_.catalog.channels[used.id],
                                input_.catalog.name_text(log.touchpoint(used.last)), log.time(used.last),
                                used.events});
  }
  std::ranges::sort(context.channels, [](const ContextChannel& a, const ContextChannel& b) {
    return a.last != b.last ? a.last > b.last : a.channel < b.channel;
  });
  context.channels_total = context.channels.size();
  context.preferred_channel = PreferredChannelOf(context.channels);
}

void ContextFiller::FillJourneys(const Cell& cell, CustomerContext& context) {
  const JourneyTable& table = cell.journeys;
  context.journeys = cell.folded().journeys;
  for (std::size_t i = 0; i < kOutcomes; ++i) context.journeys[i] += cell.outcomes[i];
  open_rows_.clear();
  for (std::uint32_t i = cell.first_open; i < table.rows.size(); ++i) {
    if (table.rows[i].outcome == Outcome::kOpen) open_rows_.push_back(i);
  }
  // What was touched last comes first.
  std::ranges::sort(open_rows_, [&](std::uint32_t a, std::uint32_t b) {
    const TimePoint of_a = table.rows[a].last, of_b = table.rows[b].last;
    return of_a != of_b ? of_a > of_b : a < b;
  });
  context.open_journeys_total = open_rows_.size();
  const auto& definitions = options_.pipeline.journeys;
  for (const std::uint32_t i : open_rows_) {
    const JourneyRow& row = table.rows[i];
    ContextJourney journey =
        JourneyOf(table, row, definitions.empty() ? nullptr : &definitions[row.definition.value]);
    journey.channel = input_.catalog.channel_text(cell.timeline[table.events[row.end - 1]].touchpoint);
    context.open_journeys.push_back(journey);
  }
}

void ContextFiller::FillGiven(const Cell& cell, CustomerContext& context) {
  number_texts_.resize(options_.carried.size());
  for (const Profile::Given& given : cell.profile.given) {
    const AttributeRow* const row = Carried(given.last, given.key);
    AttributeValue value;
    switch (row->kind) {
      case AttributeValue::Kind::kText:
        value = input_.log.texts().text(row->text().value);
        break;
      case AttributeValue::Kind::kNumber:
        value = row->number();
        break;
      case AttributeValue::Kind::kBoolean:
        value = row->boolean();
        break;
    }
    context.given.push_back({options_.carried[given.key], TextOf(value, number_texts_[given.key]), row->kind,
                             input_.log.time(given.last),
                             input_.catalog.channel_text(input_.log.touchpoint(given.last))});
  }
  std::ranges::sort(context.given, [](const ContextGiven& a, const ContextGiven& b) {
    return a.time != b.time ? a.time > b.time : a.key < b.key;
  });
  context.given_total = context.given.size();
}

void ContextFiller::FillFindings(const Cell& cell, std::span<const std::string> labels,
                                 CustomerContext& context) const {
  context.past_findings = cell.folded().findings;
  for (std::size_t i = 0; i < context.past_findings.size(); ++i)
    context.past_findings[i] += cell.past_findings[i];
  // Those of open journeys are the last ones, but for those of journeys that began later and have ended.
  for (std::size_t i = cell.findings.size(); i-- > 0 && cell.findings[i].journey.value >= cell.first_open;) {
    const Finding& finding = cell.findings[i];
    if (cell.journeys.rows[finding.journey.value].outcome != Outcome::kOpen) continue;
    const auto label = [&](LabelId id) {
      return id.valid() ? std::string_view(labels[id.value]) : std::string_view();
    };
    ++context.findings_total;
    context.findings.push_back({input_.detectors[finding.detector.value]->name(), label(finding.kind),
                                label(finding.reason), input_.catalog.channel_text(finding.touchpoint),
                                input_.catalog.name_text(finding.touchpoint), finding.time,
                                finding.severity});
  }
  std::ranges::sort(context.findings, [](const ContextFinding& a, const ContextFinding& b) {
    return a.time != b.time ? a.time > b.time
                            : std::tie(b.severity, a.detector, a.kind, a.reason, a.channel, a.name) <
                                  std::tie(a.severity, b.detector, b.kind, b.reason, b.channel, b.name);
  });
}

void ContextFiller::Fill(const Cell& cell, std::span<const std::string> labels, CustomerContext& context) {
  context.Clear();
  context.customer = cell.id;
  context.as_of = input_.clock.as_of;
  context.first = cell.folded().events != 0 ? cell.folded().first : cell.timeline.front().time;
  context.last = cell.timeline.back().time;
  context.events = cell.folded().events + cell.timeline.size();
  context.sessions = cell.folded().sessions + cell.sessions.size();
  context.truncated = cell.truncated;
  context.folded = cell.folded().events != 0;
  context.folded_before = cell.folded().before;
  FillIdentifiers(cell, context);
  FillChannels(cell, context);
  FillJourneys(cell, context);
  FillGiven(cell, context);
  FillFindings(cell, labels, context);
  context.scores = cell.profile.scores;
  if (context.scores != 0) {
    const EventIndex event = cell.profile.last_score;
    const TouchpointId touchpoint = input_.log.touchpoint(event);
    context.score = {ScoreOf(event).value_or(0), options_.pipeline.classes.feedback_scale,
                     input_.log.time(event), input_.catalog.channel_text(touchpoint),
                     input_.catalog.name_text(touchpoint)};
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
