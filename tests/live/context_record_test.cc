#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "core/utf8.h"
#include "io/escape.h"
#include "journey/core/status.h"
#include "journey/io/context_json.h"
#include "journey/io/context_text.h"
#include "live/context_support.h"
#include "support/catch.h"

namespace journey {
namespace {

using internal::testing::AnyContext;
using internal::testing::Encoded;
using internal::testing::kContextNow;
using internal::testing::RandomContext;
using internal::testing::TypicalContext;

CustomerContext Decoded(std::span<const std::byte> bytes) {
  CustomerContext context;
  const Status status = DecodeContext(bytes, context);
  INFO(MessageOf(status));
  REQUIRE(status.ok());
  return context;
}

std::string MessageOfRead(std::span<const std::byte> bytes) {
  CustomerContext context;
  const Status status = DecodeContext(bytes, context);
  CHECK(context == CustomerContext{});
  return MessageOf(status);
}

void Append(std::vector<std::byte>& bytes, std::initializer_list<int> values) {
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
}

// Calls visit(text) for each text of a context.
template <typename Context, typename Visit>
void VisitTexts(Context& c, const Visit& visit) {
  visit(c.preferred_channel);
  for (auto& i : c.identifiers) visit(i.name_space), visit(i.value);
  for (auto& i : c.channels) visit(i.channel), visit(i.name);
  for (auto& i : c.open_journeys) {
    visit(i.definition), visit(i.channel);
    for (ContextSteps* steps : {&i.done, &i.next}) {
      ContextSteps changed;
      for (std::string_view name : steps->names()) visit(name), changed.Add(name);
      *steps = changed;
    }
  }
  for (auto& i : c.given) visit(i.key), visit(i.value), visit(i.channel);
  for (auto& i : c.findings) {
    visit(i.detector), visit(i.kind), visit(i.reason), visit(i.channel), visit(i.name);
  }
  visit(c.score.scale), visit(c.score.channel), visit(c.score.name);
}

std::string_view NaivelyCut(std::string_view text, std::size_t limit) {
  std::size_t size = std::min(text.size(), limit);
  while (!internal::IsCleanUtf8(text.substr(0, size))) --size;
  return text.substr(0, size);
}

template <typename T>
bool NaivelyShorten(std::vector<T>& list, std::size_t limit) {
  if (list.size() <= limit) return false;
  list.resize(limit);
  return true;
}

// What a record may keep of a context when texts have at most `limit` bytes.
CustomerContext Shortened(CustomerContext c, std::size_t limit) {
  bool cut = NaivelyShorten(c.identifiers, kMaxContextIdentifiers);
  cut |= NaivelyShorten(c.channels, kMaxContextChannels);
  cut |= NaivelyShorten(c.open_journeys, kMaxContextJourneys);
  cut |= NaivelyShorten(c.given, kMaxContextGiven);
  cut |= NaivelyShorten(c.findings, kMaxContextFindings);
  VisitTexts(c, [&](std::string_view& text) {
    const std::string_view shorter = NaivelyCut(text, limit);
    cut |= shorter.size() != text.size();
    text = shorter;
  });
  c.shortened |= cut;
  NaivelyShorten(c.likely_next, kMaxContextNext);
  for (ContextNext& next : c.likely_next) {
    next.channel = NaivelyCut(next.channel, kMaxContextTextBytes);
    next.name = NaivelyCut(next.name, kMaxContextTextBytes);
  }
  return c;
}

TEST_CASE("a typical context is at most 512 bytes and reads back as it was") {
  const CustomerContext context = TypicalContext();
  const std::vector<std::byte> bytes = Encoded(context);
  std::string json;
  WriteContextJson(context, json);
  WARN("a typical context: " << bytes.size() << " bytes, as JSON " << json.size());
  CHECK(bytes.size() <= 512);
  CHECK(Decoded(bytes) == context);
}

TEST_CASE("an empty context is a record of a few bytes") {
  const std::vector<std::byte> bytes = Encoded({});
  CHECK(bytes.size() <= 48);
  CHECK(Decoded(bytes) == CustomerContext{});
  std::string json;
  WriteContextJson({}, json);
  CHECK(ParseContextJson(json)->context() == CustomerContext{});
}

TEST_CASE("a record reads back as the context, cut to its limits and saying so") {
  REQUIRE(rc::check([] {
    const RandomContext random = AnyContext(*rc::gen::element<std::size_t>(1, 2));
    const CustomerContext& context = random.context;
    const std::vector<std::byte> bytes = Encoded(context);
    RC_ASSERT(bytes.size() <= kMaxContextBytes);
    CustomerContext back;
    RC_ASSERT(DecodeContext(bytes, back).ok());
    bool found = false;
    for (const std::size_t limit : {64U, 32U, 16U, 8U, 4U})
      found = found || back == Shortened(context, limit);
    RC_ASSERT(found);
    if (back != context) RC_ASSERT(back.shortened || context.likely_next != back.likely_next);
  }));
}

TEST_CASE("what fits is not cut") {
  REQUIRE(rc::check([] {
    RandomContext random = AnyContext();
    CustomerContext& context = random.context;
    VisitTexts(context, [](std::string_view& text) { text = NaivelyCut(text, 8); });
    for (ContextNext& next : context.likely_next) {
      next.channel = NaivelyCut(next.channel, 64);
      next.name = NaivelyCut(next.name, 64);
    }
    RC_ASSERT(Decoded(Encoded(context)) == context);
  }));
}

TEST_CASE("JSON reads back as the context, whatever its texts and however long its lists") {
  REQUIRE(rc::check([] {
    const RandomContext random = AnyContext(*rc::gen::element<std::size_t>(1, 3));
    std::string json;
    WriteContextJson(random.context, json);
    RC_ASSERT(json.find('\n') == std::string::npos);
    StatusOr<LoadedContext> loaded = ParseContextJson(json);
    RC_ASSERT(loaded.ok());
    const LoadedContext moved = std::move(*loaded);
    RC_ASSERT(moved.context() == random.context);
  }));
}

TEST_CASE("a record cut short anywhere is an error that says where") {
  CustomerContext context = TypicalContext();
  context.open_journeys[0].risk = {12, 40};
  context.likely_next = {{"chat", "chat_start", 3, 40}};
  std::vector<std::byte> bytes = Encoded(context);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    // In memory of its own, so that a read beyond the end is seen; also with the length made to fit.
    std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(MessageOfRead(cut).starts_with("context record: "));
    if (size < 10) continue;
    SealContext(cut);
    CustomerContext out;
    const Status status = DecodeContext(cut, out);
    if (!status.ok()) CHECK(MessageOf(status).find("at byte") != std::string::npos);
  }
}

TEST_CASE("a record with any byte changed is an error or a context that can be written again") {
  CustomerContext context = TypicalContext();
  context.open_journeys[1].risk = {12, 40};
  context.likely_next = {{"chat", "chat_start", 3, 40}, {"app", "payment", 2, 40}};
  const std::vector<std::byte> bytes = Encoded(context);
  std::size_t good = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int flip = 1; flip < 256; ++flip) {
      std::vector<std::byte> changed = bytes;
      changed[at] ^= static_cast<std::byte>(flip);
      CustomerContext out;
      if (!DecodeContext(changed, out).ok()) {
        if (!(out == CustomerContext{})) FAIL("not emptied, byte " << at);
        continue;
      }
      ++good;
      const std::vector<std::byte> again = Encoded(out);
      CustomerContext back;
      if (!DecodeContext(again, back).ok()) FAIL("does not read back, byte " << at);
      if (!(back == Shortened(out, 64))) FAIL("reads back as another, byte " << at);
    }
  }
  CHECK(good > 0);
  CHECK(good < bytes.size() * 255);
}

