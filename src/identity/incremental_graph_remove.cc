// What is taken back from an incremental graph: unlinks and relinks, and rows that link.
#include <algorithm>
#include <map>
#include <set>

#include "identity/incremental_graph_impl.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

using internal::Key;
using internal::RowKeys;

// Whether the latest record about a pair is an unlink.
bool IncrementalGraph::Impl::Unlinked(const Pair& pair) const {
  const auto found = records.find(pair);
  if (found == records.end()) return false;
  const auto latest =
      std::max_element(found->second.begin(), found->second.end(),
                       [&](EventIndex a, EventIndex b) { return a != b && log.Before(a, b); });
  return log.kind(*latest) == RecordKind::kUnlink;
}

// An unlink or a relink: the latest about a pair decides, whatever the order in which they come.
void IncrementalGraph::Impl::Correct(EventIndex row) {
  const RowKeys row_keys = evidence.KeysWithHubsOf(row);
  if (row_keys.count != 2) return;
  const Pair pair = std::minmax(row_keys.keys[0], row_keys.keys[1]);
  const bool was = Unlinked(pair);
  records[pair].push_back(row);
  Decide(pair, was);
}

void IncrementalGraph::Impl::TakeBack(EventIndex row) {
  const RowKeys row_keys = evidence.KeysWithHubsOf(row);
  if (row_keys.count != 2) return;
  const Pair pair = std::minmax(row_keys.keys[0], row_keys.keys[1]);
  const bool was = Unlinked(pair);
  const auto entry = records.find(pair);
  std::erase(entry->second, row);
  if (entry->second.empty()) records.erase(entry);
  Decide(pair, was);
}

// The records about a pair are others than before.
void IncrementalGraph::Impl::Decide(const Pair& pair, bool was_unlinked) {
  const bool is = Unlinked(pair);
  if (was_unlinked == is) return;
  unlinked_stale = true;
  for (const auto& [key, other] : {pair, Pair(pair.second, pair.first)}) {
    if (!is) {
      partners[key].erase(other);
      continue;
    }
    const bool listed = partners.contains(key);
    partners[key].insert(other);
    if (!listed && keys[key].present) ComponentOf(Find(key)).AddUnlinked({&key, 1});
  }
  if (keys[pair.first].present && keys[pair.second].present && Find(pair.first) == Find(pair.second)) {
    Component& component = ComponentOf(Find(pair.first));
    component.pairs_inside = is ? component.pairs_inside + 1 : component.pairs_inside - 1;
    if (!component.conflicted() && component.labelled) {  // the root is their label again
      NoteAll(component);
      component.labelled = false;
    }
  }
  for (const Key key : {pair.first, pair.second}) {
    if (keys[key].present) NoteConflict(Find(key));
  }
}

void IncrementalGraph::Impl::Remove(std::span<const EventIndex> rows) {
  std::vector<std::uint32_t> linking;
  for (const EventIndex row : rows) {
    JOURNEY_CHECK(added(row.value));
    flags[row.value] &= static_cast<std::uint8_t>(~kAdded);
    if (!internal::Evidence::TakesPart(log.kind(row))) continue;
    for (const Key key : evidence.KeysWithHubsOf(row)) --keys[key].carriers;
    if (evidence.Links(row)) {
      linking.push_back(row.value);
      continue;
    }
    TakeBack(row);
    evidence.Unobserve(row);
  }
  if (!linking.empty()) RemoveLinking(linking);
}

void IncrementalGraph::Impl::RemoveLinking(const std::vector<std::uint32_t>& rows) {
  std::vector<std::uint32_t> touched = rows;
  std::set<Key> roots;
  const auto touch = [&](std::uint32_t row) {
    for (const Key key : evidence.KeysWithHubsOf({row})) {
      if (!keys[key].present || !roots.insert(Find(key)).second) continue;
      const std::vector<std::uint32_t> more = RowsOf(ComponentOf(Find(key)));
      touched.insert(touched.end(), more.begin(), more.end());
    }
  };
  for (const std::uint32_t row : rows) touch(row);
  const std::vector<std::uint32_t> left = LeaveHubs(rows);
  for (const std::uint32_t row : left) touch(row);
  touched.insert(touched.end(), left.begin(), left.end());
  std::ranges::sort(touched);
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());

  for (const std::uint32_t row : touched) {
    evidence.Unobserve({row});
    Reset(row);
  }
  std::erase_if(touched, [&](std::uint32_t row) { return !added(row); });
  for (const std::uint32_t row : touched) {
    // No key gets more neighbours by what is taken away.
    const bool new_hub = evidence.Observe({row});
    JOURNEY_CHECK(!new_hub);
    static_cast<void>(new_hub);
  }
  for (const std::uint32_t row : touched) Insert(row);
}

// Looks whether the hubs on removed rows still are such. The answer: the other rows that carry one which is not.
std::vector<std::uint32_t> IncrementalGraph::Impl::LeaveHubs(const std::vector<std::uint32_t>& rows) {
  struct Hub {
    std::set<Key> neighbours;  // up to the limit and one more
    std::vector<std::uint32_t> rows;
    bool seen = false;
  };
  std::map<Key, Hub> hubs;
  for (const std::uint32_t row : rows) {
    for (const Key key : evidence.KeysWithHubsOf({row})) {
      if (evidence.hub(key)) hubs[key];
    }
  }
  std::vector<std::uint32_t> left;
  if (hubs.empty()) return left;
  for (std::uint32_t row = 0; row < flags.size(); ++row) {
    if (!added(row) || !evidence.Links({row})) continue;
    const RowKeys row_keys = evidence.KeysWithHubsOf({row});
    for (const Key key : row_keys) {
      if (!evidence.hub(key)) continue;
      const auto found = hubs.find(key);
      if (found == hubs.end()) continue;
      Hub& hub = found->second;
      hub.rows.push_back(row);
      hub.seen = hub.seen || log.kind({row}) == RecordKind::kEvent;
      if (!evidence.ShowsNeighbours({row})) continue;
      for (const Key other : row_keys) {
        if (other != key && hub.neighbours.size() <= policy.max_neighbours) hub.neighbours.insert(other);
      }
    }
  }
  for (const auto& [key, hub] : hubs) {
    if (hub.neighbours.size() > policy.max_neighbours) {
      evidence.SetSeen(key, hub.seen);
      continue;
    }
    evidence.LeaveHub(key);
    left.insert(left.end(), hub.rows.begin(), hub.rows.end());
  }
  return left;
}

void IncrementalGraph::Remove(std::span<const EventIndex> rows) {
  impl_->Remove(rows);
}

void IncrementalGraph::WipeUnusedKeys() {
  std::vector<std::uint32_t> carriers;
  carriers.reserve(impl_->keys.size());
  for (const Impl::KeyState& key : impl_->keys) carriers.push_back(key.carriers);
  impl_->evidence.ForgetKeys(carriers);
}

}  // namespace v0
}  // namespace journey
