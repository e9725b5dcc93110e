#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "journey/journeys/classifier.h"
#include "journey/measures/funnel.h"
#include "measures/funnel_engine.h"

namespace journey {
inline namespace v0 {

using internal::FunnelEngine;
using internal::FunnelEvent;
using internal::FunnelPlan;

namespace {

// The matchers of a funnel as a journey definition, for the classifier: its steps, then its exclusions.
JourneyDefinition MatchersOf(const FunnelDefinition& funnel) {
  JourneyDefinition definition{.name = funnel.name, .scope = funnel.scope};
  for (const FunnelStep& step : funnel.steps) definition.steps.push_back({.name = {}, .match = step.match});
  for (const FunnelExclusion& exclusion : funnel.exclusions) {
    definition.steps.push_back({.name = {}, .match = exclusion.match});
  }
  return definition;
}

std::vector<JourneyDefinition> MatchersOf(std::span<const FunnelDefinition> funnels) {
  std::vector<JourneyDefinition> definitions;
  for (const FunnelDefinition& funnel : funnels) definitions.push_back(MatchersOf(funnel));
  return definitions;
}

// A held value: equal ones are equal however a source spelt them, as in AttributeCondition.
using HeldValue = std::pair<int, std::uint64_t>;

HeldValue ValueOf(const EventLog& log, const AttributeRow& row) {
  enum { kText, kNumber, kBoolean };
  const auto number = [](double value) {
    return HeldValue{kNumber, std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)};
  };
  if (row.kind == AttributeValue::Kind::kNumber) return number(row.number());
  if (row.kind == AttributeValue::Kind::kBoolean) return {kBoolean, row.boolean() ? 1 : 0};
  const std::string_view text = log.texts().text(row.text().value);
  if (text == "true" || text == "false") return {kBoolean, text == "true" ? 1 : 0};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && std::isfinite(value)) return number(value);
  return {kText, row.text().value};
}

}  // namespace

namespace {

// The deepest of attempts from `begin` on, the first of equals.
const FunnelAttempt* DeepestOf(const FunnelTrace& found, std::size_t begin) {
  const auto place = [&](const FunnelAttempt& attempt) {
    const FunnelTouch& last = found.touches[attempt.touches + attempt.depth - 1];
    return std::tuple(~attempt.depth, last.time, found.touches[attempt.touches].position, last.position);
  };
  const FunnelAttempt* best = nullptr;
  for (std::size_t i = begin; i < found.attempts.size(); ++i) {
    if (best == nullptr || place(found.attempts[i]) < place(*best)) best = &found.attempts[i];
  }
  return best;
}

void Count(const FunnelTrace& found, const FunnelAttempt& attempt, std::size_t steps, FunnelTrace& trace) {
  const std::span<const FunnelTouch> chain = found.chain(attempt, steps);
  trace.attempts.push_back({static_cast<std::uint32_t>(trace.touches.size()), attempt.depth});
  trace.touches.insert(trace.touches.end(), chain.begin(), chain.end());
}

// One definition over one customer.
class CustomerTrace {
 public:
  CustomerTrace(const EventLog& log, const EventClassifier& classifier, const FunnelDefinition& funnel,
                DefinitionId id)
      : log_(log), classifier_(classifier), funnel_(funnel), id_(id) {
    if (const auto key = log.attribute_keys().Find(funnel.hold); key && !funnel.hold.empty()) hold_ = {*key};
    needs_others_ = funnel.rules.order == FunnelOrder::kStrict || funnel.rules.stops.other_event;
  }

  // What the funnel sees of an event, if it sees it.
  [[nodiscard]] std::optional<FunnelEvent> See(const EventRow& row, std::uint32_t position) const {
    const EventClassifier::Bits bits = classifier_.Of(id_, row);
    const EventClassifier::Bits matched = bits & EventClassifier::kSteps;
    if (matched == 0 && !(needs_others_ && (bits & EventClassifier::kBelongs) != 0)) return std::nullopt;
    const std::size_t steps = funnel_.steps.size();
    return FunnelEvent{row.time, matched & ((std::uint64_t{1} << steps) - 1), matched >> steps, position};
  }

  // Nothing: the event does not have the attribute that is held.
  [[nodiscard]] std::optional<HeldValue> Held(const EventRow& row) const {
    const AttributeRow* const attribute = hold_.valid() ? log_.FindAttribute(row.event, hold_) : nullptr;
    if (attribute == nullptr) return std::nullopt;
    return ValueOf(log_, *attribute);
  }

 private:
  const EventLog& log_;
  const EventClassifier& classifier_;
  const FunnelDefinition& funnel_;
  DefinitionId id_;
  KeyId hold_;
  bool needs_others_;
};

}  // namespace

struct FunnelTracer::Shared {
  const EventLog& log;
  std::span<const FunnelDefinition> funnels;
  std::vector<JourneyDefinition> matchers;
  EventClassifier classifier;
  std::vector<FunnelPlan> plans;

