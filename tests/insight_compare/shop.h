// A made-up shop whose truth is known exactly: the tables of a run, made without events or a pipeline, so that
// hundreds of worlds of fifty thousand journeys are a matter of seconds.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/insight/compare.h"
#include "journey/insight/tables.h"
#include "support/worlds.h"

namespace test {

// Rates out of 1,000. What a customer likes is added to each of their rates, so that their journeys are alike.
struct ShopRates {
  std::uint64_t achieve = 400;
  std::uint64_t portal = 300;
  std::uint64_t phone = 100;
  std::uint64_t hurt = 150;
};

class Shop {
 public:
  static constexpr int kPages = 20;
  Shop() {
    catalog_.channels = {"phone", "portal", "web"};
    const auto add = [&](std::uint32_t channel, const std::string& name) {
      catalog_.names.push_back(name);
      catalog_.touchpoints.push_back({{channel}, {static_cast<std::uint32_t>(catalog_.names.size() - 1)}});
    };
    add(0, "call");
    add(1, "help");
    for (int i = 0; i < kPages; ++i) add(2, "page" + std::to_string(10 + i));
    add(2, "purchase");
    add(2, "view");
    definition_ = {
        .name = "purchase", .steps = {{"view", {"view"}}, {"page", {"page10"}}}, .goal = {"purchase"}};
    classes_.errors = {};
    classes_.feedback = {};
    classes_.support = {.channels = {"phone"}};
    labels_ = {"slow"};
    detectors_ = {{"stall", "", false}};
    begins_ = {0};
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  // A customer with as many journeys as there are cells, each with the rates of its cell.
  void AddCustomer(Random& random, const std::vector<std::uint8_t>& cells,
                   const std::array<ShopRates, 4>& rates) {
    const std::uint64_t liking = random.Below(101);  // -50 to 50, in thousandths
    const auto happens = [&](std::uint64_t rate) { return random.Below(1000) + 50 < rate + liking; };
    for (const std::uint8_t cell : cells) AddJourney(random, rates[cell], cell, happens);
    begins_.push_back(static_cast<std::uint32_t>(timeline_.size()));
  }

  [[nodiscard]] journey::Comparison Compare(const journey::CompareOptions& options = {}) const {
    const journey::RunTables tables{catalog_,
                                    timeline_,
                                    begins_,
                                    table_,
                                    findings_,
                                    labels_,
                                    detectors_,
                                    definitions_,
                                    std::chrono::minutes{30},
                                    journey::TimePoint{journey::Duration{now_}}};
    const std::vector<journey::JourneyDefinition> definitions{definition_};
    const std::vector<journey::CompareRun> runs{
        {.log = log_, .tables = tables, .definitions = definitions, .classes = classes_, .cells = cells_}};
    return journey::Compare(runs, options);
  }

 private:
  template <typename Happens>
  void AddJourney(Random& random, const ShopRates& rates, std::uint8_t cell, const Happens& happens) {
    const journey::JourneyId id{static_cast<std::uint32_t>(table_.rows.size())};
    const bool achieved = happens(rates.achieve);
    journey::JourneyRow row{.customer = {static_cast<std::uint32_t>(begins_.size() - 1)},
                            .definition = {0},
                            .begin = static_cast<std::uint32_t>(table_.events.size()),
                            .steps_begin = static_cast<std::uint32_t>(table_.steps.size())};
    const std::int64_t first = now_;
    AddEvent(2 + kPages + 1);  // view
    const std::uint64_t pages = 1 + random.Below(3);
    bool step = false;
    for (std::uint64_t i = 0; i < pages; ++i) {
      const std::uint64_t page = random.Below(kPages);
      step = step || page == 0;
      AddEvent(2 + static_cast<std::uint32_t>(page));
    }
    if (happens(rates.portal)) AddEvent(1);
    if (happens(rates.phone)) AddEvent(0);
    if (happens(rates.hurt)) {
      findings_.push_back({.detector = {0},
                           .kind = {0},
                           .customer = row.customer,
                           .journey = id,
                           .touchpoint = {2 + kPages + 1}});
    }
    now_ += static_cast<std::int64_t>(random.Below(1000)) * kMinute;
    if (achieved) AddEvent(2 + kPages);
    row.end = static_cast<std::uint32_t>(table_.events.size());
    row.last_step = step || achieved ? 1 : 0;
    row.steps_reached = static_cast<std::uint16_t>(row.last_step + 1);
    table_.steps.resize(table_.steps.size() + 2, journey::kNotReached);
    row.outcome = achieved ? journey::Outcome::kAchieved : journey::Outcome::kAbandoned;
    row.first = journey::TimePoint{journey::Duration{first}};
    row.last = row.ended = timeline_.back().time;
    table_.rows.push_back(row);
    cells_.push_back(cell);
  }
  void AddEvent(std::uint32_t touchpoint) {
    now_ += kMinute;
    table_.events.push_back(static_cast<std::uint32_t>(timeline_.size()));
    timeline_.push_back({journey::TimePoint{journey::Duration{now_}}, {touchpoint}, {0}});
  }

  journey::EventLog log_;
  journey::TouchpointCatalog catalog_;
  journey::JourneyDefinition definition_;
  journey::EventClasses classes_;
  std::vector<journey::EventRow> timeline_;
  std::vector<std::uint32_t> begins_;
  journey::JourneyTable table_;
  std::vector<journey::Finding> findings_;
  std::vector<std::string> labels_;
  std::vector<journey::DetectorInfo> detectors_;
  std::vector<std::string> definitions_{"purchase"};
  std::vector<std::uint8_t> cells_;
  std::int64_t now_ = kStart;
};

// The first row of a figure, narrowed by channel if one is given; nullptr if there is none.
inline const journey::CompareRow* Find(const journey::Comparison& comparison, journey::CompareFigure figure,
                                       const std::string& channel = {}, const std::string& event = {}) {
  for (const journey::CompareRow& row : comparison.rows) {
    if (row.key.figure == figure && (channel.empty() || row.key.channel == channel) &&
        (event.empty() || row.key.event == event)) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace test
