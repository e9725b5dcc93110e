#include "journey/insight/attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

#include "journey/core/check.h"
#include "journey/core/status.h"
#include "journey/insight/touchpoint_chain.h"

namespace journey {
inline namespace v0 {
namespace {

using Shares = std::vector<double>;

bool IsShare(double x) {
  return x >= 0.0 && x <= 1.0;
}

Shares ByTouch(std::size_t touches, std::size_t the_one) {
  Shares shares(touches);
  shares[the_one] = 1.0;
  return shares;
}

Shares LinearChannels(const std::vector<std::uint32_t>& channels) {
  std::map<std::uint32_t, double> touches;
  for (const std::uint32_t channel : channels) touches[channel] += 1.0;
  Shares shares;
  for (const std::uint32_t channel : channels) {
    shares.push_back(1.0 / (static_cast<double>(touches.size()) * touches[channel]));
  }
  return shares;
}

Shares ByPosition(std::size_t touches, double first, double last) {
  if (touches == 1) return {1.0};
  Shares shares(touches);
  const bool ends_only = touches == 2;
  const double whole = ends_only ? first + last : 1.0;
  shares.front() = first / whole;
  shares.back() = last / whole;
  if (ends_only) return shares;
  const double middle = (1.0 - first - last) / static_cast<double>(touches - 2);
  std::fill(shares.begin() + 1, shares.end() - 1, middle);
  return shares;
}

Shares ByTime(const std::vector<Duration>& before_end, Duration half_life) {
  Shares shares;
  double sum = 0;
  // Counted from the last touch, so that what lies far back does not vanish altogether.
  const Duration nearest = *std::ranges::min_element(before_end);
  for (const Duration before : before_end) {
    const double lives =
        static_cast<double>((before - nearest).count()) / static_cast<double>(half_life.count());
    shares.push_back(std::exp2(-lives));
    sum += shares.back();
  }
  for (double& share : shares) share /= sum;
  return shares;
}

// Conversions and losses of all paths with the same touches.
using PathRates = std::map<std::vector<std::uint32_t>, std::pair<std::uint64_t, std::uint64_t>>;

PathRates RatesOf(std::span<const AttributionPath> paths) {
  PathRates rates;
  for (const AttributionPath& path : paths) {
    auto& [conversions, losses] = rates[path.channels];
    conversions += path.conversions;
    losses += path.losses;
  }
  return rates;
}

double RateOf(const PathRates& rates, const std::vector<std::uint32_t>& channels) {
  const auto found = rates.find(channels);
  if (found == rates.end()) return 0.0;
  const auto [conversions, losses] = found->second;
  const std::uint64_t all = conversions + losses;
  return all == 0 ? 0.0 : static_cast<double>(conversions) / static_cast<double>(all);
}

Shares ByMargin(const PathRates& rates, const std::vector<std::uint32_t>& channels) {
  const double whole = RateOf(rates, channels);
  Shares shares;
  double sum = 0;
  std::vector<std::uint32_t> without;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    without = channels;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    shares.push_back(std::max(whole - RateOf(rates, without), 0.0));
    sum += shares.back();
  }
  if (sum <= 0.0) return ByTouch(channels.size(), channels.size() - 1);
  for (double& share : shares) share /= sum;
  return shares;
}

Shares SharesOf(const AttributionPath& path, const PathRates& rates, const AttributionOptions& options) {
  const std::size_t touches = path.channels.size();
  switch (options.rule) {
    case AttributionRule::kFirst:
      return ByTouch(touches, 0);
    case AttributionRule::kLast:
      return ByTouch(touches, touches - 1);
    case AttributionRule::kLinearTouches:
      return Shares(touches, 1.0 / static_cast<double>(touches));
    case AttributionRule::kLinearChannels:
      return LinearChannels(path.channels);
    case AttributionRule::kPosition:
      return ByPosition(touches, options.first, options.last);
    case AttributionRule::kTimeDecay:
      return ByTime(path.before_end, options.half_life);
    case AttributionRule::kPathMarginal:
      return ByMargin(rates, path.channels);
    case AttributionRule::kRemoval:
    case AttributionRule::kShapley:
      break;
  }
  return {};
}

struct Totals {
  double conversions = 0;
  double losses = 0;
  double revenue = 0;
};
Totals TotalsOf(std::span<const AttributionPath> paths) {
  Totals totals;
  for (const AttributionPath& path : paths) {
    totals.conversions += static_cast<double>(path.conversions);
    totals.losses += static_cast<double>(path.losses);
    totals.revenue += path.revenue;
  }
  return totals;
}

// Credit for all, in proportion to `weights`; alike among the channels seen where all are 0.
std::vector<ChannelCredit> InProportion(Shares weights, std::span<const AttributionPath> paths) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  if (!(sum > 0)) {
    std::ranges::fill(weights, 0.0);
    for (const AttributionPath& path : paths) {
      for (const std::uint32_t channel : path.channels) weights[channel] = 1.0;
    }
    sum = 0;
    for (const double weight : weights) sum += weight;
  }
  const Totals totals = TotalsOf(paths);
  std::vector<ChannelCredit> credits(weights.size());
  if (!(sum > 0)) return credits;
  for (std::size_t c = 0; c < weights.size(); ++c) {
    credits[c] = {totals.conversions * weights[c] / sum, totals.revenue * weights[c] / sum};
  }
  return credits;
}

StatusOr<std::vector<ChannelCredit>> ByRemoval(std::size_t channels, std::span<const AttributionPath> paths,
                                               unsigned order) {
  PathTable table;
  for (const AttributionPath& path : paths) {
    for (const auto& [end, count] :
         {std::pair(PathEnd::kGoal, path.conversions), std::pair(PathEnd::kLost, path.losses)}) {
      if (count > UINT32_MAX) {
        return InvalidArgument(
            fmt::format("a path was taken {} times; removal takes at most {}", count, UINT32_MAX));
      }
      if (count != 0) table.Add(path.channels, end, static_cast<std::uint32_t>(count));
    }
  }
  if (table.size() == 0) return std::vector<ChannelCredit>(channels);
  const auto chain = TouchpointChain::Create(channels, table, {.order = order});
  if (!chain.ok()) return chain.status();
  Shares effects;
  for (const std::optional<double>& rate : chain->WithoutTouchpoint()) {
    effects.push_back(rate ? std::max(chain->goal_rate() - *rate, 0.0) : 0.0);
  }
  return InProportion(std::move(effects), paths);
}

// The worth of every set of channels, by bits.
Shares WorthOfSets(std::span<const AttributionPath> paths, const std::vector<std::uint32_t>& bit_of,
                   std::size_t bits, ShapleyWorth worth, bool revenue) {
  const std::size_t sets = std::size_t{1} << bits;
  Shares conversions(sets);
  Shares all(sets);
  for (const AttributionPath& path : paths) {
    std::size_t set = 0;
    for (const std::uint32_t channel : path.channels) set |= std::size_t{1} << bit_of[channel];
    conversions[set] += revenue ? path.revenue : static_cast<double>(path.conversions);
    all[set] += static_cast<double>(path.conversions + path.losses);
  }
  // Sums over all subsets.
  for (std::size_t bit = 0; bit < bits; ++bit) {
    for (std::size_t set = 0; set < sets; ++set) {
      if ((set >> bit & 1U) == 0) continue;
      conversions[set] += conversions[set ^ (std::size_t{1} << bit)];
      all[set] += all[set ^ (std::size_t{1} << bit)];
    }
  }
  if (worth == ShapleyWorth::kConversions) return conversions;
  const double everybody = all.back();
  for (std::size_t set = 0; set < sets; ++set) {
    conversions[set] = all[set] > 0 ? conversions[set] / all[set] * everybody : 0.0;
  }
  return conversions;
}

Shares ShapleyValues(const Shares& worth, std::size_t bits) {
  // The weight of a set that the player joins: size! (bits - size - 1)! / bits!
  Shares weights(bits);
  for (std::size_t size = 0; size < bits; ++size) {
    double choose = 1;
    for (std::size_t i = 0; i < size; ++i) {
      choose = choose * static_cast<double>(bits - 1 - i) / static_cast<double>(i + 1);
    }
    weights[size] = 1.0 / (static_cast<double>(bits) * choose);
  }
  Shares values(bits);
  for (std::size_t set = 0; set < worth.size(); ++set) {
    const auto size = static_cast<std::size_t>(std::popcount(set));
    for (std::size_t bit = 0; bit < bits; ++bit) {
      if ((set >> bit & 1U) != 0) continue;
      values[bit] += weights[size] * (worth[set | (std::size_t{1} << bit)] - worth[set]);
    }
  }
  return values;
}

StatusOr<std::vector<ChannelCredit>> ByShapley(std::size_t channels, std::span<const AttributionPath> paths,
                                               ShapleyWorth worth) {
  std::vector<std::uint32_t> bit_of(channels, UINT32_MAX);
  for (const AttributionPath& path : paths) {
    for (const std::uint32_t channel : path.channels) bit_of[channel] = 0;
  }
  std::uint32_t bits = 0;
  for (std::uint32_t& bit : bit_of) {
    if (bit == 0) bit = bits++;
  }
  if (bits > kMaxShapley) {
    return InvalidArgument(
        fmt::format("the paths have {} channels; shapley takes at most {}", bits, kMaxShapley));
  }
  std::vector<ChannelCredit> credits(channels);
  const Shares conversions = ShapleyValues(WorthOfSets(paths, bit_of, bits, worth, false), bits);
  const Shares revenue = ShapleyValues(WorthOfSets(paths, bit_of, bits, worth, true), bits);
  for (std::size_t c = 0; c < channels; ++c) {
    if (bit_of[c] != UINT32_MAX) credits[c] = {conversions[bit_of[c]], revenue[bit_of[c]]};
  }
  return credits;
}

Status CheckPaths(std::size_t channels, std::span<const AttributionPath> paths, AttributionRule rule) {
  for (const AttributionPath& path : paths) {
    if (path.channels.empty()) return InvalidArgument("an attribution path has no touches");
    for (const std::uint32_t channel : path.channels) {
      if (channel >= channels) {
        return InvalidArgument(
            fmt::format("an attribution path has channel {}; it must be below {}", channel, channels));
      }
    }
    if (rule == AttributionRule::kTimeDecay && path.before_end.size() != path.channels.size()) {
      return InvalidArgument(
          fmt::format("an attribution path has {} times for {} touches; time_decay needs all",
                      path.before_end.size(), path.channels.size()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(AttributionRule rule) {
  switch (rule) {
    case AttributionRule::kFirst:
      return "first";
    case AttributionRule::kLast:
      return "last";
    case AttributionRule::kLinearTouches:
      return "linear_touches";
    case AttributionRule::kLinearChannels:
      return "linear_channels";
    case AttributionRule::kPosition:
      return "position";
    case AttributionRule::kTimeDecay:
      return "time_decay";
    case AttributionRule::kPathMarginal:
      return "path_marginal";
    case AttributionRule::kRemoval:
      return "removal";
    case AttributionRule::kShapley:
      return "shapley";
  }
  return "";
}

Status AttributionOptions::Validate() const {
  if (!IsShare(first) || !IsShare(last) || first + last > 1.0 + 1e-12 || first + last <= 0.0) {
    return InvalidArgument(
        fmt::format("attribution first and last are {} and {}; each must be from 0 to 1, and their sum above "
                    "0 and at most 1",
                    first, last));
  }
  if (half_life <= Duration{0}) {
    return InvalidArgument(
        fmt::format("attribution half_life is {}; it must be above 0", FormatDuration(half_life)));
  }
  if (order < 1 || order > 3) {
    return InvalidArgument(fmt::format("attribution order is {}; it must be 1, 2 or 3", order));
  }
  return absl::OkStatus();
}

std::vector<double> TouchShares(std::span<const AttributionPath> paths, std::size_t index,
                                const AttributionOptions& options) {
  JOURNEY_CHECK(index < paths.size() && options.rule < AttributionRule::kRemoval);
  const bool needs_rates = options.rule == AttributionRule::kPathMarginal;
  return SharesOf(paths[index], needs_rates ? RatesOf(paths) : PathRates(), options);
}

StatusOr<std::vector<ChannelCredit>> CreditChannels(std::size_t channels,
                                                    std::span<const AttributionPath> paths,
                                                    const AttributionOptions& options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (Status status = CheckPaths(channels, paths, options.rule); !status.ok()) return status;
  if (options.rule == AttributionRule::kRemoval) return ByRemoval(channels, paths, options.order);
  if (options.rule == AttributionRule::kShapley) return ByShapley(channels, paths, options.worth);
  const PathRates rates = options.rule == AttributionRule::kPathMarginal ? RatesOf(paths) : PathRates();
  std::vector<ChannelCredit> credits(channels);
  for (const AttributionPath& path : paths) {
    if (path.conversions == 0 && path.revenue == 0.0) continue;
    const Shares shares = SharesOf(path, rates, options);
    for (std::size_t i = 0; i < path.channels.size(); ++i) {
      credits[path.channels[i]].conversions += static_cast<double>(path.conversions) * shares[i];
      credits[path.channels[i]].revenue += path.revenue * shares[i];
    }
  }
  return credits;
}

}  // namespace v0
}  // namespace journey
