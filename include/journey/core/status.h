// Errors of the library: absl::Status and absl::StatusOr, and the only conversions between Abseil's strings
// and the standard's (Debian 12's absl::string_view is not std::string_view).
//
// journey never throws. What a caller can get wrong before the work starts (options, files) comes back as a
// Status that names field, value and allowed range; what is wrong with a row of data is counted, not
// returned.
#pragma once
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace journey {
inline namespace v0 {

using absl::Status;
using absl::StatusOr;

[[nodiscard]] inline Status InvalidArgument(std::string_view message) {
  return absl::InvalidArgumentError({message.data(), message.size()});
}
[[nodiscard]] inline Status NotFound(std::string_view message) {
  return absl::NotFoundError({message.data(), message.size()});
}
[[nodiscard]] inline Status DataLoss(std::string_view message) {
  return absl::DataLossError({message.data(), message.size()});
}
[[nodiscard]] inline Status PermissionDenied(std::string_view message) {
  return absl::PermissionDeniedError({message.data(), message.size()});
}
[[nodiscard]] inline std::string MessageOf(const Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace v0
}  // namespace journey
