// absl::Status and absl::StatusOr, declared only: enough for a header that returns them. Including
// <absl/status/statusor.h> costs a translation unit some 110,000 lines; a header of the vocabulary must not.
#pragma once
#include "absl/base/config.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
class Status;
template <typename T>
class StatusOr;
ABSL_NAMESPACE_END
}  // namespace absl
