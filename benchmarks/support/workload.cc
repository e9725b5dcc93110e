#include "support/workload.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>

#include "journey/core/mix.h"

namespace journey::bench {
namespace {

constexpr std::uint8_t kLoggedIn = 1;
constexpr std::uint8_t kGivesEmail = 2;
constexpr std::uint8_t kStatusOk = 4;
constexpr std::uint8_t kStatusError = 8;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'709'251'200 * kSecond;  // 2024-03-01
constexpr std::int64_t kDays = 60 * 86'400 * kSecond;

// In the order of how often they are used.
constexpr std::string_view kChannels[] = {"web", "app", "portal", "help", "email", "chat", "phone"};
constexpr std::size_t kApp = 1;
// The first five are what a shopper does one after the other.
constexpr std::string_view kNames[] = {
    "product_view", "add_to_cart",  "shipping_details", "payment_details", "purchase",     "home",
    "search",       "category",     "help_article",     "message",         "offer_list",   "account",
    "order_status", "basket",       "wish_list",        "store_finder",    "review_read",  "review_write",
    "newsletter",   "invoice",      "contract",         "meter_reading",   "address_edit", "password_reset",
    "login",        "logout",       "consent",          "download",        "video_start",  "video_end",
    "comparison",   "size_guide",   "delivery_times",   "returns_policy",  "return_start", "voucher",
    "gift_card",    "subscription", "settings",         "feedback_form",   "imprint"};
constexpr std::size_t kFunnel = 5;
constexpr std::size_t kPages = std::size(kNames) - kFunnel;

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() { return internal::Mix(state_ += 0x9E3779B97F4A7C15U); }
  std::uint64_t Below(std::uint64_t limit) { return Next() % limit; }
  bool Chance(std::uint64_t permille) { return Below(1000) < permille; }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }  // [0, 1)
  double Exponential(double mean) { return -std::log(1.0 - Unit()) * mean; }
  // One of [0, n) with odds 1 / (k + 1)^skew, by the inverse of the integral. Requires: 0 <= skew, not 1.
  std::size_t Zipf(std::size_t n, double skew) {
    const double power = 1.0 - skew;
    const double top = std::pow(static_cast<double>(n) + 1.0, power) - 1.0;
    const double k = std::pow(Unit() * top + 1.0, 1.0 / power) - 1.0;
    return std::min(n - 1, static_cast<std::size_t>(k));
  }

 private:
  std::uint64_t state_;
};

constexpr char kHex[] = "0123456789abcdef";

void WriteDigits(char* to, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}
void WriteHex(char* to, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 4) to[i] = kHex[value & 15];
}

template <std::size_t kSize>
std::string_view ViewOf(const std::array<char, kSize>& text) {
  return {text.data(), text.size()};
}

}  // namespace

Workload::Workload(const WorkloadOptions& options) : options_(options) {
  MakeCustomers();
  MakeSessions();
  Arrive();
}

void Workload::MakeCustomers() {
  customers_.resize(std::max<std::size_t>(2, options_.events / options_.events_per_customer));
  for (std::size_t i = 0; i < customers_.size(); ++i) {
    Random random(internal::Mix(options_.seed * 3 + 1) ^ i);
    CustomerTexts& texts = customers_[i];
    for (auto& cookie : texts.cookies) {
      std::ranges::copy(std::string_view("GA1.2."), cookie.begin());
      WriteDigits(&cookie[6], 10, random.Next());
      cookie[16] = '.';
      WriteDigits(&cookie[17], 10, 1'700'000'000 + random.Below(9'000'000));
    }
    WriteHex(texts.device.data(), 36, random.Next());
    WriteHex(texts.device.data() + 20, 16, random.Next());
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) texts.device[dash] = '-';
    texts.user_id[0] = 'u';
    WriteDigits(&texts.user_id[1], 8, i);
    texts.email[0] = 'p';
    WriteDigits(&texts.email[1], 9, i);
    std::ranges::copy(std::string_view("@example.org"), texts.email.begin() + 10);
    if (i % 2 == 1 && random.Chance(options_.shared_device_permille)) {
      texts.cookies[0] = customers_[i - 1].cookies[0];
    }
  }
}

