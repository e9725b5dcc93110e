#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "core/utf8.h"
#include "journey/core/check.h"
#include "journey/live/context.h"
#include "live/context_format.h"
#include "live/context_words.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ContextSection;

constexpr auto kWordIndex = internal::IndexContextWords();

// At this size of texts every record fits, whatever its numbers.
constexpr std::size_t kSmallestTextBytes = 4;

// The longest beginning that is clean UTF-8 and has at most `limit` bytes.
std::string_view Cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit && internal::IsCleanUtf8(text)) return text;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + length > std::min(limit, text.size())) break;
    if (!internal::IsCleanUtf8(text.substr(at, length))) break;
    at += length;
  }
  return text.substr(0, at);
}

template <typename T>
std::span<const T> FirstOf(const std::vector<T>& list, std::size_t limit) {
  return {list.data(), std::min(list.size(), limit)};
}

// Calls visit(time) for each time of the context but as_of.
template <typename Visit>
void VisitTimes(const CustomerContext& context, const Visit& visit) {
  visit(context.first);
  visit(context.last);
  if (context.folded) visit(context.folded_before);
  for (const ContextIdentifier& identifier : context.identifiers) visit(identifier.last);
  for (const ContextChannel& channel : context.channels) visit(channel.last);
  for (const ContextJourney& journey : context.open_journeys) {
    visit(journey.first);
    visit(journey.last);
  }
  for (const ContextGiven& given : context.given) visit(given.time);
  for (const ContextFinding& finding : context.findings) visit(finding.time);
  if (context.scores != 0) visit(context.score.time);
}

std::uint64_t Bits(TimePoint time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

// The microseconds from a to b. Unsigned in between, so that no times can overflow.
std::int64_t Between(TimePoint a, TimePoint b) {
  return static_cast<std::int64_t>(Bits(b) - Bits(a));
}

std::uint8_t CoarsestUnit(const CustomerContext& context) {
  std::uint8_t unit = internal::kContextUnits.size() - 1;
  VisitTimes(context, [&](TimePoint time) {
    while (Between(context.as_of, time) % internal::kContextUnits[unit] != 0) --unit;
  });
  return unit;
}

// Bytes and sections behind what is in the vector already.
class SectionWriter {
 public:
  explicit SectionWriter(std::vector<std::byte>& out) : out_(out) {}

  void Byte(std::uint8_t value) { out_.push_back(std::byte{value}); }
  void Number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<std::uint8_t>(value | 0x80));
    Byte(static_cast<std::uint8_t>(value));
  }
  void Bytes(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    out_.insert(out_.end(), bytes, bytes + size);
  }
  void Text(std::string_view text) {
    Number(text.size());
    Bytes(text.data(), text.size());
  }
  // How many, then each; zeros at the end are left out.
  void Numbers(std::span<const std::uint64_t> numbers) {
    while (!numbers.empty() && numbers.back() == 0) numbers = numbers.first(numbers.size() - 1);
    Number(numbers.size());
    for (const std::uint64_t number : numbers) Number(number);
  }

  [[nodiscard]] std::size_t Open(ContextSection section) {
    Byte(static_cast<std::uint8_t>(section));
    Byte(0);
    return out_.size();
  }
  // Fills in the length. It is one byte nearly always; else the body moves, and its new begin is returned.
  std::size_t Close(std::size_t body) {
    std::size_t length = out_.size() - body;
    for (std::size_t at = body - 1;; ++at) {
      const bool more = length >= 0x80;
      out_[at] = std::byte{static_cast<std::uint8_t>((length & 0x7F) | (more ? 0x80U : 0U))};
      length >>= 7;
      if (!more) return at + 1;
      out_.insert(out_.begin() + static_cast<std::ptrdiff_t>(at + 1), std::byte{0});
    }
  }

 protected:
  std::vector<std::byte>& out_;
};

class RecordWriter : public SectionWriter {
 public:
  RecordWriter(const CustomerContext& context, const ContextLimits& limits, std::uint8_t unit,
               std::vector<std::byte>& out)
      : SectionWriter(out), context_(context), limits_(limits), unit_(unit) {}