TEST_CASE("random bytes behind a good header do no harm") {
  REQUIRE(rc::check([] {
    std::vector<std::byte> bytes = Encoded(TypicalContext());
    const auto body = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
    bytes.resize(*rc::gen::inRange<std::size_t>(10, bytes.size() + 1));
    for (const std::uint8_t byte : body) bytes.push_back(std::byte{byte});
    SealContext(bytes);
    CustomerContext out;
    static_cast<void>(DecodeContext(bytes, out));
  }));
}

TEST_CASE("the largest context stays below the bound, with its outlook") {
  std::deque<std::string> texts;
  CustomerContext c;
  const auto text = [&] {
    return std::string_view(texts.emplace_back(std::to_string(texts.size()) + std::string(300, 'x')));
  };
  c.as_of = kMaxTime;
  c.first = c.last = kMinTime + Duration{1};
  c.folded = true;
  c.folded_before = c.last;
  c.events = c.sessions = c.scores = UINT64_MAX;
  c.journeys.fill(UINT64_MAX);
  c.past_findings.fill(UINT64_MAX);
  for (int i = 0; i < 20; ++i) {
    c.identifiers.push_back({IdentifierKind::kSession, text(), text(), c.last});
    c.channels.push_back({text(), text(), c.last, UINT64_MAX});
    ContextJourney journey{.definition = text(),
                           .first = c.last,
                           .last = c.last,
                           .steps_reached = UINT32_MAX,
                           .steps_required = UINT32_MAX,
                           .percent = 100,
                           .pauses = UINT32_MAX,
                           .channel = text(),
                           .risk = {UINT64_MAX, UINT64_MAX}};
    while (journey.done.Add(text())) continue;
    while (journey.next.Add(text())) continue;
    c.open_journeys.push_back(journey);
    c.given.push_back({text(), text(), AttributeValue::Kind::kBoolean, c.last, text()});
    c.findings.push_back({text(), text(), text(), text(), text(), c.last, Severity::kHigh});
    c.likely_next.push_back({text(), text(), UINT64_MAX, UINT64_MAX});
  }
  c.identifiers_total = c.channels_total = c.open_journeys_total = c.given_total = c.findings_total =
      UINT64_MAX;
  c.score = {.value = 1e300, .scale = text(), .time = c.last, .channel = text(), .name = text()};
  const std::vector<std::byte> bytes = Encoded(c);
  WARN("the largest context: " << bytes.size() << " bytes");
  CHECK(bytes.size() <= kMaxContextBytes);
  const CustomerContext back = Decoded(bytes);
  CHECK(back.shortened);
  CHECK(back.given.size() == kMaxContextGiven);
  CHECK(back.given_total == UINT64_MAX);
  CHECK(back.open_journeys[3].risk == ContextRisk{UINT64_MAX, UINT64_MAX});
  CHECK(back.likely_next.size() == kMaxContextNext);

  std::vector<std::byte> outlook;
  for (std::size_t i = 0; i < kMaxContextJourneys; ++i) EncodeRisk({UINT64_MAX, UINT64_MAX}, outlook);
  EncodeNext(c.likely_next, outlook);
  CHECK(outlook.size() <= kMaxOutlookBytes);
}