void Workload::MakeSessions() {
  Random random(options_.seed);
  rows_.reserve(options_.events);
  while (rows_.size() < options_.events) {
    // The busy ones are spread over all numbers, so that being busy does not mean lying side by side.
    const std::size_t rank = random.Zipf(customers_.size(), options_.customer_skew);
    const auto customer = static_cast<std::uint32_t>(internal::Mix(rank) % customers_.size());
    Random traits(internal::Mix(customer + options_.seed));
    const bool has_login = traits.Chance(650);
    const bool has_second_browser = traits.Chance(300);

    const std::size_t channel = random.Zipf(std::size(kChannels), 0.9);
    const bool second = has_second_browser && random.Chance(300);
    const auto device = static_cast<std::uint8_t>(channel == kApp ? 2 : second ? 1 : 0);
    const bool shops = random.Chance(350);
    std::size_t progress = 0;
    std::uint8_t login = has_login && random.Chance(250) ? kLoggedIn : 0;
    std::int64_t time = kStart + static_cast<std::int64_t>(random.Below(kDays));
    const std::size_t length =
        1 + std::min<std::size_t>(199, static_cast<std::size_t>(random.Exponential(7.5)));
    for (std::size_t i = 0; i < length && rows_.size() < options_.events; ++i) {
      std::uint8_t flags = login;
      if (login == 0 && has_login && random.Chance(60)) {
        login = kLoggedIn;
        flags = static_cast<std::uint8_t>(kLoggedIn | (random.Chance(300) ? kGivesEmail : 0));
      }
      std::size_t name = kFunnel + random.Zipf(kPages, 0.95);
      if (shops && random.Chance(550)) {
        name = progress;
        if (random.Chance(700)) progress = (progress + 1) % kFunnel;
      }
      if (random.Chance(250))
        flags = static_cast<std::uint8_t>(flags | (random.Chance(100) ? kStatusError : kStatusOk));
      rows_.push_back(
          {time, customer, static_cast<std::uint16_t>(channel * std::size(kNames) + name), device, flags});
      const double seconds = std::min(1200.0, 1.0 + random.Exponential(40.0));
      time += static_cast<std::int64_t>(seconds * 1e6);
    }
  }
}

void Workload::Arrive() {
  struct Arriving {
    std::int64_t key;
    Row row;
  };
  Random random(options_.seed ^ 0xA11CE);
  std::vector<Arriving> order;
  order.reserve(rows_.size());
  for (const Row& row : rows_) {
    std::int64_t key = row.time_us;
    if (options_.arrival == Arrival::kShuffled) key = static_cast<std::int64_t>(random.Next() >> 1);
    if (options_.arrival == Arrival::kTenPercentLate && random.Chance(100)) {
      key += static_cast<std::int64_t>(random.Exponential(6 * 3600) * 1e6);
    }
    order.push_back({key, row});
  }
  std::ranges::sort(order, [](const Arriving& a, const Arriving& b) {
    return std::pair(a.key, a.row.customer) < std::pair(b.key, b.row.customer);
  });
  std::ranges::transform(order, rows_.begin(), &Arriving::row);
  if (!options_.ids) return;
  ids_.resize(rows_.size());
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    std::ranges::copy(std::string_view("evt-"), ids_[i].begin());
    WriteHex(&ids_[i][4], 16, internal::Mix(i + options_.seed));
  }
}

const Event& Workload::Fill(std::size_t i, Event& event) const {
  const Row& row = rows_[i];
  const CustomerTexts& texts = customers_[row.customer];
  event.time = TimePoint(Duration(row.time_us));
  event.id = options_.ids ? ViewOf(ids_[i]) : std::string_view();
  event.source = "benchmark";
  event.channel = kChannels[row.touchpoint / std::size(kNames)];
  event.name = kNames[row.touchpoint % std::size(kNames)];
  event.identifiers.clear();
  if (row.device == 2)
    event.identifiers.push_back({"device", ViewOf(texts.device)});
  else
    event.identifiers.push_back({"cookie", ViewOf(texts.cookies[row.device])});
  if ((row.flags & kLoggedIn) != 0) event.identifiers.push_back({"user_id", ViewOf(texts.user_id)});
  if ((row.flags & kGivesEmail) != 0) event.identifiers.push_back({"email", ViewOf(texts.email)});
  event.attributes.clear();
  if ((row.flags & kStatusOk) != 0) event.attributes.push_back({"status", "ok"});
  if ((row.flags & kStatusError) != 0) event.attributes.push_back({"status", "error"});
  return event;
}

const Workload& WorkloadOf(const WorkloadOptions& options) {
  static std::unique_ptr<Workload> kept;
  if (kept == nullptr || !(kept->options() == options)) {
    kept = nullptr;
    kept = std::make_unique<Workload>(options);
  }
  return *kept;
}

}  // namespace journey::bench
