// A whole log at once, on several threads. Identifiers are looked at first, each once, then rows; only the spellings of
// one value, the numbers of the keys and the uniting itself are one thread's work.
#include <algorithm>
#include <span>

#include "core/resize_on.h"
#include "core/workers.h"
#include "identity/evidence.h"
#include "identity/normal_form.h"
#include "journey/core/column.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Pairs that were united lately need not be united again: most rows repeat what an earlier one said.
class RecentPairs {
 public:
  // Whether the pair is new, as far as is remembered.
  bool Add(Key a, Key b) {
    const std::uint64_t pair = std::uint64_t{a} << 32 | b;
    std::uint64_t& place = places_[(pair * 0x9E3779B97F4A7C15U) >> (64 - kBits)];
    if (place == pair) return false;
    place = pair;
    return true;
  }

 private:
  static constexpr int kBits = 14;
  std::vector<std::uint64_t> places_ =
      std::vector<std::uint64_t>(std::size_t{1} << kBits);  // a pair is never 0, 0
};

constexpr std::uint8_t kTakesPart = 1, kOnEvent = 2;

}  // namespace

// What one thread found on its rows. Nodes are keys before these are numbered: an identifier that is its own normal form
// is the node of its number; behind those are the values of names_.
struct Evidence::RowsSeen {
  Column<std::uint8_t> present;  // by IdentifierId
  Column<KeyPair> pairs;         // that were on a row together
  std::vector<EventIndex> corrections;
  std::uint64_t placeholders = 0;
};

UnionFind Evidence::ObserveAll(RowTable<Key>& key_of_row, Workers& workers) {
  LearnNamespaces();
  const bool own = FindNodes(workers);
  std::vector<RowsSeen> seen(workers.count());
  const auto rows = log_.size();
  ResizeOn(workers, key_of_row, rows);
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(rows, part, workers.count(), 64);
    if (own)
      SeeRows<true>(range.begin, range.end, key_of_row, seen[part]);
    else
      SeeRows<false>(range.begin, range.end, key_of_row, seen[part]);
  });
  const bool renumbered = NumberKeys(seen, workers);
  UnionFind sets = UniteAll(seen, renumbered);
  if (renumbered) {
    workers.Run([&](unsigned part) {
      const auto range = Workers::PartOf(rows, part, workers.count(), 64);
      for (std::size_t row = range.begin; row < range.end; ++row) {
        if (key_of_row[row] != kNoKey) key_of_row[row] = key_of_node_[key_of_row[row]];
      }
    });
  }
  key_of_node_ = {};
  space_of_id_ = {};
  if (policy_.max_neighbours != 0 && sets.largest() > std::size_t{policy_.max_neighbours} + 1) {
    // All neighbours of a key are in its set.
    std::vector<bool> large(keys());
    for (Key key = 0; key < keys(); ++key)
      large[key] = sets.SizeOf(key) > std::size_t{policy_.max_neighbours} + 1;
    if (FindHubs(large, key_of_row)) UniteAgain(large, sets, key_of_row);
  }
  for (const EventIndex row : corrections_) {
    const RowKeys row_keys = KeysOf(row);
    key_of_row[row.value] = row_keys.empty() ? kNoKey : row_keys.keys[0];
  }
  return sets;
}

// key_of_ gets the node of each identifier, or kNoKey where its value is blocked. Whether each is its own node.
bool Evidence::FindNodes(Workers& workers) {
  const SymbolTable& values = log_.identifier_values();
  key_of_.ResizeToWrite(values.size());
  space_of_id_.ResizeToWrite(values.size());
  std::vector<std::vector<IdentifierId>> spelt(workers.count());  // that are not their own normal form
  std::vector<std::uint8_t> blocks(workers.count());              // whether some are blocked
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(values.size(), part, workers.count(), 64);
    bool blocks_some = false;
    for (auto id = static_cast<std::uint32_t>(range.begin); id < range.end; ++id) {
      const std::string_view value = values.text(id);
      space_of_id_[id] = values.tag(id);
      const NamespacePolicy& policy = namespaces_[space_of_id_[id]].policy;
      if (!IsNormal(value, policy.normalizer)) {
        spelt[part].push_back({id});
        continue;
      }
      const bool blocked = IsBlocked(value, policy);
      key_of_[id] = blocked ? kNoKey : id;
      blocks_some = blocks_some || blocked;
    }
    blocks[part] = static_cast<std::uint8_t>(blocks_some);
  });
  bool own = std::ranges::find(blocks, 1) == blocks.end();
  for (const std::vector<IdentifierId>& list : spelt) {
    own = own && list.empty();
    for (const IdentifierId id : list) key_of_[id.value] = NodeOfSpelling(id);
  }
  return own;
}

