// Workload: a seeded world of events to measure on, held as owned text in a compact pool.
//
//   const Workload workload({.events = 1'000'000});
//   Event event;
//   for (std::size_t i = 0; i < workload.size(); ++i) log.Append(workload.Fill(i, event));
//
// Few customers are busy and many are seen once or twice (Zipf); few pages are popular and many are not. A
// customer comes in sessions of about eight events, mostly seconds apart, through one channel and on one of
// up to three devices; a third of the sessions shop (view, cart, shipping, payment, purchase) and some of
// those give up. Every event carries the cookie or device it came from, after a login the user id, too, and
// now and then the e-mail address: one to three identifiers. A quarter of the events have a `status`, a tenth
// of these an error.
//
// The same options give the same world. Fill hands out views and copies nothing, so that what is measured is
// the library and not the generator. Cost: 16 bytes an event, 20 more with ids, and 121 bytes a customer.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "journey/events/event.h"

namespace journey::bench {

enum class Arrival : std::uint8_t { kInOrder, kTenPercentLate, kShuffled };

struct WorkloadOptions {
  std::size_t events = 10'000;
  std::uint64_t seed = 1;
  std::size_t events_per_customer = 12;      // on average
  double customer_skew = 0.75;               // Zipf exponent, below 1: 0 makes all customers alike
  std::uint32_t shared_device_permille = 0;  // of the pairs of customers who share one of their devices
  Arrival arrival = Arrival::kInOrder;
  bool ids = false;  // with an id of its own on every event

  friend bool operator==(const WorkloadOptions&, const WorkloadOptions&) = default;
};

class Workload {
 public:
  explicit Workload(const WorkloadOptions& options);

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const WorkloadOptions& options() const { return options_; }

  // Event i in order of arrival. Lifetime: views into the workload. Cost: nothing is allocated once `event`
  // is warm.
  const Event& Fill(std::size_t i, Event& event) const;

 private:
  struct Row {
    std::int64_t time_us;
    std::uint32_t customer;
    std::uint16_t touchpoint;
    std::uint8_t device;  // 0 and 1: cookies, 2: the app
    std::uint8_t flags;
  };
  static_assert(sizeof(Row) == 16);
  struct CustomerTexts {
    std::array<std::array<char, 27>, 2> cookies;
    std::array<char, 36> device;
    std::array<char, 9> user_id;
    std::array<char, 22> email;
  };
  static_assert(sizeof(CustomerTexts) == 121);

  void MakeCustomers();
  void MakeSessions();
  void Arrive();

  WorkloadOptions options_;
  std::vector<Row> rows_;
  std::vector<CustomerTexts> customers_;
  std::vector<std::array<char, 20>> ids_;
};

// The workload with these options. The one that was asked for last is kept.
const Workload& WorkloadOf(const WorkloadOptions& options);

}  // namespace journey::bench
