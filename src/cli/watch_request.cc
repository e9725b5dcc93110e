#include "cli/watch_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "io/config_json.h"
#include "io/time_fault.h"
#include "journey/io/time_text.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

using Json = nlohmann::json;
using Kind = WatchRequest::Kind;

constexpr std::array<std::string_view, 5> kKeys{"context", "erase", "until", "advance_to", "report"};

// What follows the quote of the first key; nothing, if the line does not begin as an object.
std::string_view AfterFirstQuote(std::string_view line) {
  if (!line.starts_with('{')) return {};
  const std::size_t quote = line.find_first_not_of(" \t", 1);
  if (quote == std::string_view::npos || line[quote] != '"') return {};
  return line.substr(quote + 1);
}

// Whether the first key is one of a request's, which hardly any event begins with.
bool MayBeRequest(std::string_view line) {
  line = AfterFirstQuote(line);
  return std::ranges::any_of(kKeys, [&](std::string_view key) {
    return line.starts_with(key) && line.substr(key.size()).starts_with('"');
  });
}

WatchRequest Bad(std::string problem) {
  WatchRequest request;
  request.problem = std::move(problem);
  return request;
}

// {"user_id": "42"}: one namespace, and a value that is a text or a whole number.
bool SetIdentifier(const Json& json, WatchRequest& request) {
  if (!json.is_object() || json.size() != 1 || json.begin().key().empty()) return false;
  const Json& value = json.begin().value();
  request.name_space = json.begin().key();
  if (value.is_string()) request.value = value.get<std::string>();
  if (value.is_number_integer()) request.value = value.dump();
  return !request.value.empty();
}

WatchRequest ContextOf(const Json& json) {
  WatchRequest request{.kind = Kind::kContext};
  if (json.is_string()) {
    const std::optional<PublicId> customer = PublicId::FromText(json.get<std::string>());
    if (!customer) return Bad("context: expected an id of 32 hexadecimal digits");
    request.customer = *customer;
    return request;
  }
  if (SetIdentifier(json, request)) return request;
  return Bad("context: expected one identifier, such as {\"user_id\": \"42\"}, or a customer's id");
}

bool SetTime(const Json& json, WatchRequest& request) {
  if (!json.is_string()) return false;
  request.time = ParseTime(json.get<std::string>(), TimeFormat::kIso8601);
  return request.time && *request.time >= kMinTime && *request.time < kMaxTime;
}

WatchRequest BadTime(std::string_view key, const Json& json) {
  const std::string text = json.is_string() ? json.get<std::string>() : std::string();
  const std::string fault(internal::FaultOfTime(text, TimeFormat::kIso8601));
  return Bad(std::string(key) + ": " + (fault.empty() ? "" : "there is " + fault + ", ") + "expected " +
             std::string(ExampleOf(TimeFormat::kIso8601)));
}

}  // namespace

std::optional<WatchRequest> ParseRequest(std::string_view line) {
  if (!MayBeRequest(line)) return std::nullopt;
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const bool until = json.contains("until");
  if (json.size() != (until ? 2 : 1) || (until && !json.contains("erase"))) return std::nullopt;
  if (json.contains("context")) return ContextOf(json["context"]);
  if (json.contains("erase")) {
    WatchRequest request{.kind = Kind::kErase};
    if (!SetIdentifier(json["erase"], request))
      return Bad("erase: expected one identifier, such as {\"user_id\": \"42\"}");
    if (until && !SetTime(json["until"], request)) return BadTime("until", json["until"]);
    return request;
  }
  if (json.contains("advance_to")) {
    WatchRequest request{.kind = Kind::kAdvanceTo};
    if (SetTime(json["advance_to"], request)) return request;
    return BadTime("advance_to", json["advance_to"]);
  }
  if (json["report"] == true) return WatchRequest{.kind = Kind::kReport};
  return Bad("report: expected true");
}

std::optional<WatchRequest> MistakenRequest(std::string_view line, bool among_csv) {
  const std::string_view first = AfterFirstQuote(line);
  // An event has more members than these.
  if (first.empty() || (!among_csv && std::ranges::count(line, ',') > 1)) return std::nullopt;
  const std::string_view key = first.substr(0, first.find('"'));
  const bool known = std::ranges::find(kKeys, key) != kKeys.end();
  const auto nearest = known ? std::nullopt : internal::NearestOf(key, kKeys);
  if (nearest) {
    return Bad("no event, and no request: unknown key \"" + std::string(key) + "\"; did you mean \"" +
               std::string(*nearest) + "\"?");
  }
  if (!among_csv || !line.ends_with('}')) return std::nullopt;
  if (!Json::accept(line)) return Bad("no row of the CSV, and as a request not valid JSON");
  return Bad(
      "no row of the CSV, and no request: expected an object with context, erase (and until), advance_to or "
      "report, and none beside");
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