// The log may have the normal form as it is, too; only if that is its own normal form it is the same key: of digits,
// 000049 is 0049, and 0049 is 49.
Key Evidence::NodeOfSpelling(IdentifierId id) {
  const SymbolTable& values = log_.identifier_values();
  const std::uint32_t name_space = values.tag(id.value);
  const NamespacePolicy& policy = namespaces_[name_space].policy;
  const NormalForm normal(values.text(id.value), policy.normalizer);
  if (IsBlocked(normal.text(), policy)) return kNoKey;
  if (IsNormal(normal.text(), policy.normalizer)) {
    if (const auto same = values.Find(normal.text(), name_space)) return *same;
  }
  return static_cast<Key>(key_of_.size()) + names_.Intern(normal.text(), name_space);
}

// kOwn: every identifier is its own node, so that none has to be asked for.
template <bool kOwn>
void Evidence::SeeRows(std::size_t begin, std::size_t end, RowTable<Key>& node_of_row, RowsSeen& seen) const {
  seen.present.resize(key_of_.size());
  RecentPairs recent;
  const std::span<const RecordKind> kinds = log_.kinds();
  // At hand, as a byte that is written may be any of them to a compiler.
  std::uint8_t* const present = seen.present.data();
  const Key* const node_of = key_of_.data();
  Key* const first_of_row = node_of_row.data();
  for (auto row = static_cast<std::uint32_t>(begin); row < end; ++row) {
    const RecordKind kind = kinds[row];
    Key first = kNoKey;
    if (TakesPart(kind)) {
      const bool is_event = kind == RecordKind::kEvent;
      const std::uint8_t mark = is_event ? kTakesPart | kOnEvent : kTakesPart;
      const bool links = kind != RecordKind::kUnlink && kind != RecordKind::kRelink;
      if (!links) seen.corrections.push_back({row});
      for (const IdentifierId id : log_.identifiers({row})) {
        const Key node = kOwn ? id.value : node_of[id.value];
        if (!kOwn && node == kNoKey) {
          seen.placeholders += is_event ? 1 : 0;
          continue;
        }
        present[id.value] |= mark;
        if (first == kNoKey)
          first = node;
        else if (links && first != node && recent.Add(first, node))
          seen.pairs.push_back({first, node});
      }
    }
    first_of_row[row] = first;
  }
}

// From nodes to keys: those that rows have, in the order of nodes. key_of_ gets the keys; key_of_node_ is to be used
// where the answer says that some node has another number as a key.
bool Evidence::NumberKeys(std::vector<RowsSeen>& seen, Workers& workers) {
  const std::size_t identifiers = key_of_.size(), nodes = identifiers + names_.size();
  Column<std::uint8_t>& present = seen.front().present;
  Column<std::uint8_t> of_node;
  of_node.ResizeToWrite(identifiers);
  std::vector<std::vector<std::uint32_t>> spelt(workers.count());  // that are there, and another's node
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(identifiers, part, workers.count(), 64);
    for (std::size_t id = range.begin; id < range.end; ++id) {
      for (std::size_t i = 1; i < seen.size(); ++i) present[id] |= seen[i].present[id];
      of_node[id] = key_of_[id] == id ? present[id] : 0;
      if (key_of_[id] != id && present[id] != 0) spelt[part].push_back(static_cast<std::uint32_t>(id));
    }
  });
  of_node.resize(nodes);
  for (const std::vector<std::uint32_t>& ids : spelt) {
    for (const std::uint32_t id : ids) of_node[key_of_[id]] |= present[id];
  }
  key_of_node_.ResizeToWrite(nodes);
  for (auto* const column : {&sources_, &name_spaces_}) column->reserve(nodes);
  flags_.reserve(nodes);
  bool renumbered = false;
  for (Key node = 0; node < nodes; ++node) {
    if (of_node[node] == 0) {
      key_of_node_[node] = kNoKey;
      continue;
    }
    const bool own = node < identifiers;
    const std::uint32_t source = own ? node : node - static_cast<Key>(identifiers);
    const std::uint32_t name_space = own ? space_of_id_[source] : names_.tag(source);
    const bool on_event = (of_node[node] & kOnEvent) != 0;
    key_of_node_[node] =
        AddKey(source, name_space, static_cast<std::uint8_t>((on_event ? kSeen : 0) | (own ? 0 : kOwnText)));
    distinct_ += on_event;
    renumbered = renumbered || key_of_node_[node] != node;
  }
  key_of_name_.append(std::span<const Key>(key_of_node_).subspan(identifiers));
  workers.Run([&](unsigned part) {
    const auto range = Workers::PartOf(identifiers, part, workers.count(), 64);
    for (std::size_t id = range.begin; id < range.end; ++id) {
      // A spelling that no row has is not known, though its normal form may be.
      const Key node = key_of_[id];
      if (node != kNoKey) key_of_[id] = node != id && present[id] == 0 ? kUnsettled : key_of_node_[node];
    }
  });
  return renumbered;
}

