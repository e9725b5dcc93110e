// Hand-over records, and contexts as JSON: an error, or a context that is written and read back as it is.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_target.h"
#include "journey/core/status.h"
#include "journey/io/context_json.h"
#include "journey/io/context_text.h"
#include "journey/live/context.h"

namespace {

using namespace journey;  // NOLINT

void WriteAndReadBack(const CustomerContext& context) {
  std::string json;
  WriteContextJson(context, json);
  const StatusOr<LoadedContext> from_json = ParseContextJson(json);
  FUZZ_CHECK(from_json.ok() && from_json->context() == context);
  std::vector<std::byte> bytes;
  EncodeContext(context, bytes);
  FUZZ_CHECK(bytes.size() <= kMaxContextBytes);
  CustomerContext back;
  FUZZ_CHECK(DecodeContext(bytes, back).ok());
  // What is cut is cut once.
  std::vector<std::byte> again;
  EncodeContext(back, again);
  FUZZ_CHECK(again == bytes);
  FUZZ_CHECK(!Describe(context, context.as_of).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As it is, and as a record whose length fits, so that the input gets beyond the header.
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(std::byte{data[i]});
  for (const bool seal : {false, true}) {
    if (seal) {
      if (bytes.size() < 10 || !std::string_view(reinterpret_cast<const char*>(data), 4).starts_with("JCTX"))
        break;
      SealContext(bytes);
    }
    CustomerContext context;
    const Status status = DecodeContext(bytes, context);
    if (status.ok()) {
      WriteAndReadBack(context);
    } else {
      FUZZ_CHECK(MessageOf(status).starts_with("context record: "));
    }
  }
  const StatusOr<LoadedContext> loaded = ParseContextJson({reinterpret_cast<const char*>(data), size});
  if (loaded.ok()) {
    WriteAndReadBack(loaded->context());
  } else {
    FUZZ_CHECK(MessageOf(loaded.status()).starts_with("context: "));
  }
  return 0;
}
