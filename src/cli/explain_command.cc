#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/screen.h"
#include "cli/session.h"
#include "io/escape.h"
#include "journey/core/status.h"
#include "journey/identity/identity_graph.h"
#include "journey/io/timeline_writer.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

struct NamedIdentifier {
  std::string name_space;
  std::string value;
};

int ParseIdentifier(const char* flag, const std::string& text, NamedIdentifier& identifier) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
    return Fail(kWrongUsage, fmt::format("{}: expected NAMESPACE=VALUE, such as user_id=42", flag));
  }
  identifier = {text.substr(0, equals), text.substr(equals + 1)};
  return kDone;
}

// All the ways in which the log spells an identifier.
std::set<IdentifierId> SpellingsOf(const EventLog& log, const IdentityPolicy& policy,
                                   const NamedIdentifier& wanted) {
  std::set<IdentifierId> spellings;
  const std::optional<std::uint32_t> space = log.namespaces().Find(wanted.name_space);
  if (!space) return spellings;
  const Normalizer normalizer = policy.PolicyOf(wanted.name_space).normalizer;
  const std::string value = Normalize(wanted.value, normalizer);
  const SymbolTable& values = log.identifier_values();
  for (std::uint32_t id = 0; id < values.size(); ++id) {
    if (values.tag(id) == *space && Normalize(values.text(id), normalizer) == value) spellings.insert({id});
  }
  return spellings;
}

// The customers with an event that carries one of the identifiers. A shared one may have several.
std::set<CustomerId> CustomersWith(const Report& report, const EventLog& log,
                                   const std::set<IdentifierId>& wanted) {
  std::set<CustomerId> customers;
  for (std::uint32_t customer = 0; customer < report.customers.size(); ++customer) {
    for (const EventRow& row : report.timeline.of({customer})) {
      const std::span<const IdentifierId> carried = log.identifiers(row.event);
      if (!std::ranges::any_of(carried, [&](IdentifierId id) { return wanted.contains(id); })) continue;
      customers.insert({customer});
      break;
    }
  }
  return customers;
}

int FailUnknownNamespace(const char* flag, const EventLog& log, const std::string& name_space) {
  std::vector<std::string_view> names;
  for (std::uint32_t id = 0; id < log.namespaces().size(); ++id) names.push_back(log.namespaces().text(id));
  std::ranges::sort(names);
  std::string known;
  for (const std::string_view name : names) known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
  return Fail(kWrongUsage,
              fmt::format("{}: no event has an identifier of the namespace \"{}\"; there are: {}", flag,
                          name_space, known.empty() ? "none" : known));
}

int FailUnknownIdentifier(const char* flag, const std::string& name_space) {
  return Fail(kWrongUsage, fmt::format("{}: no accepted event has this {}", flag, name_space));
}

// Whether the log has such an identifier at all.
int CheckKnown(const char* flag, const EventLog& log, const IdentityPolicy& policy,
               const NamedIdentifier& identifier) {
  if (!log.namespaces().Find(identifier.name_space))
    return FailUnknownNamespace(flag, log, identifier.name_space);
  if (SpellingsOf(log, policy, identifier).empty()) return FailUnknownIdentifier(flag, identifier.name_space);
  return kDone;
}

// Outside text line by line: ours are the line ends.
void WriteLines(std::string_view text, std::ostream& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out << internal::Visible(text.substr(0, end)) << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// How sure it is that each identifier is this customer's.
void WriteConfidence(const IdentityGraph& graph, const Report& report, CustomerId customer,
                     std::ostream& out) {
  const std::uint32_t label = graph.resolution().labels[report.timeline.of(customer).front().event.value];
  out << "\nHOW WELL THEY ARE KNOWN\n";
  for (const CustomerIdentifier& entry : graph.IdentifiersOf(label)) {
    out << fmt::format("  {:<8} {} {}: {}\n", NameOf(entry.kind),
                       internal::Visible(entry.identifier.name_space),
                       internal::Visible(entry.identifier.value), entry.confidence);
  }
}

}  // namespace

int RunExplain(const ExplainArguments& arguments) {
  NamedIdentifier customer;
  NamedIdentifier other;
  if (const int code = ParseIdentifier("--customer", arguments.customer, customer); code != kDone)
    return code;
  if (!arguments.with.empty()) {
    if (const int code = ParseIdentifier("--with", arguments.with, other); code != kDone) return code;
  }
  std::optional<Session> session;
  if (const int code = Open(arguments.input, session); code != kDone) return code;
  EventLog& log = session->log;
  if (session->options.as_of) log = log.Until(*session->options.as_of);
  const IdentityPolicy& policy = session->config.identity;
  if (const int code = CheckKnown("--customer", log, policy, customer); code != kDone) return code;
  const IdentityGraph graph = IdentityGraph::Build(log, policy);
  if (!arguments.with.empty()) {
    if (const int code = CheckKnown("--with", log, policy, other); code != kDone) return code;
    const IdentityExplanation explanation =
        graph.Explain({customer.name_space, customer.value}, {other.name_space, other.value});
    return WriteFile("-", [&](std::ostream& out) { WriteLines(explanation.text, out); });
  }
  const StatusOr<Pipeline> pipeline = Pipeline::Create(session->options);
  if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));
  const Report report = pipeline->Run(log);
  const std::set<CustomerId> customers = CustomersWith(report, log, SpellingsOf(log, policy, customer));
  if (customers.empty()) return FailUnknownIdentifier("--customer", customer.name_space);
  const Screen screen = StandardOutput();
  const TimelineOptions options{.width = screen.width, .whole_tables = screen.whole_tables};
  return WriteFile("-", [&](std::ostream& out) {
    if (customers.size() > 1) {
      out << fmt::format(
          "{} customers have events with this {}: it is shared, and links nobody by itself.\n\n",
          customers.size(), customer.name_space);
    }
    for (const CustomerId id : customers) {
      WriteTimeline(report, log, id, out, options);
      WriteConfidence(graph, report, id, out);
      out << '\n';
    }
  });
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