UnionFind Evidence::UniteAll(std::vector<RowsSeen>& seen, bool renumbered) {
  UnionFind sets(keys());
  constexpr std::size_t kAhead = 16;
  for (RowsSeen& of_thread : seen) {
    placeholders_ += of_thread.placeholders;
    corrections_.insert(corrections_.end(), of_thread.corrections.begin(), of_thread.corrections.end());
    auto& pairs = of_thread.pairs;
    if (renumbered) {
      for (KeyPair& pair : pairs) pair = {key_of_node_[pair.key], key_of_node_[pair.neighbour]};
    }
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (i + kAhead < pairs.size()) sets.Prefetch(pairs[i + kAhead].key, pairs[i + kAhead].neighbour);
      sets.Unite(pairs[i].key, pairs[i].neighbour);
    }
  }
  return sets;
}

// Counts the neighbours of the keys that are on so many rows that they may have too many. Whether any has.
bool Evidence::FindHubs(const std::vector<bool>& large, const RowTable<Key>& key_of_row) {
  const auto rows = static_cast<std::uint32_t>(key_of_row.size());
  const auto skip = [&](std::uint32_t row) {
    return key_of_row[row] == kNoKey || !large[key_of_row[row]] || !ShowsNeighbours({row});
  };
  std::vector<std::uint32_t> places(keys());  // of others, on the rows of a key; no further than needed
  bool possible = false;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (skip(row)) continue;
    const std::span<const IdentifierId> ids = log_.identifiers({row});
    for (const IdentifierId id : ids) {
      const Key key = key_of_[id.value];
      if (key == kNoKey || places[key] > policy_.max_neighbours || tier(key) == 0) continue;
      places[key] += static_cast<std::uint32_t>(ids.size() - 1);
      possible = possible || places[key] > policy_.max_neighbours;
    }
  }
  if (!possible) return false;
  neighbours_.resize(keys());
  last_neighbour_.resize(keys(), kNoKey);
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (skip(row)) continue;
    const std::span<const IdentifierId> ids = log_.identifiers({row});
    for (const IdentifierId id : ids) {
      const Key key = key_of_[id.value];
      if (key == kNoKey || places[key] <= policy_.max_neighbours || hub(key)) continue;
      for (const IdentifierId other : ids) {
        const Key neighbour = key_of_[other.value];
        if (neighbour != kNoKey && neighbour != key) CountNeighbour(key, neighbour);
      }
    }
  }
  neighbours_ = {};
  last_neighbour_ = {};
  pairs_ = {};
  pair_index_ = {};
  return hub_count_ != 0;
}

// Takes the large sets apart and unites them again without their hubs.
void Evidence::UniteAgain(const std::vector<bool>& large, UnionFind& sets, RowTable<Key>& key_of_row) const {
  for (Key key = 0; key < large.size(); ++key) {
    if (large[key]) sets.Reset(key);
  }
  for (std::uint32_t row = 0; row < key_of_row.size(); ++row) {
    if (key_of_row[row] == kNoKey || !large[key_of_row[row]] || !Links({row})) continue;
    Key first = kNoKey;
    for (const IdentifierId id : log_.identifiers({row})) {
      const Key key = key_of_[id.value];
      if (key == kNoKey || hub(key)) continue;
      if (first == kNoKey)
        first = key;
      else
        sets.Unite(first, key);
    }
    key_of_row[row] = first;
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
