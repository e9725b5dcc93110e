#include "journey/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace journey {
inline namespace v0 {
namespace internal {

[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: violated requirement: %s\n", file, line, condition);
  std::abort();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
