// What was erased is in no report, no record, and nowhere in the memory of the process.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <random>
#include <sstream>

#include "core/wipe.h"
#include "journey/io/json_writer.h"
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::Engine;
using journey::EngineOptions;
using journey::internal::Wipe;

// A secret of 40 digits that this object never holds as they are. What is looked for is its second half: of memory
// that was given back, the first bytes are the allocator's.
class Secret {
 public:
  static constexpr std::size_t kSize = 20;
  explicit Secret(std::uint64_t seed) {
    std::mt19937_64 random(std::random_device{}() + seed);
    for (unsigned char& c : masked_) c = static_cast<unsigned char>('0' + random() % 10) ^ kMask;
  }
  // Puts it between two texts. The caller wipes that.
  void Put(std::string_view before, std::string_view after, std::span<char> room, std::size_t& size) const {
    size = 0;
    for (const char c : before) room[size++] = c;
    for (const unsigned char c : masked_) room[size++] = static_cast<char>(c ^ kMask);
    for (const char c : after) room[size++] = c;
  }
  [[nodiscard]] bool IsAt(const char* text) const {
    for (std::size_t i = 0; i < kSize; ++i) {
      if ((static_cast<unsigned char>(text[i]) ^ kMask) != masked_[kSize + i]) return false;
    }
    return true;
  }
  [[nodiscard]] bool IsIn(std::string_view text) const {
    for (std::size_t i = 0; i + kSize <= text.size(); ++i) {
      if (IsAt(text.data() + i)) return true;
    }
    return false;
  }

 private:
  static constexpr unsigned char kMask = 0xA5;
  std::array<unsigned char, 2 * kSize> masked_{};
};

// In how many places of the process's writable memory it stands; -1 where that cannot be read.
int PlacesInMemory(const Secret& secret) {
  std::ifstream maps("/proc/self/maps");
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (!maps || memory < 0) return -1;
  static std::array<char, 1 << 20> chunk;  // NOLINT: not on the stack that is looked through
  int places = 0;
  std::string line;
  while (std::getline(maps, line)) {
    unsigned long long begin = 0, end = 0;
    std::array<char, 5> mode{};
    if (std::sscanf(line.c_str(), "%llx-%llx %4s", &begin, &end, mode.data()) != 3 || mode[1] != 'w')
      continue;                                                           // NOLINT
    const auto own = reinterpret_cast<unsigned long long>(chunk.data());  // NOLINT
    while (begin < end) {
      const std::size_t want = std::min<unsigned long long>(end - begin, chunk.size());
      const ssize_t got = pread(memory, chunk.data(), want, static_cast<off_t>(begin));
      if (got <= 0) break;
      for (std::size_t i = 0; i + Secret::kSize <= static_cast<std::size_t>(got); ++i) {
        const bool in_chunk = begin + i >= own && begin + i < own + chunk.size();
        if (!in_chunk && secret.IsAt(chunk.data() + i)) ++places;
      }
      if (static_cast<std::size_t>(got) < chunk.size()) break;
      begin += static_cast<std::size_t>(got) - Secret::kSize;
    }
    Wipe(chunk.data(), chunk.size());
  }
  close(memory);
  return places;
}

struct Secrets {
  Secret email{1}, phone{2}, address{3}, withheld{4};
};

