#include "read_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ReadTwice({reinterpret_cast<const char*>(data), size}, "fuzz.json");
  return 0;
}
