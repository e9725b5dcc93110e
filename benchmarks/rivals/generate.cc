#include "generate.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace journey::rivals {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'704'067'200 * kSecond;  // 2024-01-01
constexpr std::uint64_t kSpanSeconds = 90 * 86'400;
constexpr std::uint64_t kLatestSeconds = 6 * 3600;

enum Channel : std::uint8_t { kWeb, kApp, kPortal, kEmail, kChat, kPhone };
constexpr const char* kChannels[] = {"web", "app", "portal", "email", "chat", "phone"};
// The first three are the steps of the journey.
constexpr const char* kNames[] = {"view",    "cart", "purchase", "home",   "search",       "category",
                                  "account", "help", "message",  "review", "order_status", "newsletter"};
constexpr std::uint64_t kSteps = 3;

constexpr std::uint8_t kNone = 0xFF;

std::uint64_t Mix(std::uint64_t x) {  // the finaliser of SplitMix64
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(Mix(seed ^ 0x5EED)) {}
  std::uint64_t Next() { return Mix(state_ += 0x9E3779B97F4A7C15U); }
  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }
  bool Chance(std::uint64_t permille) { return Below(1000) < permille; }
  // One of [0, n); the small ones far more often, as the square of a number that is spread evenly.
  std::uint64_t Skewed(std::uint64_t n) {
    const std::uint64_t u = Next() >> 32;
    return ((u * u) >> 32) * n >> 32;
  }

 private:
  std::uint64_t state_;
};

struct Row {
  std::int64_t time_us;
  std::int64_t arrival_us;
  std::uint32_t customer;
  std::uint32_t sequence;
  std::uint8_t name;
  std::uint8_t channel;
  std::uint8_t device;  // kNone, or which one
  std::uint8_t email;   // kNone, or which one
  bool user;
};

// What a customer is like; a function of the number alone.
struct Traits {
  bool has_user;
  std::uint64_t browsers;  // beside the app
  std::uint64_t emails;

  Traits(std::uint64_t seed, std::uint32_t customer) {
    Random random(Mix(seed) + customer);
    has_user = random.Chance(600);
    browsers = random.Chance(300) ? 2 : 1;
    emails = random.Chance(50) ? 2 : 1;
  }
};

// Says who it was: a device where there is one, else the user id or an e-mail address; never nobody.
void Identify(const Traits& traits, std::uint64_t browser, bool logged_in, Random& random, Row& row) {
  const bool on_device = row.channel == kWeb || row.channel == kApp || row.channel == kPortal;
  row.device = on_device ? static_cast<std::uint8_t>(row.channel == kApp ? 2 : browser) : kNone;
  row.user = traits.has_user && (on_device ? logged_in : row.channel != kEmail);
  const bool mail = !on_device && !row.user;
  row.email = mail || random.Chance(30) ? static_cast<std::uint8_t>(random.Below(traits.emails)) : kNone;
}

std::uint64_t GapSeconds(Random& random) {
  const std::uint64_t dice = random.Below(1000);
  if (dice < 50) return 0;
  if (dice < 900) return 1 + random.Below(120);
  if (dice < 970) return 121 + random.Below(1500);
  return 1801 + random.Below(3600);  // longer than a session's gap
}

void AddSession(std::uint64_t seed, std::size_t events, std::uint32_t customer, Random& random,
                std::vector<Row>& rows) {
  const Traits traits(seed, customer);
  const std::uint64_t browser = random.Chance(300) ? traits.browsers - 1 : 0;
  const bool logged_in = random.Chance(350);
  const bool shops = random.Chance(500);
  auto channel = static_cast<std::uint8_t>(random.Skewed(std::size(kChannels)));
  std::uint64_t length = 1 + random.Below(8);
  if (random.Chance(150)) length += random.Below(24);
  std::uint64_t progress = 0;
  std::int64_t time = kStart + static_cast<std::int64_t>(random.Below(kSpanSeconds)) * kSecond;
  for (std::uint64_t i = 0; i < length && rows.size() < events; ++i) {
    if (i > 0) time += static_cast<std::int64_t>(GapSeconds(random)) * kSecond;
    if (random.Chance(100)) channel = static_cast<std::uint8_t>(random.Skewed(std::size(kChannels)));
    Row row{.time_us = time,
            .arrival_us = time,
            .customer = customer,
            .sequence = static_cast<std::uint32_t>(rows.size()),
            .name = static_cast<std::uint8_t>(kSteps + random.Below(std::size(kNames) - kSteps)),
            .channel = channel,
            .device = kNone,
            .email = kNone,
            .user = false};
    if (shops && random.Chance(600)) {
      row.name = static_cast<std::uint8_t>(progress);
      if (random.Chance(600)) progress = (progress + 1) % kSteps;
    }
    if (random.Chance(100))
      row.arrival_us += static_cast<std::int64_t>(random.Below(kLatestSeconds)) * kSecond;
    Identify(traits, browser, logged_in, random, row);
    rows.push_back(row);
  }
}

void AppendHex(std::string& to, std::uint64_t value, int digits) {
  for (int i = digits; i-- > 0;) to += "0123456789abcdef"[value >> (4 * i) & 15];
}
void AppendDigits(std::string& to, std::uint64_t value, std::size_t digits) {
  const std::string text = std::to_string(value);
  to.append(digits - std::min(digits, text.size()), '0');
  to += text;
}

// Customers are numbered by how busy they are; their identifiers must not tell.
void AppendRow(std::uint64_t seed, const Row& row, std::string& to) {
  const std::uint64_t person = Mix(seed * 31 + row.customer + 1);
  to += std::to_string(row.time_us) + ',';
  if (row.user) {
    to += 'u';
    AppendDigits(to, row.customer * std::uint64_t{7'919} % 1'000'000'007, 10);
  }
  to += ',';
  if (row.device != kNone) {
    const std::uint64_t low = Mix(person + row.device);
    AppendHex(to, person >> 32, 8);
    for (const int shift : {16, 0}) AppendHex(to += '-', person >> shift & 0xFFFF, 4);
    AppendHex(to += '-', low >> 48, 4);
    AppendHex(to += '-', low & 0xFFFF'FFFF'FFFF, 12);
  }
  to += ',';
  if (row.email != kNone) {
    to += 'p';
    AppendDigits(to, row.customer * std::uint64_t{2} + row.email, 10);
    to += "@example.org";
  }
  for (const std::string& cell :
       {std::string(kNames[row.name]), std::string(kChannels[row.channel]), std::to_string(row.sequence)}) {
    (to += ',') += cell;
  }
  to += '\n';
}

}  // namespace

bool Generate(std::size_t events, std::uint64_t seed, std::FILE* file) {
  Random random(seed);
  const std::uint64_t customers = std::max<std::uint64_t>(1, events / 20);
  std::vector<Row> rows;
  rows.reserve(events);
  while (rows.size() < events)
    AddSession(seed, events, static_cast<std::uint32_t>(random.Skewed(customers)), random, rows);
  std::ranges::sort(rows, {}, [](const Row& row) { return std::pair(row.arrival_us, row.sequence); });

  std::string text = "time,user_id,device_id,email,name,channel,sequence\n";
  for (const Row& row : rows) {
    AppendRow(seed, row, text);
    if (text.size() < 1U << 20) continue;
    if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) return false;
    text.clear();
  }
  return std::fwrite(text.data(), 1, text.size(), file) == text.size();
}

}  // namespace journey::rivals
