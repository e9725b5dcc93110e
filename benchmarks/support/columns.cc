#include "support/columns.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace journey::bench {

WorkloadColumns::WorkloadColumns(const Workload& workload) {
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> touchpoints;
  Event event;
  for (std::size_t i = 0; i < workload.size(); ++i) {
    workload.Fill(i, event);
    source_ = event.source;
    times_.push_back(event.time);
    sequences_.push_back(event.sequence.value_or(i));
    channels_.push_back(event.channel);
    names_.push_back(event.name);
    const auto [entry, fresh] =
        touchpoints.try_emplace({event.channel, event.name}, static_cast<std::uint32_t>(touchpoints.size()));
    if (fresh) touchpoint_texts_.emplace_back(event.channel, event.name);
    touchpoints_.push_back({entry->second});
    for (List& list : lists_) list.texts.emplace_back();
    for (const Identifier& identifier : event.identifiers) {
      auto list = std::ranges::find(lists_, identifier.name_space, &List::name_space);
      if (list == lists_.end()) {
        list = lists_.insert(lists_.end(), {.name_space = identifier.name_space, .texts = {}, .numbers = {}});
        list->texts.resize(i + 1);
      }
      list->texts[i] = identifier.value;
    }
  }
  for (List& list : lists_) {
    std::unordered_map<std::string_view, std::uint64_t> numbers;
    for (const std::string_view text : list.texts) {
      // Spread over 63 bits, as numbers given out elsewhere are.
      const auto [entry, fresh] = numbers.try_emplace(text, (numbers.size() + 1) * 0x9E3779B97F4A7C15U >> 1);
      list.numbers.push_back(text.empty() ? IdentifierColumn::kNoNumber : entry->second);
    }
  }
}

EventLog WorkloadColumns::AppendTexts(unsigned threads) const {
  std::vector<IdentifierColumn> identifiers;
  for (const List& list : lists_) identifiers.push_back({.name_space = list.name_space, .texts = list.texts});
  EventLog log;
  log.Append({.source = source_,
              .times = times_,
              .sequences = sequences_,
              .channels = channels_,
              .names = names_,
              .identifiers = identifiers},
             {}, threads);
  return log;
}

EventLog WorkloadColumns::AppendNumbers(unsigned threads) const {
  std::vector<IdentifierColumn> identifiers;
  for (const List& list : lists_)
    identifiers.push_back({.name_space = list.name_space, .numbers = list.numbers});
  EventLog log;
  for (const auto& [channel, name] : touchpoint_texts_) static_cast<void>(log.AddTouchpoint(channel, name));
  log.Append({.source = source_,
              .times = times_,
              .sequences = sequences_,
              .touchpoints = touchpoints_,
              .identifiers = identifiers},
             {}, threads);
  return log;
}

EventLog WorkloadColumns::AppendEvents() const {
  EventLog log;
  Event event{.source = source_};
  for (std::size_t i = 0; i < size(); ++i) {
    event.time = times_[i];
    event.sequence = sequences_[i];
    event.channel = channels_[i];
    event.name = names_[i];
    event.identifiers.clear();
    for (const List& list : lists_) {
      if (!list.texts[i].empty()) event.identifiers.push_back({list.name_space, list.texts[i]});
    }
    log.Append(event);
  }
  return log;
}

const WorkloadColumns& ColumnsOf(const WorkloadOptions& options) {
  static std::optional<WorkloadOptions> kept_options;
  static std::unique_ptr<const Workload> workload;
  static std::unique_ptr<const WorkloadColumns> kept;
  if (kept_options != options) {
    kept = nullptr;
    workload = std::make_unique<const Workload>(options);
    kept = std::make_unique<const WorkloadColumns>(*workload);
    kept_options = options;
  }
  return *kept;
}

}  // namespace journey::bench
