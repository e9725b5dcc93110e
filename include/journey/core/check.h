// JOURNEY_CHECK(condition): the `Requires:` of a comment, checked in builds with JOURNEY_CHECKED (Debug and
// sanitizer builds define it), where a violation prints the condition and its place and aborts. Elsewhere it
// costs nothing and the condition is not evaluated.
#pragma once

#ifdef JOURNEY_CHECKED
namespace journey {
inline namespace v0 {
namespace internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace internal
}  // namespace v0
}  // namespace journey
#define JOURNEY_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::journey::internal::CheckFailed(#condition, __FILE__, __LINE__))
#else
#define JOURNEY_CHECK(condition) static_cast<void>(0)
#endif