  Shared(const EventLog& log_in, const TouchpointCatalog& catalog,
         std::span<const FunnelDefinition> funnels_in)
      : log(log_in),
        funnels(funnels_in),
        matchers(MatchersOf(funnels_in)),
        classifier(log_in, catalog, matchers, {}, {}) {
    for (const FunnelDefinition& funnel : funnels) plans.emplace_back(funnel);
  }
};

// The memory of one thread, and the runs of one customer.
struct FunnelTracer::Scratch {
  explicit Scratch(const Shared& shared) {
    for (const FunnelPlan& plan : shared.plans) engines.emplace_back(plan);
  }

  struct Held {
    HeldValue value;
    FunnelEvent event;
  };
  std::vector<FunnelEngine> engines;
  std::vector<FunnelEvent> events;
  std::vector<Held> held;
  FunnelTrace found;  // of one run or several, before it is known which attempts count
  FunnelTrace trace;

  void Clear() {
    found.attempts.clear();
    found.touches.clear();
    trace.attempts.clear();
    trace.touches.clear();
    trace.dropped = false;
  }

  void CountDeepest(std::size_t begin, std::size_t steps) {
    if (const FunnelAttempt* best = DeepestOf(found, begin)) Count(found, *best, steps, trace);
  }

  // `events` as one run. False: an exclusion dropped the customer.
  bool Run(FunnelEngine& engine, const FunnelDefinition& funnel) {
    const std::size_t begin = found.attempts.size();
    if (!engine.Run(events, found)) return false;
    if (funnel.rules.counting == FunnelCounting::kHeldValues) CountDeepest(begin, funnel.steps.size());
    return true;
  }

  // Some events of the customer, the first at `position` of all timelines: one run, or one for each held value.
  bool RunRange(FunnelEngine& engine, const FunnelDefinition& funnel, const CustomerTrace& customer,
                std::span<const EventRow> rows, std::uint32_t position) {
    events.clear();
    held.clear();
    for (const EventRow& row : rows) {
      if (const auto seen = customer.See(row, position++)) {
        if (funnel.hold.empty()) {
          events.push_back(*seen);
        } else if (const auto value = customer.Held(row)) {
          held.push_back({*value, *seen});
        }
      }
    }
    if (funnel.hold.empty()) return Run(engine, funnel);
    std::ranges::sort(held, {}, [](const Held& row) { return std::pair(row.value, row.event.position); });
    for (std::size_t i = 0; i < held.size();) {
      const HeldValue value = held[i].value;
      events.clear();
      for (; i < held.size() && held[i].value == value; ++i) events.push_back(held[i].event);
      if (!Run(engine, funnel)) return false;
    }
    return true;
  }

  void Sort() {
    std::ranges::sort(trace.attempts, {}, [&](const FunnelAttempt& attempt) {
      const FunnelTouch& first = trace.touches[attempt.touches];
      return std::pair(first.time, first.position);
    });
  }
};

FunnelTracer::FunnelTracer(const EventLog& log, const TouchpointCatalog& catalog,
                           std::span<const FunnelDefinition> definitions)
    : FunnelTracer(std::make_shared<const Shared>(log, catalog, definitions)) {}
FunnelTracer::FunnelTracer(std::shared_ptr<const Shared> shared)
    : shared_(std::move(shared)), scratch_(std::make_unique<Scratch>(*shared_)) {}
FunnelTracer::~FunnelTracer() = default;
FunnelTracer::FunnelTracer(FunnelTracer&&) noexcept = default;
FunnelTracer FunnelTracer::Fork() const {
  return FunnelTracer(shared_);
}

const FunnelTrace& FunnelTracer::Trace(std::size_t index, std::span<const EventRow> events,
                                       std::uint32_t offset, std::span<const SessionRow> sessions) {
  const FunnelDefinition& funnel = shared_->funnels[index];
  const CustomerTrace customer(shared_->log, shared_->classifier, funnel,
                               {static_cast<std::uint32_t>(index)});
  Scratch& s = *scratch_;
  FunnelEngine& engine = s.engines[index];
  const std::size_t steps = funnel.steps.size();
  const FunnelCounting counting = funnel.rules.counting;
  s.Clear();
  bool kept = true;
  if (counting == FunnelCounting::kSessions) {
    for (const SessionRow& session : sessions) {
      const std::size_t begin = s.found.attempts.size();
      const auto rows = events.subspan(session.begin - offset, session.events());
      kept = kept && s.RunRange(engine, funnel, customer, rows, session.begin);
      if (kept) s.CountDeepest(begin, steps);
    }
  } else {
    kept = s.RunRange(engine, funnel, customer, events, offset);
    if (kept && counting == FunnelCounting::kCustomers) s.CountDeepest(0, steps);
    if (kept && counting == FunnelCounting::kAttempts) {
      for (const FunnelAttempt& attempt : s.found.attempts) Count(s.found, attempt, steps, s.trace);
    }
  }
  if (!kept) {
    s.Clear();
    s.trace.dropped = true;
  }
  s.Sort();
  return s.trace;
}

}  // namespace v0
}  // namespace journey
