// Reports to write: small logs through the pipeline, as a host would make them.
#pragma once
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/repetition.h"
#include "journey/io/dot_writer.h"
#include "journey/io/html_writer.h"
#include "journey/io/json_writer.h"
#include "journey/io/text_writer.h"
#include "journey/io/timeline_writer.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"

namespace journey::testing {

inline constexpr TimePoint kStart{std::chrono::sys_days{std::chrono::year{2024} / 3 / 13}};

struct Entry {
  int minute;
  std::string_view customer;
  std::string_view channel;
  std::string_view name;
  std::string_view status = {};
};

inline EventLog LogOf(const std::vector<Entry>& entries) {
  EventLog log;
  std::uint64_t row = 0;
  for (const Entry& entry : entries) {
    Event event{.time = kStart + std::chrono::minutes{entry.minute},
                .sequence = ++row,
                .source = "events.csv",
                .channel = entry.channel,
                .name = entry.name};
    if (!entry.customer.empty()) event.identifiers = {{"user_id", entry.customer}};
    if (!entry.status.empty()) event.attributes = {{"status", entry.status}};
    REQUIRE(log.Append(event).accepted());
  }
  return log;
}

inline Report RunOn(const EventLog& log, PipelineOptions options = {}) {
  auto pipeline = Pipeline::Create(std::move(options));
  REQUIRE(pipeline.ok());
  return pipeline->Run(log);
}

// Three detectors, one of which finds repetitions in discovered journeys, too.
inline PipelineOptions FindingRepeats() {
  return {.detectors = DetectorList{std::make_shared<DropOff>(),
                                    std::make_shared<Repetition>(RepetitionOptions{.discovered = true}),
                                    std::make_shared<ChannelSwitchDetector>()}};
}

inline JourneyDefinition Checkout() {
  return {.name = "checkout",
          .steps = {{.name = "view", .match = {"view"}},
                    {.name = "cart", .match = {"cart"}, .optional = true},
                    {.name = "pay", .match = {"pay"}}},
          .abandon_after = std::chrono::days{1}};
}

// Five customers: one buys with a redo in the app after an error, one buys without a cart, two give up, one
// is open.
inline EventLog ShopLog() {
  constexpr int kDay = 24 * 60;
  EventLog log = LogOf({{0, "ann", "web", "view"},
                        {2, "ann", "web", "cart"},
                        {3, "ann", "web", "cart", "error"},
                        {9, "ann", "app", "cart"},
                        {12, "ann", "app", "pay"},
                        {5, "bob", "web", "view"},
                        {6, "bob", "web", "pay"},
                        {20, "cyd", "app", "view"},
                        {22, "cyd", "app", "cart"},
                        {30, "dan", "web", "view"},
                        {31, "dan", "web", "view"},
                        {35, "dan", "phone", "call"},
                        {5 * kDay, "eve", "app", "view"}});
  log.Reject("events.csv", AdmissionStatus::kMalformed);
  log.Reject("other.csv", AdmissionStatus::kOutOfRange);
  return log;
}

inline std::string JsonOf(const Report& report) {
  std::ostringstream out;
  WriteJson(report, out);
  return out.str();
}
inline std::string TextOf(const Report& report, const TextOptions& options = {}) {
  std::ostringstream out;
  WriteText(report, out, options);
  return out.str();
}
inline std::string DotOf(const Report& report, const DotOptions& options = {}) {
  std::ostringstream out;
  WriteDot(report, out, options);
  return out.str();
}
inline std::string HtmlOf(const Report& report, const HtmlOptions& options = {}) {
  std::ostringstream out;
  WriteHtml(report, out, options);
  return out.str();
}
inline std::string TimelineOf(const Report& report, const EventLog& log, CustomerId customer,
                              const TimelineOptions& options = {}) {
  std::ostringstream out;
  WriteTimeline(report, log, customer, out, options);
  return out.str();
}

inline bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::size_t CountOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

}  // namespace journey::testing
