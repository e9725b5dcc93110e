// Which events a consent or withdrawal is to be looked at for: all whose answer it changes, and few others.
#include "identity/consent_book.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "journey/events/event_log.h"
#include "support/catch.h"
#include "support/worlds.h"

namespace {

using journey::Event;
using journey::EventIndex;
using journey::EventLog;
using journey::RecordKind;
using journey::internal::ConsentBook;

// A log and the book of its consents, kept as the live engine keeps them.
class Kept {
 public:
  explicit Kept(bool required) : book(log, {}, {.required = required}) {
    if (required) book.ListEvents(0);
  }
  EventIndex Add(RecordKind kind, std::int64_t second, std::vector<journey::Identifier> identifiers) {
    Event event{.time = journey::TimePoint{std::chrono::seconds{second}},
                .source = "s",
                .channel = "web",
                .name = "view",
                .identifiers = std::move(identifiers),
                .kind = kind};
    const EventIndex row = log.Append(event).row;
    if (kind == RecordKind::kEvent && book.lists()) book.List(row);
    if (kind == RecordKind::kEvent) return row;
    book.Add(row);
    book.ListEvents(row.value);
    return row;
  }
  std::vector<EventIndex> ConcernedBy(EventIndex record) {
    std::vector<EventIndex> events;
    book.AppendConcerned(record, events);
    return events;
  }
  EventLog log;
  ConsentBook book;
};

}  // namespace

TEST_CASE("a record that says what was said already concerns no event, be its identifier everybody's") {
  for (const bool required : {false, true}) {
    Kept kept(required);
    std::size_t concerned = 0;
    for (std::int64_t i = 0; i < 2000; ++i) {
      const std::string cookie = "c" + std::to_string(i % 2 == 0 ? 0 : i);
      kept.Add(RecordKind::kEvent, 10 * i, {{"cookie", cookie}, {"device", "kiosk"}});
      const EventIndex record =
          kept.Add(RecordKind::kConsent, 10 * i, {{"cookie", cookie}, {"device", "kiosk"}});
      concerned += kept.ConcernedBy(record).size();
    }
    CHECK(concerned <= (required ? 2U * 2000U : 0U));
  }
}

TEST_CASE("records that take each other back concern what is between them alone, whatever their order") {
  constexpr std::int64_t kRecords = 1000;
  for (const bool late : {false, true}) {
    Kept kept(false);
    std::size_t concerned = 0;
    for (std::int64_t i = 0; i < kRecords; ++i)
      kept.Add(RecordKind::kEvent, 10 * (late ? kRecords - i : i) + 10, {{"device", "kiosk"}});
    for (std::int64_t i = 0; i < kRecords; ++i) {
      const std::int64_t at = late ? kRecords - i : i;
      const EventIndex record = kept.Add(at % 2 == 0 ? RecordKind::kWithdraw : RecordKind::kConsent,
                                         10 * at + 9, {{"device", "kiosk"}});
      if (late) concerned += kept.ConcernedBy(record).size();
    }
    for (std::uint32_t row = 0; !late && row < kept.log.size(); ++row) {
      if (ConsentBook::IsConsent(kept.log.kind({row}))) concerned += kept.ConcernedBy({row}).size();
    }
    CHECK(concerned <= 2 * static_cast<std::size_t>(kRecords));
  }
}

TEST_CASE("what a record changes is among what it concerns, when it comes and when it goes") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    test::Random random(seed);
    Kept kept(seed % 3 == 0);
    std::vector<EventIndex> events, records;
    const auto withheld = [&] {
      std::set<EventIndex> rows;
      for (const EventIndex event : events) {
        if (kept.book.Withholds(event)) rows.insert(event);
      }
      return rows;
    };
    const auto check = [&](const std::set<EventIndex>& before, const std::vector<EventIndex>& concerned) {
      std::vector<EventIndex> changed;
      const std::set<EventIndex> after = withheld();
      std::ranges::set_symmetric_difference(before, after, std::back_inserter(changed));
      for (const EventIndex event : changed) REQUIRE(std::ranges::find(concerned, event) != concerned.end());
    };
    for (int i = 0; i < 60; ++i) {
      const std::string first = "c" + std::to_string(random.Below(3)), second = "C0 ";
      std::vector<journey::Identifier> identifiers{{"cookie", first}};
      if (random.OneIn(3)) identifiers.push_back({"email", second});
      const auto time = static_cast<std::int64_t>(random.Below(20));
      const std::set<EventIndex> before = withheld();
      if (random.OneIn(2)) {
        events.push_back(kept.Add(RecordKind::kEvent, time, identifiers));
      } else if (random.OneIn(4) && !records.empty()) {
        const std::size_t at = random.Below(records.size());
        const std::vector<EventIndex> concerned = kept.ConcernedBy(records[at]);
        kept.book.Remove(records[at]);
        records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
        check(before, concerned);
      } else {
        records.push_back(
            kept.Add(random.OneIn(2) ? RecordKind::kConsent : RecordKind::kWithdraw, time, identifiers));
        check(before, kept.ConcernedBy(records.back()));
      }
    }
  }
}

TEST_CASE("events that were taken off, or forgotten, are not concerned any more") {
  Kept kept(true);
  std::vector<EventIndex> events;
  for (std::int64_t i = 0; i < 600; ++i)
    events.push_back(kept.Add(RecordKind::kEvent, i % 2 == 0 ? 600 + i : 600 - i, {{"cookie", "c"}}));
  kept.book.Unlist(events[3]);
  kept.book.Unlist(events[596]);
  std::vector<EventIndex> gone{events[5], events[400]};
  kept.log.Forget(gone, journey::AdmissionStatus::kErased);
  kept.book.DropForgotten();
  const EventIndex record = kept.Add(RecordKind::kConsent, 0, {{"cookie", "c"}});
  CHECK(kept.ConcernedBy(record).size() == 596);
}