TEST_CASE("an outlook put behind a record later is as good as one encoded with it") {
  CustomerContext context = TypicalContext();
  std::vector<std::byte> bytes{std::byte{7}};  // a record is appended, whatever is there already
  EncodeContext(context, bytes);
  bytes.erase(bytes.begin());
  context.open_journeys[0].risk = {12, 40};
  context.open_journeys[1].risk = {0, 9};
  context.likely_next = {{"chat", "chat_start", 3, 40}};
  EncodeRisk({12, 40}, bytes);
  EncodeRisk({0, 9}, bytes);
  EncodeNext(context.likely_next, bytes);
  CHECK(MessageOfRead(bytes).find("header: says") != std::string::npos);
  SealContext(bytes);
  CHECK(bytes == Encoded(context));
  CHECK(Decoded(bytes) == context);

  EncodeRisk({1, 2}, bytes);
  SealContext(bytes);
  CHECK(MessageOfRead(bytes).find("risk: belongs to no journey") != std::string::npos);
}

TEST_CASE("an unknown risk keeps the place of the known one after it") {
  CustomerContext context = TypicalContext();
  context.open_journeys[1].risk = {3, 9};
  CHECK(Decoded(Encoded(context)) == context);
}

TEST_CASE("sections and minor versions of later are passed over, another major is refused") {
  std::vector<std::byte> bytes = Encoded(TypicalContext());
  bytes[5] = std::byte{9};
  Append(bytes, {200, 3, 1, 2, 3});
  SealContext(bytes);
  CHECK(Decoded(bytes) == TypicalContext());
  bytes[4] = std::byte{2};
  CHECK(MessageOfRead(bytes) == "context record: header: version 2; this reader knows version 1, at byte 4");
}

TEST_CASE("a section that is there twice, without a tag, too long or missing is an error") {
  const std::vector<std::byte> good = Encoded(TypicalContext());
  const auto with = [&](std::initializer_list<int> tail) {
    std::vector<std::byte> bytes = good;
    Append(bytes, tail);
    SealContext(bytes);
    return MessageOfRead(bytes);
  };
  CHECK(with({6, 2, 0, 0}).find("given: is there twice") != std::string::npos);
  CHECK(with({0, 0}).find("without a tag") != std::string::npos);
  CHECK(with({200, 9, 0}).find("does not fit") != std::string::npos);
  CHECK(with({200}).find("does not fit") != std::string::npos);
  CHECK(with({10, 1, 100}).find("next: more entries than can be") != std::string::npos);
  std::vector<std::byte> header(good.begin(), good.begin() + 10);
  SealContext(header);
  CHECK(MessageOfRead(header).find("head: is missing") != std::string::npos);
  std::vector<std::byte> other = good;
  other[0] = std::byte{'X'};
  CHECK(MessageOfRead(other).find("no context record") != std::string::npos);
}

