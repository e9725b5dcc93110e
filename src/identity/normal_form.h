// NormalForm: an identifier's value as it is compared, for as long as it is looked at. It may be of somebody who is erased
// later, so that it is overwritten when it goes.
#pragma once
#include <string>
#include <string_view>

#include "core/wipe.h"
#include "journey/identity/policy.h"

namespace journey {
inline namespace v0 {
namespace internal {

class NormalForm {
 public:
  NormalForm(std::string_view value, Normalizer normalizer) : text_(Normalize(value, normalizer)) {}
  NormalForm(const NormalForm&) = delete;
  NormalForm& operator=(const NormalForm&) = delete;
  ~NormalForm() { Wipe(text_); }

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