  void Write() {
    const std::size_t begin = out_.size();
    Bytes(internal::kContextMagic.data(), internal::kContextMagic.size());
    Byte(internal::kContextMajor);
    Byte(internal::kContextMinor);
    for (int i = 0; i < 4; ++i) Byte(0);
    WriteHead();
    WriteIdentifiers();
    WriteChannels();
    WriteJourneys();
    WriteGiven();
    WriteFindings();
    WriteScore();
    WriteTexts();
    if (shortened_) out_[flags_at_] |= std::byte{internal::kContextShortened};
    SealContext(std::span(out_).subspan(begin));
  }

 private:
  void Time(TimePoint time) {
    const std::int64_t units = Between(context_.as_of, time) / internal::kContextUnits[unit_];
    const auto bits = static_cast<std::uint64_t>(units);
    Number((bits << 1) ^ (units < 0 ? ~std::uint64_t{0} : 0));
  }

  // The number of a text in the record, whose table it enters if it is new.
  void Reference(std::string_view whole) {
    const std::string_view text = Cut(whole, limits_.text_bytes);
    if (text.size() != whole.size()) shortened_ = true;
    if (text.empty()) return Number(0);
    const std::uint32_t hash = internal::ContextWordHash(text);
    const auto is_word = [&](std::uint8_t n) { return internal::kContextWords[n - 1U] == text; };
    if (const std::uint8_t word = kWordIndex.slots[kWordIndex.Find(hash, is_word)]; word != 0) {
      return Number(word);
    }
    const auto is_text = [&](std::uint8_t n) { return texts_[n - 1U] == text; };
    std::uint8_t& slot = index_.slots[index_.Find(hash, is_text)];
    if (slot == 0) {
      JOURNEY_CHECK(texts_size_ < texts_.size());
      texts_[texts_size_++] = text;
      slot = static_cast<std::uint8_t>(texts_size_);
    }
    Number(internal::kContextWords.size() + slot);
  }

  // Opens the section of a list: how many are not in it, and how many are.
  template <typename T>
  [[nodiscard]] std::size_t OpenList(ContextSection section, std::span<const T> kept, std::size_t all,
                                     std::uint64_t total) {
    JOURNEY_CHECK(total >= all);
    if (kept.size() < all) shortened_ = true;
    const std::size_t body = Open(section);
    Number(std::max<std::uint64_t>(total, all) - kept.size());
    Number(kept.size());
    return body;
  }

  void WriteHead() {
    const std::size_t body = Open(ContextSection::kHead);
    Byte(unit_);
    Byte(static_cast<std::uint8_t>((context_.truncated ? internal::kContextTruncated : 0U) |
                                   (context_.folded ? internal::kContextFolded : 0U) |
                                   (context_.shortened ? internal::kContextShortened : 0U)));
    Bytes(context_.customer.bytes.data(), context_.customer.bytes.size());
    Number(Bits(context_.as_of));
    Time(context_.first);
    Time(context_.last);
    if (context_.folded) Time(context_.folded_before);
    Number(context_.events);
    Number(context_.sessions);
    Reference(context_.preferred_channel);
    Numbers(context_.journeys);
    Numbers(context_.past_findings);
    flags_at_ = Close(body) + 1;  // after the unit
  }

  void WriteIdentifiers() {
    if (context_.identifiers_total == 0 && context_.identifiers.empty()) return;
    const auto kept = FirstOf(context_.identifiers, limits_.identifiers);
    const std::size_t body =
        OpenList(ContextSection::kIdentifiers, kept, context_.identifiers.size(), context_.identifiers_total);
    for (const ContextIdentifier& identifier : kept) {
      Byte(static_cast<std::uint8_t>(identifier.kind));
      Reference(identifier.name_space);
      Reference(identifier.value);
      Time(identifier.last);
    }
    Close(body);
  }

  void WriteChannels() {
    if (context_.channels_total == 0 && context_.channels.empty()) return;
    const auto kept = FirstOf(context_.channels, limits_.channels);
    const std::size_t body =
        OpenList(ContextSection::kChannels, kept, context_.channels.size(), context_.channels_total);
    for (const ContextChannel& channel : kept) {
      Reference(channel.channel);
      Reference(channel.name);
      Time(channel.last);
      Number(channel.events);
    }
    Close(body);
  }