TEST_CASE("a text that is not UTF-8 is cut before what is not") {
  CustomerContext context;
  context.findings = {{"own",
                       "ab\xFF"
                       "c",
                       std::string_view("x\0y", 3), "\xE2\x82", "\xC3\xA9", kMinTime}};
  context.findings_total = 1;
  const std::vector<std::byte> bytes = Encoded(context);
  const CustomerContext back = Decoded(bytes);
  CHECK(back.shortened);
  CHECK(back.findings[0].kind == "ab");
  CHECK(back.findings[0].reason == "x");
  CHECK(back.findings[0].channel.empty());
  CHECK(back.findings[0].name == "\xC3\xA9");
}

TEST_CASE("a text is cut between code points, and lists after their most important entries") {
  CustomerContext context = TypicalContext();
  context.given[0].value =
      "123\xC3\xA9"
      "5";
  const std::vector<std::byte> bytes = Encoded(context, {.identifiers = 2, .findings = 0, .text_bytes = 4});
  const CustomerContext back = Decoded(bytes);
  CHECK(back.given[0].value == "123");
  CHECK(back.identifiers.size() == 2);
  CHECK(back.identifiers_total == 9);
  CHECK(back.findings.empty());
  CHECK(back.findings_total == 3);
  CHECK(back.shortened);
}

TEST_CASE("encoding and decoding again allocate nothing new") {
  const CustomerContext context = TypicalContext();
  std::vector<std::byte> bytes = Encoded(context);
  CustomerContext out = Decoded(bytes);
  const auto* const data = bytes.data();
  const auto* const given = out.given.data();
  const auto* const journeys = out.open_journeys.data();
  bytes.clear();
  EncodeContext(context, bytes);
  REQUIRE(DecodeContext(bytes, out).ok());
  CHECK(bytes.data() == data);
  CHECK(out.given.data() == given);
  CHECK(out.open_journeys.data() == journeys);
  out.Clear();
  CHECK(out == CustomerContext{});
  CHECK(out.given.capacity() >= context.given.size());
}

TEST_CASE("the preferred channel has the most events, then the latest, then the first by text") {
  const TimePoint t = kContextNow;
  CHECK(PreferredChannelOf({}).empty());
  const std::vector<ContextChannel> most{{"web", "", t, 3}, {"app", "", kMinTime, 4}};
  CHECK(PreferredChannelOf(most) == "app");
  const std::vector<ContextChannel> latest{{"app", "", kMinTime, 4}, {"web", "", t, 4}};
  CHECK(PreferredChannelOf(latest) == "web");
  const std::vector<ContextChannel> text{{"web", "", t, 4}, {"app", "", t, 4}};
  CHECK(PreferredChannelOf(text) == "app");
}

TEST_CASE("numbers and booleans have one text each") {
  std::array<char, 32> room;
  CHECK(TextOf("1010", room) == "1010");
  CHECK(TextOf(true, room) == "true");
  CHECK(TextOf(false, room) == "false");
  CHECK(TextOf(3200, room) == "3200");
  CHECK(TextOf(-0.0, room) == "0");
  CHECK(TextOf(0.1, room) == "0.1");
  for (const double number :
       {std::numeric_limits<double>::denorm_min(), -std::numeric_limits<double>::max(), 1.0 / 3}) {
    CHECK(std::strtod(std::string(TextOf(number, room)).c_str(), nullptr) == number);
  }
}