// An event whose texts exist only while it is ingested.
journey::Admission Tell(Engine& engine, const Secrets& secrets, int number, journey::RecordKind kind) {
  std::array<std::array<char, 64>, 4> rooms;
  std::array<std::size_t, 4> sizes{};
  const bool even = number % 2 == 0;  // spelt in two ways
  secrets.email.Put(even ? "Ann" : " ANN", "@Example.ORG", rooms[0], sizes[0]);
  secrets.phone.Put(even ? "+" : "00", "", rooms[1], sizes[1]);
  secrets.address.Put("Mill Lane ", "", rooms[2], sizes[2]);
  secrets.withheld.Put("w", "", rooms[3], sizes[3]);
  const auto text = [&](std::size_t i) { return std::string_view(rooms[i].data(), sizes[i]); };
  const std::string id = "event" + std::to_string(number);
  journey::Event event{.time = test::At(test::kStart + number * test::kMinute),
                       .id = id,
                       .source = "site",
                       .channel = even ? "web" : "app",
                       .name = number % 3 == 0 ? "view" : "pay",
                       .identifiers = {{"email", text(0)}, {"phone", text(1)}},
                       .attributes = {},
                       .kind = kind};
  if (kind == journey::RecordKind::kEvent) {
    event.attributes.push_back({"address", text(2)});
    if (number % 4 == 0) event.identifiers.push_back({"device", "shared"});
    if (number % 5 == 0) event.identifiers = {{"loyalty", text(3)}, {"email", text(0)}};
  } else if (kind == journey::RecordKind::kWithdraw) {
    event.identifiers = {{"loyalty", text(3)}};
  }
  const journey::Admission admission = engine.Ingest(event);
  Wipe(rooms.data(), sizeof rooms);
  return admission;
}

bool Finds(const Engine& engine, const Secrets& secrets, journey::ContextRecord& record) {
  std::array<char, 64> room;
  std::size_t size = 0;
  secrets.email.Put("aNN", "@example.org ", room, size);
  const bool found = engine.Read("email", {room.data(), size}, record);
  Wipe(room.data(), room.size());
  return found;
}

std::uint64_t EraseBy(Engine& engine, const Secret& secret, const char* name_space, const char* before,
                      const char* after) {
  std::array<char, 64> room;
  std::size_t size = 0;
  secret.Put(before, after, room, size);
  const std::uint64_t events = engine.Erase(name_space, {room.data(), size}, journey::kMaxTime);
  Wipe(room.data(), room.size());
  return events;
}

// A host's own copy of what it read is the host's to overwrite.
void WipeRecord(journey::ContextRecord& record) {
  Wipe(const_cast<std::byte*>(record.bytes().data()), record.bytes().size());  // NOLINT
  record = {};
}

bool SaysAnyOf(const Secrets& secrets, std::string_view text) {
  return secrets.email.IsIn(text) || secrets.phone.IsIn(text) || secrets.address.IsIn(text) ||
         secrets.withheld.IsIn(text);
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JOURNEY_KEEPS_FREED_MEMORY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define JOURNEY_KEEPS_FREED_MEMORY
#endif
#endif

#ifndef JOURNEY_KEEPS_FREED_MEMORY
// What is given back while somebody looks: memory is seldom found as it was left, so that looking through it later
// misses most of what was left in it.
namespace {
std::atomic<const Secrets*> looked_for{nullptr};
std::atomic<int> given_back_with_a_secret{0};

void GiveBack(void* memory) {
  if (const Secrets* const secrets = looked_for.load(); secrets != nullptr && memory != nullptr) {
    const std::string_view bytes(static_cast<const char*>(memory), malloc_usable_size(memory));
    if (SaysAnyOf(*secrets, bytes)) ++given_back_with_a_secret;
  }
  std::free(memory);  // NOLINT: it is what malloc gave
}
}  // namespace

void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(std::max(size, std::size_t{1}))) return memory;  // NOLINT
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  GiveBack(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  GiveBack(memory);
}