  void WriteSteps(const ContextSteps& steps) {
    Number(steps.names().size());
    for (const std::string_view name : steps.names()) Reference(name);
  }

  void WriteJourneys() {
    if (context_.open_journeys_total == 0 && context_.open_journeys.empty()) return;
    const auto kept = FirstOf(context_.open_journeys, limits_.journeys);
    const std::size_t body = OpenList(ContextSection::kJourneys, kept, context_.open_journeys.size(),
                                      context_.open_journeys_total);
    for (const ContextJourney& journey : kept) {
      JOURNEY_CHECK(journey.percent <= 100);
      Reference(journey.definition);
      Time(journey.first);
      Time(journey.last);
      Number(journey.steps_reached);
      Number(journey.steps_required);
      Number(std::min<std::uint32_t>(journey.percent, 100));
      Number(journey.pauses);
      Reference(journey.channel);
      WriteSteps(journey.done);
      WriteSteps(journey.next);
    }
    Close(body);
  }

  void WriteGiven() {
    if (context_.given_total == 0 && context_.given.empty()) return;
    const auto kept = FirstOf(context_.given, limits_.given);
    const std::size_t body =
        OpenList(ContextSection::kGiven, kept, context_.given.size(), context_.given_total);
    for (const ContextGiven& given : kept) {
      Byte(static_cast<std::uint8_t>(given.kind));
      Reference(given.key);
      Reference(given.value);
      Time(given.time);
      Reference(given.channel);
    }
    Close(body);
  }

  void WriteFindings() {
    if (context_.findings_total == 0 && context_.findings.empty()) return;
    const auto kept = FirstOf(context_.findings, limits_.findings);
    const std::size_t body =
        OpenList(ContextSection::kFindings, kept, context_.findings.size(), context_.findings_total);
    for (const ContextFinding& finding : kept) {
      Byte(static_cast<std::uint8_t>(finding.severity));
      Reference(finding.detector);
      Reference(finding.kind);
      Reference(finding.reason);
      Reference(finding.channel);
      Reference(finding.name);
      Time(finding.time);
    }
    Close(body);
  }

  void WriteScore() {
    if (context_.scores == 0) return;
    JOURNEY_CHECK(std::isfinite(context_.score.value));
    const std::size_t body = Open(ContextSection::kScore);
    Number(context_.scores);
    const auto bits = std::bit_cast<std::uint64_t>(context_.score.value);
    for (unsigned shift = 0; shift < 64; shift += 8) Byte(static_cast<std::uint8_t>(bits >> shift));
    Reference(context_.score.scale);
    Time(context_.score.time);
    Reference(context_.score.channel);
    Reference(context_.score.name);
    Close(body);
  }

  void WriteTexts() {
    if (texts_size_ == 0) return;
    const std::size_t body = Open(ContextSection::kTexts);
    Number(texts_size_);
    for (std::size_t i = 0; i < texts_size_; ++i) Text(texts_[i]);
    Close(body);
  }

  const CustomerContext& context_;
  const ContextLimits limits_;
  const std::uint8_t unit_;
  bool shortened_ = false;
  std::size_t flags_at_ = 0;
  std::size_t texts_size_ = 0;
  std::array<std::string_view, internal::kMaxContextTexts> texts_;
  internal::ContextTextIndex<512> index_;
};

// A record refers to no more texts than there are numbers for.
static_assert(1 + 2 * kMaxContextIdentifiers + 2 * kMaxContextChannels +
                  (2 + 2 * kMaxContextSteps) * kMaxContextJourneys + 3 * kMaxContextGiven +
                  5 * kMaxContextFindings + 3 <=
              internal::kMaxContextTexts);

}  // namespace

void CustomerContext::Clear() {
  CustomerContext fresh;
  const auto keep = [](auto& list, auto& room) {
    list.clear();
    std::swap(list, room);
  };
  keep(identifiers, fresh.identifiers);
  keep(channels, fresh.channels);
  keep(open_journeys, fresh.open_journeys);
  keep(given, fresh.given);
  keep(findings, fresh.findings);
  keep(likely_next, fresh.likely_next);
  *this = std::move(fresh);
}

