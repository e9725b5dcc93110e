#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/session.h"
#include "journey/core/status.h"
#include "journey/io/timeline_writer.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

// The customers with an event that carries the identifier. A shared one may have several.
std::set<CustomerId> CustomersWith(const Report& report, const EventLog& log, IdentifierId identifier) {
  std::set<CustomerId> customers;
  for (std::uint32_t customer = 0; customer < report.customers.size(); ++customer) {
    for (const EventRow& row : report.timeline.of({customer})) {
      const std::span<const IdentifierId> carried = log.identifiers(row.event);
      if (std::ranges::find(carried, identifier) != carried.end()) {
        customers.insert({customer});
        break;
      }
    }
  }
  return customers;
}

}  // namespace

int RunExplain(const ExplainArguments& arguments) {
  const std::size_t equals = arguments.customer.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == arguments.customer.size()) {
    return Fail(kWrongUsage, "--customer: expected NAMESPACE=VALUE, such as user_id=42");
  }
  const std::string name_space = arguments.customer.substr(0, equals);
  const std::string value = arguments.customer.substr(equals + 1);

  std::optional<Session> session;
  if (const int code = Open(arguments.input, session); code != kDone) return code;
  EventLog& log = session->log;
  if (session->options.as_of) log = log.Until(*session->options.as_of);
  const StatusOr<Pipeline> pipeline = Pipeline::Create(session->options);
  if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));

  const std::optional<std::uint32_t> space = log.namespaces().Find(name_space);
  if (!space) {
    std::string known;
    for (std::uint32_t id = 0; id < log.namespaces().size(); ++id) {
      known += fmt::format("{}{}", id == 0 ? "" : ", ", log.namespaces().text(id));
    }
    return Fail(kWrongUsage,
                fmt::format("--customer: no event has an identifier of the namespace \"{}\"; there are: {}",
                            name_space, known.empty() ? "none" : known));
  }
  const std::optional<std::uint32_t> identifier = log.identifier_values().Find(value, *space);
  const Report report = pipeline->Run(log);
  const std::set<CustomerId> customers =
      identifier ? CustomersWith(report, log, {*identifier}) : std::set<CustomerId>{};
  if (customers.empty()) {
    return Fail(kWrongUsage, fmt::format("--customer: no accepted event has this {}", name_space));
  }
  return WriteFile("-", [&](std::ostream& out) {
    if (customers.size() > 1) {
      out << fmt::format("{} customers have events with this {}: it is shared.\n\n", customers.size(),
                         name_space);
    }
    for (const CustomerId customer : customers) WriteTimeline(report, log, customer, out);
  });
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