TEST_CASE("JSON that is no context is an error that says where and shows nothing") {
  std::string json;
  WriteContextJson(TypicalContext(), json);
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string other = json;
    const std::size_t at = other.find(from);
    REQUIRE(at != std::string::npos);
    other.replace(at, from.size(), to);
    const StatusOr<LoadedContext> loaded = ParseContextJson(other);
    REQUIRE(!loaded.ok());
    CHECK(MessageOf(loaded.status()).find("secret") == std::string::npos);
    return MessageOf(loaded.status());
  };
  CHECK(changed("context/1", "context/2") == "context: schema: expected \"journey.context/1\"");
  CHECK(changed("\"user_id\"", "[\"secret\"]") ==
        "context: identifiers[0].namespace: expected a text without NUL");
  CHECK(changed("\"1010\"", "\"secret\\u0000\"") == "context: given[0].value: expected a text without NUL");
  CHECK(changed("\"person\"", "\"secret\"") ==
        "context: identifiers[0].kind: expected one of person, contact, device, session");
  CHECK(changed("\"percent\": 60", "\"percent\": 101") ==
        "context: open_journeys[0].percent: expected a whole number from 0 to 100");
  CHECK(changed("\"events\": 184", "\"events\": -1") ==
        "context: events: expected a whole number from 0 to 18446744073709551615");
  CHECK(changed("\"identifiers_total\": 9", "\"identifiers_total\": 7") ==
        "context: identifiers_total: expected at least as many as are listed");
  CHECK(changed("\"truncated\": false", "\"truncated\": \"secret\"") ==
        "context: truncated: expected true or false");
  CHECK(changed("\"as_of\": \"2024", "\"as_of\": \"secret") ==
        "context: as_of: expected a time such as 2024-03-13T10:21:14Z");
  CHECK(changed("\"1010\"", "\"secret").find("not valid JSON") != std::string::npos);
  CHECK(changed("\"1010\"", "\"x\", \"secret\": 1, \"secret\": 2").find("given twice") != std::string::npos);
  for (std::size_t size = 0; size < json.size(); ++size) {
    if (ParseContextJson(std::string_view(json).substr(0, size)).ok()) FAIL("a beginning of " << size);
  }
}

TEST_CASE("keys of later versions are passed over in JSON") {
  std::string json;
  WriteContextJson(TypicalContext(), json);
  json.replace(0, 1, "{\"new\": [1, {\"a\": null}], ");
  CHECK(ParseContextJson(json)->context() == TypicalContext());
}

TEST_CASE("a context in words says what a support agent asks") {
  CustomerContext context = TypicalContext();
  context.open_journeys[0].risk = {12, 40};
  context.likely_next = {{"chat", "chat_start", 1203, 4000}};
  CHECK(Describe(context, kContextNow) ==
        "Known since 26 Aug 2023, 184 events in 23 sessions, last seen just now in app (payment_error), "
        "mostly in app.\n"
        "In the middle of \"application\": 3 of 5 steps (60%), last in app just now, paused twice. Done: "
        "start, "
        "personal_data, income. Next: insurance, upload_id. At this point 12 of 40 were lost.\n"
        "In the middle of \"claim\": 1 of 4 steps (25%), last in phone 3 days ago. Done: claim_start. Next: "
        "documents.\n"
        "Already given: post code 1010 (web, 25 min ago); birth date 1990-02-11 (web, 25 min ago); income "
        "3200 (web, "
        "25 min ago); employed true (web, 25 min ago); policy P-4711 (phone, 3 days ago); language de "
        "(phone, 3 days "
        "ago).\n"
        "Just now: payment_error twice in app (error_loop (error)); personal_data in app (did a step again in "
        "another "
        "channel).\n"
        "In earlier journeys: trouble 7 times, of it 1 severe.\n"
        "Last feedback: 2 on ces (email/survey, 9 days ago).\n"
        "Others went on to chat/chat_start (1,203 of 4,000).\n");
  CHECK(Describe(context, kContextNow + std::chrono::hours{3})
            .find("Earlier on the way: payment_error twice") != std::string::npos);
  CHECK(Describe({}, kContextNow) == "Nothing is known of this customer yet.\n");
}

TEST_CASE("words show no identifier's value and nothing that a terminal obeys") {
  REQUIRE(rc::check([] {
    const RandomContext random = AnyContext();
    const std::string words = Describe(random.context, kContextNow);
    for (std::size_t at = 0; at < words.size();) {
      const internal::CodePoint c = internal::DecodeAt(words, at);
      RC_ASSERT(c.valid);
      RC_ASSERT(c.value == U'\n' || !internal::IsHazardous(c.value));
      at += c.length;
    }
  }));
  const std::string words = Describe(TypicalContext(), kContextNow);
  for (const ContextIdentifier& identifier : TypicalContext().identifiers) {
    CHECK(words.find(identifier.value) == std::string::npos);
  }
}

}  // namespace
}  // namespace journey