std::string_view PreferredChannelOf(std::span<const ContextChannel> channels) {
  const auto better = [](const ContextChannel& a, const ContextChannel& b) {
    if (a.events != b.events) return a.events > b.events;
    return a.last != b.last ? a.last > b.last : a.channel < b.channel;
  };
  const auto best = std::ranges::min_element(channels, better);
  return best == channels.end() ? std::string_view() : best->channel;
}

std::string_view TextOf(const AttributeValue& value, std::array<char, 32>& room) {
  switch (value.kind()) {
    case AttributeValue::Kind::kText:
      return value.text();
    case AttributeValue::Kind::kBoolean:
      return value.boolean() ? "true" : "false";
    case AttributeValue::Kind::kNumber:
      break;
  }
  const double number = value.number() == 0.0 ? 0.0 : value.number();  // there is one zero
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number);
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

void EncodeContext(const CustomerContext& context, std::vector<std::byte>& out, const ContextLimits& limits) {
  ContextLimits used{.identifiers = std::min(limits.identifiers, kMaxContextIdentifiers),
                     .channels = std::min(limits.channels, kMaxContextChannels),
                     .journeys = std::min(limits.journeys, kMaxContextJourneys),
                     .given = std::min(limits.given, kMaxContextGiven),
                     .findings = std::min(limits.findings, kMaxContextFindings),
                     .text_bytes = std::clamp(limits.text_bytes, kSmallestTextBytes, kMaxContextTextBytes)};
  const std::size_t begin = out.size();
  const std::uint8_t unit = CoarsestUnit(context);
  for (;; used.text_bytes = std::max(used.text_bytes / 2, kSmallestTextBytes)) {
    RecordWriter(context, used, unit, out).Write();
    if (out.size() - begin <= kMaxContextBytes - kMaxOutlookBytes) break;
    JOURNEY_CHECK(used.text_bytes > kSmallestTextBytes);
    if (used.text_bytes == kSmallestTextBytes) break;
    out.resize(begin);
  }
  auto risks = FirstOf(context.open_journeys, used.journeys);
  while (!risks.empty() && risks.back().risk == ContextRisk{}) risks = risks.first(risks.size() - 1);
  for (const ContextJourney& journey : risks) EncodeRisk(journey.risk, out);
  if (!context.likely_next.empty()) EncodeNext(context.likely_next, out);
  SealContext(std::span(out).subspan(begin));
}

void EncodeRisk(const ContextRisk& risk, std::vector<std::byte>& out) {
  JOURNEY_CHECK(risk.lost <= risk.of);
  SectionWriter writer(out);
  const std::size_t body = writer.Open(ContextSection::kRisk);
  writer.Number(risk.lost);
  writer.Number(risk.of);
  writer.Close(body);
}

void EncodeNext(std::span<const ContextNext> next, std::vector<std::byte>& out) {
  SectionWriter writer(out);
  const std::size_t body = writer.Open(ContextSection::kNext);
  const auto kept = next.first(std::min(next.size(), kMaxContextNext));
  writer.Number(kept.size());
  for (const ContextNext& touchpoint : kept) {
    JOURNEY_CHECK(touchpoint.count <= touchpoint.of);
    writer.Text(Cut(touchpoint.channel, kMaxContextTextBytes));
    writer.Text(Cut(touchpoint.name, kMaxContextTextBytes));
    writer.Number(touchpoint.count);
    writer.Number(touchpoint.of);
  }
  writer.Close(body);
}

void SealContext(std::span<std::byte> record) {
  JOURNEY_CHECK(record.size() >= internal::kContextHeaderBytes &&
                std::memcmp(record.data(), internal::kContextMagic.data(), 4) == 0);
  for (std::size_t i = 0; i < 4; ++i) {
    record[internal::kContextLengthAt + i] = std::byte{static_cast<std::uint8_t>(record.size() >> (8 * i))};
  }
}

}  // namespace v0
}  // namespace journey
