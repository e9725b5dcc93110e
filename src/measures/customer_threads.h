// Splits customers over threads: for figures that are computed after a run, from its tables.
#pragma once
#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

// Where to cut the customers into at most `parts` parts with about as many events each; parts + 1 numbers.
[[nodiscard]] inline std::vector<std::uint32_t> CutCustomers(std::span<const std::uint32_t> begins,
                                                             unsigned parts) {
  const auto customers = static_cast<std::uint32_t>(begins.empty() ? 0 : begins.size() - 1);
  std::vector<std::uint32_t> cuts{0};
  for (unsigned part = 1; part < parts && customers != 0; ++part) {
    const std::uint64_t target = std::uint64_t{begins.back()} * part / parts;
    const auto at = std::lower_bound(begins.begin(), begins.end(), target) - begins.begin();
    cuts.push_back(std::clamp(static_cast<std::uint32_t>(at), cuts.back(), customers));
  }
  cuts.push_back(customers);
  return cuts;
}

// Calls run(part) for each part, each on a thread of its own, this one among them; hands on what one throws.
template <typename Run>
void RunParts(std::size_t parts, const Run& run) {
  std::vector<std::exception_ptr> failures(parts);
  const auto guarded = [&](std::size_t part) {
    try {
      run(part);
    } catch (...) {
      failures[part] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 1; part < parts; ++part) threads.emplace_back(guarded, part);
    guarded(0);
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