TEST_CASE("no memory that the engine gives back holds an identifier of a person or what was given") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const Secrets secrets;
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.carried = {"address"};
  options.id_key = "0123456789abcdef";
  given_back_with_a_secret = 0;
  looked_for = &secrets;
  {
    const auto engine = test::MakeEngine(options);
    for (int i = 0; i < 40; ++i)
      Tell(*engine, secrets, i, i == 12 ? journey::RecordKind::kWithdraw : journey::RecordKind::kEvent);
    Tell(*engine, secrets, 41, journey::RecordKind::kLink);
    journey::ContextRecord record;
    REQUIRE(Finds(*engine, secrets, record));
    WipeRecord(record);
    std::ostringstream json;
    WriteJson(engine->Report(), json);
    CHECK(given_back_with_a_secret == 0);
    CHECK(EraseBy(*engine, secrets.email, "email", "Ann", "@example.org") > 10);
    EraseBy(*engine, secrets.withheld, "loyalty", "w", "");
    CHECK(given_back_with_a_secret == 0);
  }
  looked_for = nullptr;
  CHECK(given_back_with_a_secret == 0);
}
#endif

TEST_CASE("an erased person's values are nowhere in the process's memory") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
#ifdef JOURNEY_KEEPS_FREED_MEMORY
  WARN("sanitizers keep what was freed, and map more than can be looked through");
  return;
#endif
  const Secrets secrets;
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.keep_changes = true;
  options.carried = {"address"};
  options.id_key = "0123456789abcdef";
  options.shards = 2;
  const auto engine = test::MakeEngine(options);
  for (int i = 0; i < 200; ++i) {
    const std::string cookie = "c" + std::to_string(i % 30);
    engine->Ingest(test::AsEvent({.time = test::kStart + i * test::kMinute,
                                  .id = "other" + std::to_string(i),
                                  .source = "site",
                                  .channel = "web",
                                  .name = "view",
                                  .identifiers = {{"cookie", cookie}}}));
    if (i % 4 == 0) {
      REQUIRE(
          Tell(*engine, secrets, i, i == 60 ? journey::RecordKind::kWithdraw : journey::RecordKind::kEvent)
              .accepted());
    }
    if (i % 40 == 1) REQUIRE(Tell(*engine, secrets, i, journey::RecordKind::kLink).accepted());
  }
  journey::ContextRecord record;
  REQUIRE(Finds(*engine, secrets, record));
  REQUIRE(record.context().given.size() == 1);
  WipeRecord(record);
  const int before = PlacesInMemory(secrets.email);
  if (before < 0) {
    WARN("the memory of the process cannot be read here");
    return;
  }
  REQUIRE(before > 0);
  REQUIRE(PlacesInMemory(secrets.phone) > 0);
  REQUIRE(PlacesInMemory(secrets.address) > 0);
  REQUIRE(PlacesInMemory(secrets.withheld) > 0);
  std::ostringstream json;
  WriteJson(engine->Report(), json);
  REQUIRE_FALSE(SaysAnyOf(secrets, json.str()));

  REQUIRE(EraseBy(*engine, secrets.email, "email", "Ann", "@example.org") > 40);
  EraseBy(*engine, secrets.withheld, "loyalty", "w", "");
  REQUIRE_FALSE(Finds(*engine, secrets, record));
  // Whoever else is read, asked or told: nothing of it comes out.
  for (int i = 0; i < 30; ++i) {
    REQUIRE(engine->Read("cookie", "c" + std::to_string(i), record));
    const auto bytes = record.bytes();
    REQUIRE_FALSE(SaysAnyOf(secrets, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));  // NOLINT
  }
  std::ostringstream after;
  WriteJson(engine->Report(), after);
  REQUIRE_FALSE(SaysAnyOf(secrets, after.str()));
  CHECK(PlacesInMemory(secrets.email) == 0);
  CHECK(PlacesInMemory(secrets.phone) == 0);
  CHECK(PlacesInMemory(secrets.address) == 0);
  CHECK(PlacesInMemory(secrets.withheld) == 0);
  // It does not come back, and refusing it leaves nothing either.
  for (int i = 0; i < 20; i += 4)
    REQUIRE(Tell(*engine, secrets, i, journey::RecordKind::kEvent).status ==
            journey::AdmissionStatus::kErased);
  CHECK(PlacesInMemory(secrets.email) == 0);
  CHECK(PlacesInMemory(secrets.phone) == 0);
}
