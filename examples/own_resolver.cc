// A resolver of one's own: this bank knows its customers by an account number with a check digit behind a
// dash, and trusts nothing else.
#include <fmt/format.h>
#include <journey/journey.h>

namespace {

class ByAccount final : public journey::IdentityResolver {
 public:
  std::string_view name() const override { return "by account"; }
  journey::Resolution Resolve(const journey::EventLog& log) const override {
    journey::Resolution result;
    journey::SymbolTable accounts;
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      std::string_view
          account;  // events without one share a label: here, they are all the bank's own terminal
      for (const journey::IdentifierId id : log.identifiers({row}))
        account = log.identifier_values().text(id.value);
      result.labels.push_back(accounts.Intern(account.substr(0, account.find('-'))));
    }
    return result;
  }
};

}  // namespace

int main() {
  const journey::TimePoint t = std::chrono::sys_days{std::chrono::March / 1 / 2024};
  journey::EventLog log;
  log.Append({.time = t, .channel = "web", .name = "balance", .identifiers = {{"account", "700123-4"}}});
  log.Append({.time = t + std::chrono::minutes{1},
              .channel = "phone",
              .name = "call",
              .identifiers = {{"account", "700123-9"}}});
  log.Append({.time = t + std::chrono::minutes{2},
              .channel = "web",
              .name = "balance",
              .identifiers = {{"account", "700456-1"}}});

  const auto pipeline = journey::Pipeline::Create({.resolver = std::make_shared<ByAccount>()});
  if (!pipeline.ok()) return 1;
  const journey::Report report = pipeline->Run(log);
  fmt::print("resolved {}: {} customers\n", report.identity.resolver, report.customers.size());
  for (std::uint32_t customer = 0; customer < report.customers.size(); ++customer) {
    fmt::print("customer {}: {} events\n", customer, report.timeline.of({customer}).size());
  }
}
