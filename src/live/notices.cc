#include "live/notices.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {

thread_local std::vector<Notices::News>* Notices::telling_ = nullptr;
thread_local const Notices* Notices::teller_ = nullptr;

TimePoint Notices::TimeOf(const News& news) {
  const auto* const finding = std::get_if<FindingFact>(&news.fact.what);
  return finding != nullptr ? finding->time : std::get<JourneyFact>(news.fact.what).ended;
}

// Findings that were not there in another form, and journeys that have ended just now, in the order of their time.
std::vector<Notices::News> Notices::NewsIn(const std::vector<Told>& changes) {
  std::map<FactId, const Fact*> before;
  for (const Told& told : changes) {
    if (!told.change.inserted) before.emplace(told.change.fact.id, &told.change.fact);
  }
  std::vector<News> news;
  for (const Told& told : changes) {
    const Fact& fact = told.change.fact;
    if (!told.change.inserted) continue;
    const auto was = before.find(fact.id);
    if (std::holds_alternative<FindingFact>(fact.what)) {
      if (was == before.end()) news.push_back({fact, told.customer});
    } else if (const auto* const journey = std::get_if<JourneyFact>(&fact.what)) {
      if (journey->outcome == Outcome::kOpen) continue;
      if (was == before.end() || std::get<JourneyFact>(was->second->what).outcome == Outcome::kOpen)
        news.push_back({fact, told.customer});
    }
  }
  std::ranges::stable_sort(news, {}, TimeOf);
  return news;
}

void Notices::Record(std::vector<Told> changes) {
  if (changes.empty()) return;
  std::vector<News> news;
  if (options_.listener != nullptr) news = NewsIn(changes);
  const std::scoped_lock lock(mutex_);
  waiting_.insert(waiting_.end(), std::make_move_iterator(news.begin()), std::make_move_iterator(news.end()));
  if (!options_.keep_changes || lost_) return;
  if (changes_.size() + changes.size() > options_.budgets.max_changes) {
    lost_ = true;
    changes_ = {};
    return;
  }
  for (Told& told : changes) changes_.push_back(std::move(told.change));
}

void Notices::Deliver(std::vector<Told> changes) {
  Record(std::move(changes));
  if (options_.listener == nullptr) return;
  const auto take_waiting = [this] {
    const std::scoped_lock lock(mutex_);
    return std::exchange(waiting_, {});
  };
  if (teller_ == this) {  // called by the listener: it hears of this when it has returned
    for (News& news : take_waiting()) telling_->push_back(std::move(news));
    return;
  }
  std::vector<News> telling = take_waiting();
  const auto outer = std::pair(std::exchange(telling_, &telling), std::exchange(teller_, this));
  for (std::size_t i = 0; i < telling.size(); ++i) {
    const News news = std::move(telling[i]);  // the list may grow meanwhile
    Call(news);
  }
  std::tie(telling_, teller_) = outer;
}

void Notices::Call(const News& news) {
  running_.fetch_add(1, std::memory_order_relaxed);
  try {
    if (std::holds_alternative<FindingFact>(news.fact.what))
      options_.listener->OnFinding(news.fact, news.customer);
    else
      options_.listener->OnJourneyEnd(news.fact, news.customer);
  } catch (...) {  // the host's; it must not end the ingestion
    failed_.fetch_add(1, std::memory_order_relaxed);
  }
  running_.fetch_sub(1, std::memory_order_relaxed);
}

std::vector<Change> Notices::Take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(changes_, {});
}

void Notices::AddTo(EngineStatistics& statistics) const {
  const std::scoped_lock lock(mutex_);
  statistics.changes_lost = lost_;
  statistics.callbacks_failed = failed_.load(std::memory_order_relaxed);
  statistics.callbacks_running = running_.load(std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
