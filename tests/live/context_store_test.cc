#include "live/context_store.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace journey {
namespace {

using internal::ContextStore;
using internal::Epochs;
using internal::IdentifierHash;
using internal::kNoSlot;
using internal::Slot;
using Bytes = std::vector<std::byte>;

Bytes BytesOf(std::string_view text) {
  Bytes bytes(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

// A block that shows whose it is and whether it is whole: 32-bit words of owner, version, length, then a
// pattern.
Bytes SelfChecking(std::uint32_t owner, std::uint32_t version) {
  const std::uint32_t words = 3 + (owner * 7 + version * 13) % 150;
  std::vector<std::uint32_t> block{owner, version, words};
  while (block.size() < words)
    block.push_back((owner * 2654435761U) ^ (version * 40503U + static_cast<std::uint32_t>(block.size())));
  Bytes bytes(block.size() * sizeof(std::uint32_t));
  std::memcpy(bytes.data(), block.data(), bytes.size());
  return bytes;
}

struct Seen {
  std::uint32_t owner = 0;
  std::uint32_t version = 0;
};

std::optional<Seen> Whole(const Bytes& bytes) {
  Seen seen;
  if (bytes.size() < 12) return std::nullopt;
  std::memcpy(&seen.owner, bytes.data(), 4);
  std::memcpy(&seen.version, bytes.data() + 4, 4);
  if (bytes != SelfChecking(seen.owner, seen.version)) return std::nullopt;
  return seen;
}

}  // namespace

TEST_CASE("a block is found by each identifier, with the bytes of its attachments") {
  ContextStore store;
  Bytes out = BytesOf("left over");
  const IdentifierHash mail = store.HashOf("email", "a@example.org");
  const IdentifierHash phone = store.HashOf("phone", "1");
  CHECK_FALSE(store.Read(mail, out));
  CHECK(out.empty());

  const Slot slot = store.Allocate();
  store.Bind(mail, slot);
  store.Bind(phone, slot);
  CHECK_FALSE(store.Read(mail, out));  // bound, but nothing published
  store.Publish(slot, BytesOf("one"), std::vector<std::uint32_t>{2, 7, 0});
  CHECK(store.Read(phone, out));
  CHECK(out == BytesOf("one"));  // no table yet
  store.PublishAttachments({BytesOf("/a"), {}, BytesOf("/c")});
  CHECK(store.Read(mail, out));
  CHECK(out == BytesOf("one/c/a"));  // the table has no 7
  store.PublishAttachments({BytesOf("/x"), BytesOf("/y"), BytesOf("/z")});
  CHECK(store.Read(slot, out));
  CHECK(out == BytesOf("one/z/x"));
  store.Publish(slot, {}, {});
  CHECK(store.Read(mail, out));
  CHECK(out.empty());
  store.Publish(slot, Bytes(100'000, std::byte{5}));
  CHECK(store.Read(mail, out));
  CHECK(out == Bytes(100'000, std::byte{5}));

  store.Unbind(phone);
  CHECK_FALSE(store.Read(phone, out));
  CHECK(store.Read(mail, out));
  store.Release(slot);
  CHECK_FALSE(store.Read(mail, out));
  CHECK_FALSE(store.Read(Slot{0xFFFFFFF0}, out));
  CHECK(store.size() == 0);
  CHECK(store.identifiers() == 1);
}

TEST_CASE("a hash takes in the whole name and the whole value, and depends on the store") {
  const ContextStore store;
  CHECK(store.HashOf("a", "bc") == store.HashOf("a", "bc"));
  CHECK_FALSE(store.HashOf("a", "bc") == store.HashOf("ab", "c"));
  CHECK_FALSE(store.HashOf("", "abc") == store.HashOf("abc", ""));
  CHECK_FALSE(store.HashOf("", "") == store.HashOf("", std::string(1, '\0')));
  for (const std::size_t size : {246U, 247U, 248U, 249U, 5000U}) {
    CAPTURE(size);
    const std::string value(size, 'v');
    CHECK(store.HashOf("n", value) == store.HashOf("n", value));
    CHECK_FALSE(store.HashOf("n", value) == store.HashOf("n", value + "v"));
    CHECK_FALSE(store.HashOf("n", value) == store.HashOf("m", value));
  }
  const ContextStore another;
  CHECK_FALSE(store.HashOf("a", "b") == another.HashOf("a", "b"));
}

TEST_CASE("random operations leave what a map would hold") {
  std::mt19937 random(7);
  const auto draw = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 6; ++round) {
    ContextStore store;
    std::map<std::size_t, Slot> bound;  // identifier -> slot
    std::map<Slot, std::optional<Bytes>> blocks;
    const std::size_t identifiers = round % 2 == 0 ? 40 : 20'000;
    std::vector<IdentifierHash> hashes;
    for (std::size_t i = 0; i < identifiers; ++i) hashes.push_back(store.HashOf("id", std::to_string(i)));
    const auto some = [&] {
      return std::next(blocks.begin(), static_cast<std::ptrdiff_t>(draw(blocks.size())))->first;
    };
    bool same = true;
    for (int step = 0; step < 3000; ++step) {
      const std::size_t what = draw(10);
      const std::size_t id = draw(identifiers);
      if (blocks.empty() || (what == 0 && blocks.size() < 60)) {
        const Slot slot = store.Allocate();
        same = same && blocks.try_emplace(slot, std::nullopt).second;
      } else if (what == 1) {
        const Slot slot = some();
        store.Release(slot);
        blocks.erase(slot);
        // Half of the time identifiers stay bound to the slot that is gone: they answer unknown.
        std::erase_if(bound, [&](const auto& b) {
          if (b.second != slot || draw(2) == 0) return false;
          store.Unbind(hashes[b.first]);
          return true;
        });
      } else if (what < 5) {
        const Slot slot = some();
        const Bytes block(draw(what == 2 ? 20'000 : 700), static_cast<std::byte>(step));
        store.Publish(slot, block);
        blocks[slot] = block;
      } else if (what < 8) {
        store.Bind(hashes[id], bound[id] = some());
      } else {
        store.Unbind(hashes[id]);
        bound.erase(id);
      }
      Bytes out;
      for (const std::size_t probe : {id, draw(identifiers)}) {
        const auto slot = bound.find(probe);
        const auto block = slot == bound.end() ? blocks.end() : blocks.find(slot->second);
        const bool known = block != blocks.end() && block->second.has_value();
        same = same && store.Read(hashes[probe], out) == known && out == (known ? *block->second : Bytes{});
      }
    }
    CHECK(same);
    CHECK(store.size() == blocks.size());
    CHECK(store.identifiers() == bound.size());
    CHECK(store.Collect() == 0);
  }
}

TEST_CASE("many identifiers come and go, and the index grows and shrinks with them") {
  ContextStore store;
  const Slot slot = store.Allocate();
  store.Publish(slot, BytesOf("x"));
  const std::size_t empty = store.bytes();
  std::vector<IdentifierHash> hashes;
  for (int i = 0; i < 100'000; ++i) hashes.push_back(store.HashOf("id", std::to_string(i)));
  for (const IdentifierHash hash : hashes) store.Bind(hash, slot);
  store.Collect();
  CHECK(store.identifiers() == hashes.size());
  CHECK(store.bytes() - empty < hashes.size() * 45);
  Bytes out;
  bool all = true;
  for (const IdentifierHash hash : hashes) all = store.Read(hash, out) && all;
  CHECK(all);
  // One half of the key is not the key.
  CHECK_FALSE(
      store.Read(IdentifierHash{hashes[0].low, hashes[0].high + internal::IdentifierIndex::kStripes}, out));
  CHECK_FALSE(store.Read(IdentifierHash{hashes[0].low ^ 1, hashes[0].high}, out));
  for (const IdentifierHash hash : hashes) store.Unbind(hash);
  store.Collect();
  CHECK(store.identifiers() == 0);
  CHECK(store.bytes() - empty < hashes.size() * 6);
}

TEST_CASE("a slot is given out again only when nothing is bound to it and no reader can be on its way") {
  ContextStore store;
  const IdentifierHash hash = store.HashOf("id", "1");
  const Slot slot = store.Allocate();
  store.Bind(hash, slot);
  store.Release(slot);
  store.Collect();
  CHECK(store.Allocate() != slot);  // still bound
  {
    const Epochs::Pin reader = store.epochs().Enter();
    store.Unbind(hash);
    store.Collect();
    CHECK(store.Allocate() != slot);
  }
  store.Collect();
  CHECK(store.Allocate() == slot);
}

TEST_CASE("what a reader may still see is held back and counted, then zeroed and used again") {
  ContextStore store;
  const Slot slot = store.Allocate();
  store.Publish(slot, Bytes(1000, std::byte{1}));
  const std::size_t before = store.bytes();
  {
    const Epochs::Pin stalled = store.epochs().Enter();
    for (int i = 0; i < 10'000; ++i) store.Publish(slot, Bytes(1000, std::byte{2}));
    CHECK(store.retired_bytes() >= 10'000 * 1000);
    CHECK(store.Collect() == store.retired_bytes());
  }
  CHECK(store.Collect() == 0);
  const std::size_t most = store.bytes();
  for (int i = 0; i < 100'000; ++i) store.Publish(slot, Bytes(1000, std::byte{3}));
  CHECK(store.retired_bytes() < 100'000);
  CHECK(store.bytes() == most);
  CHECK(most > before);
  // Other sizes get the memory of the spans that are empty.
  for (int i = 0; i < 100'000; ++i)
    store.Publish(slot, Bytes(static_cast<std::size_t>(i) % 8000, std::byte{4}));
  CHECK(store.bytes() == most);
}

TEST_CASE("the memory of a block is zero when it is given out again") {
  internal::BlockPool pool;
  for (const std::size_t size : {24U, 400U, 1024U, 1025U, 1280U, 1281U, 2048U, 2049U, 5000U, 8192U}) {
    CAPTURE(size);
    void* neighbour = pool.Allocate(size);  // keeps the span in use
    void* block = pool.Allocate(size);
    std::memset(neighbour, 0x11, size);
    std::memset(block, 0x22, size);
    pool.Free(block, size);
    auto* again = static_cast<unsigned char*>(pool.Allocate(size));
    REQUIRE(again == block);
    // All but the link of the list it was in.
    CHECK(std::all_of(again + sizeof(void*), again + size, [](unsigned char c) { return c == 0; }));
    CHECK(std::all_of(static_cast<unsigned char*>(neighbour), static_cast<unsigned char*>(neighbour) + size,
                      [](unsigned char c) { return c == 0x11; }));
    pool.Free(again, size);
    pool.Free(neighbour, size);
  }
}

TEST_CASE("more pins than cells get further cells, and all are looked at") {
  Epochs epochs;
  int freed = 0;
  const auto free = [](void* count, void* /*object*/) { ++*static_cast<int*>(count); };
  {
    std::vector<std::unique_ptr<Epochs::Pin>> pins;
    for (int i = 0; i < 200; ++i) pins.emplace_back(new Epochs::Pin(epochs.Enter()));
    CHECK(epochs.reader_cells() == 256);
    epochs.Retire({free, &freed, nullptr, 5});
    // Only the one in the last chunk is left.
    while (pins.size() > 1) pins.erase(pins.begin());
    CHECK(epochs.Collect() == 5);
    CHECK(freed == 0);
  }
  CHECK(epochs.Collect() == 0);
  CHECK(freed == 1);
  epochs.Retire({free, &freed, nullptr, 5});
  {
    const Epochs::Pin later = epochs.Enter();
    epochs.Collect();
  }
  CHECK(epochs.Collect() == 0);
  CHECK(freed == 2);
}

TEST_CASE("readers go on while a writer is suspended at any of its steps") {
  // The writer stops at its first step, then at its second, and so on until a whole round has no such step.
  int steps = 0;
  for (int stop_at = 1;; ++stop_at) {
    ContextStore store;
    std::mutex mutex;
    std::condition_variable changed;
    int step = 0;
    bool suspended = false;
    bool go_on = false;
    bool armed = false;
    store.set_pause([&] {
      std::unique_lock lock(mutex);
      if (!armed || ++step != stop_at) return;
      suspended = true;
      changed.notify_all();
      changed.wait(lock, [&] { return go_on; });
    });
    std::vector<IdentifierHash> hashes;
    for (int i = 0; i < 700; ++i) hashes.push_back(store.HashOf("id", std::to_string(i)));
    const Slot slot = store.Allocate();
    const Slot other = store.Allocate();
    store.Publish(slot, SelfChecking(1, 1));
    store.Publish(other, SelfChecking(2, 1));
    for (std::size_t i = 0; i < 400; ++i) store.Bind(hashes[i], slot);
    store.PublishAttachments({BytesOf("a")});
    armed = true;
    bool done = false;
    std::thread writer([&] {
      store.Publish(slot, SelfChecking(1, 2));
      store.Bind(hashes[0], other);
      for (std::size_t i = 400; i < 500; ++i) store.Bind(hashes[i], slot);
      store.Unbind(hashes[400]);
      store.PublishAttachments({BytesOf("b")});
      store.Release(other);
      const std::lock_guard lock(mutex);
      done = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return suspended || done; });
    lock.unlock();
    // Suspended, it stays so until all have read everything: a reader that waited for it would never end.
    Bytes out;
    bool right = true;
    for (std::size_t i = 0; i < 400; ++i) {
      const bool known = store.Read(hashes[i], out);
      right = right && (known || i == 0) && (!known || Whole(out).has_value());
    }
    CHECK(right);
    CHECK_FALSE(store.Read(hashes[600], out));
    lock.lock();
    go_on = true;
    changed.notify_all();
    lock.unlock();
    writer.join();
    CHECK(store.Collect() == 0);
    if (!suspended) break;
    ++steps;
  }
  CHECK(steps > 104);
}

TEST_CASE("four readers see only whole blocks of the right customer while four writers change everything") {
  constexpr std::uint32_t kWriters = 4;
  constexpr std::uint32_t kOwners = 16;  // of each writer; every one has an identifier and, as a rule, a slot
  ContextStore store;
  std::vector<IdentifierHash> hashes;
  for (std::uint32_t i = 0; i < kWriters * kOwners * 2; ++i)
    hashes.push_back(store.HashOf("id", std::to_string(i)));
  std::atomic<bool> stop{false};
  std::atomic<std::uint32_t> writers_done{0};
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> found{0};
  const auto write = [&](std::uint32_t number) {
    std::mt19937 random(number);
    std::vector<Slot> slots(kOwners, kNoSlot);
    for (std::uint32_t version = 1; version < 4000; ++version) {
      const std::uint32_t i = random() % kOwners;
      const std::uint32_t owner = number * kOwners + i;
      if (slots[i] == kNoSlot) {
        slots[i] = store.Allocate();
        store.Publish(slots[i], SelfChecking(owner, version));
        store.Bind(hashes[owner * 2], slots[i]);
        store.Bind(hashes[owner * 2 + 1], slots[i]);
      } else if (random() % 4 == 0) {
        // In either order; the number goes to the next who asks.
        const bool first = random() % 2 == 0;
        if (first) store.Release(slots[i]);
        store.Unbind(hashes[owner * 2]);
        store.Unbind(hashes[owner * 2 + 1]);
        if (!first) store.Release(slots[i]);
        slots[i] = kNoSlot;
      } else {
        store.Publish(slots[i], SelfChecking(owner, version));
      }
      // Identifiers that come and go make the part of the index that readers search rebuild itself.
      if (slots[i] == kNoSlot) continue;
      const IdentifierHash passing{random() * 0x9E3779B97F4A7C15ULL, hashes[owner * 2].high};
      store.Bind(passing, slots[i]);
      store.Unbind(passing);
    }
    writers_done.fetch_add(1);
  };
  const auto read = [&](std::uint32_t number) {
    std::mt19937 random(100 + number);
    std::map<std::uint32_t, std::uint32_t> latest;
    Bytes out;
    while (!stop.load(std::memory_order_relaxed)) {
      const auto identifier = static_cast<std::uint32_t>(random() % hashes.size());
      if (!store.Read(hashes[identifier], out)) continue;
      const std::optional<Seen> seen = Whole(out);
      // Never a stranger's, never half, and never older than what this reader has seen.
      if (!seen || seen->owner != identifier / 2 || seen->version < latest[seen->owner]) {
        wrong.fetch_add(1);
      } else {
        latest[seen->owner] = seen->version;
      }
      found.fetch_add(1, std::memory_order_relaxed);
    }
  };
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < 4; ++i) threads.emplace_back(read, i);
  for (std::uint32_t i = 0; i < kWriters; ++i) threads.emplace_back(write, i);
  while (writers_done.load() < kWriters || found.load() < 20'000) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong.load() == 0);
  CHECK(store.Collect() == 0);
}

}  // namespace journey
