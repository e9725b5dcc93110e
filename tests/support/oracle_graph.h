// The obvious, slow twin of a GraphResolver whose policy knows no conflicts: connected components.
#pragma once
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "support/oracle_evidence.h"

namespace test {

// Components by relabelling until nothing changes. All usable identifiers on one event are linked.
inline OracleCustomers OracleComponents(const std::vector<Evidence>& events) {
  OracleCustomers result;
  std::map<NamedValue, std::size_t> label_of;
  std::vector<std::vector<NamedValue>> usable(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (const NamedValue& identifier : events[i].identifiers) {
      if (journey::IsPlaceholder(identifier.second)) {
        ++result.placeholders;
        continue;
      }
      usable[i].push_back(identifier);
      label_of.emplace(identifier, label_of.size());
    }
  }
  result.identifiers = label_of.size();
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::vector<NamedValue>& together : usable) {
      std::size_t smallest = label_of.size();
      for (const NamedValue& identifier : together) smallest = std::min(smallest, label_of[identifier]);
      for (const NamedValue& identifier : together) {
        changed |= label_of[identifier] != smallest;
        label_of[identifier] = smallest;
      }
    }
  }
  std::map<std::size_t, std::size_t> number_of_label;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::size_t number = result.timelines.size();
    if (usable[i].empty())
      ++result.unidentified;
    else
      number = number_of_label.emplace(label_of.at(usable[i][0]), number).first->second;
    if (number == result.timelines.size()) result.timelines.emplace_back();
    result.timelines[number].push_back(i);
    result.customer_of.push_back(number);
  }
  return result;
}

}  // namespace test
