#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "core/utf8.h"
#include "journey/core/status.h"
#include "journey/live/context.h"
#include "live/context_format.h"
#include "live/context_words.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ContextSection;

// Longer ones are no records of any minor version.
constexpr std::size_t kMaxReadBytes = std::size_t{64} << 10;

constexpr std::array<std::string_view, internal::kContextSections> kSectionNames{
    "header", "head",     "texts", "identifiers", "channels", "journeys",
    "given",  "findings", "score", "risk",        "next"};

// Reads one section. After the first error everything reads as zero, and the position stays.
class SectionReader {
 public:
  SectionReader(std::span<const std::byte> record, std::size_t at, std::size_t end)
      : record_(record), at_(at), end_(end) {}

  [[nodiscard]] bool ok() const { return wrong_.empty(); }
  [[nodiscard]] std::string_view wrong() const { return wrong_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return ok() ? end_ - at_ : 0; }

  void Fail(std::string_view wrong) {
    if (ok()) wrong_ = wrong;
  }
  void FailAt(std::size_t at, std::string_view wrong) {
    if (!ok()) return;
    at_ = at;
    wrong_ = wrong;
  }

  std::uint8_t Byte() {
    if (!ok()) return 0;
    if (at_ == end_) {
      Fail("ends too early");
      return 0;
    }
    return std::to_integer<std::uint8_t>(record_[at_++]);
  }
  // A byte below `count`.
  std::uint8_t Choice(std::size_t count) {
    const std::size_t before = at_;
    const std::uint8_t value = Byte();
    if (value < count) return value;
    FailAt(before, "an unknown choice");
    return 0;
  }
  std::uint64_t Number(std::uint64_t most = UINT64_MAX) {
    const std::size_t before = at_;
    std::uint64_t value = 0;
    for (unsigned shift = 0; ok(); shift += 7) {
      const std::uint8_t byte = Byte();
      if (!ok()) break;
      if ((shift == 63 && byte > 1) || (byte == 0 && shift != 0)) {
        FailAt(before, "not a number");
        break;
      }
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) break;
    }
    if (ok() && value > most) FailAt(before, "a number out of range");
    return ok() ? value : 0;
  }
  std::uint32_t Number32() { return static_cast<std::uint32_t>(Number(UINT32_MAX)); }
  // A number of things of which each takes at least `least` bytes of those that are left.
  std::size_t Count(std::size_t least, std::size_t most = SIZE_MAX) {
    const std::size_t before = at_;
    const std::uint64_t count = Number();
    if (count <= left() / least && count <= most) return static_cast<std::size_t>(count);
    FailAt(before, "more entries than can be");
    return 0;
  }
  std::span<const std::byte> Bytes(std::size_t size) {
    if (size > left()) {
      Fail("ends too early");
      return {};
    }
    at_ += size;
    return record_.subspan(at_ - size, size);
  }
  std::string_view Text() {
    const std::size_t before = at_;
    const std::span<const std::byte> bytes = Bytes(Count(1));
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());  // NOLINT
    if (ok() && internal::IsCleanUtf8(text)) return text;
    FailAt(before, "a text that is not UTF-8");
    return {};
  }
  void ExpectEnd() {
    if (ok() && at_ != end_) Fail("has more than belongs there");
  }

 private:
  std::span<const std::byte> record_;
  std::size_t at_;
  std::size_t end_;
  std::string_view wrong_;
};

class RecordReader {
 public:
  RecordReader(std::span<const std::byte> record, CustomerContext& out) : record_(record), out_(out) {}

  Status Read() {
    if (Status status = ReadHeader(); !status.ok()) return status;
    if (Status status = FindSections(); !status.ok()) return status;
    // The head has the unit of times, the texts are what the others refer to.
    for (const ContextSection first : {ContextSection::kTexts, ContextSection::kHead}) {
      if (const Range range = sections_[static_cast<std::size_t>(first)]; range.end != 0) {
        if (Status status = ReadSection(first, range); !status.ok()) return status;
      }
    }
    for (auto tag = static_cast<std::size_t>(ContextSection::kIdentifiers); tag < sections_.size(); ++tag) {
      const auto section = static_cast<ContextSection>(tag);
      if (sections_[tag].end == 0 || section == ContextSection::kRisk) continue;
      if (Status status = ReadSection(section, sections_[tag]); !status.ok()) return status;
    }
    return ReadRisks();
  }

 private:
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;  // 0: there is none
  };

  static Status Wrong(std::size_t section, std::string_view what, std::size_t at) {
    return DataLoss(fmt::format("context record: {}: {}, at byte {}", kSectionNames[section], what, at));
  }

  Status ReadHeader() const {
    if (record_.size() < internal::kContextHeaderBytes) return Wrong(0, "ends too early", record_.size());
    if (std::memcmp(record_.data(), internal::kContextMagic.data(), internal::kContextMagic.size()) != 0) {
      return Wrong(0, "this is no context record", 0);
    }
    if (const auto major = std::to_integer<unsigned>(record_[4]); major != internal::kContextMajor) {
      return Wrong(0, fmt::format("version {}; this reader knows version {}", major, internal::kContextMajor),
                   4);
    }
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length |= std::to_integer<std::size_t>(record_[internal::kContextLengthAt + i]) << (8 * i);
    }
    if (length != record_.size() || length > kMaxReadBytes) {
      return Wrong(0,
                   fmt::format("says {} bytes, and there are {}; at most {} are read", length, record_.size(),
                               kMaxReadBytes),
                   internal::kContextLengthAt);
    }
    return {};
  }

  // Where the sections are. Unknown ones are passed over.
  Status FindSections() {
    SectionReader reader(record_, internal::kContextHeaderBytes, record_.size());
    while (reader.left() != 0) {
      const std::size_t before = reader.at();
      const std::uint8_t tag = reader.Byte();
      const std::size_t size = reader.Count(1);
      const Range range{reader.at(), reader.at() + size};
      static_cast<void>(reader.Bytes(size));
      if (!reader.ok()) break;
      if (tag == 0) return Wrong(0, "a section without a tag", before);
      if (tag >= sections_.size()) continue;
      Range& place = sections_[tag];
      if (place.end != 0 && tag != static_cast<std::size_t>(ContextSection::kRisk)) {
        return Wrong(tag, "is there twice", before);
      }
      if (place.end == 0) place = range;
    }
    if (!reader.ok()) return Wrong(0, "a section that does not fit", reader.at());
    if (sections_[static_cast<std::size_t>(ContextSection::kHead)].end == 0) {
      return Wrong(1, "is missing", record_.size());
    }
    return {};
  }

  Status ReadSection(ContextSection section, Range range) {
    SectionReader reader(record_, range.begin, range.end);
    switch (section) {
      case ContextSection::kHead:
        ReadHead(reader);
        break;
      case ContextSection::kTexts:
        ReadTexts(reader);
        break;
      case ContextSection::kIdentifiers:
        ReadIdentifiers(reader);
        break;
      case ContextSection::kChannels:
        ReadChannels(reader);
        break;
      case ContextSection::kJourneys:
        ReadJourneys(reader);
        break;
      case ContextSection::kGiven:
        ReadGiven(reader);
        break;
      case ContextSection::kFindings:
        ReadFindings(reader);
        break;
      case ContextSection::kScore:
        ReadScore(reader);
        break;
      case ContextSection::kNext:
        ReadNext(reader);
        break;
      case ContextSection::kRisk:
        break;
    }
    reader.ExpectEnd();
    return reader.ok() ? Status() : Wrong(static_cast<std::size_t>(section), reader.wrong(), reader.at());
  }

  // Each risk, in turn, to the next open journey. The framing has been looked at before.
  Status ReadRisks() {
    constexpr auto kTag = static_cast<std::size_t>(ContextSection::kRisk);
    if (sections_[kTag].end == 0) return {};
    SectionReader frames(record_, internal::kContextHeaderBytes, record_.size());
    std::size_t journey = 0;
    while (frames.left() != 0) {
      const std::uint8_t tag = frames.Byte();
      const std::size_t size = frames.Count(1);
      SectionReader reader(record_, frames.at(), frames.at() + size);
      static_cast<void>(frames.Bytes(size));
      if (tag != kTag) continue;
      if (journey == out_.open_journeys.size()) reader.Fail("belongs to no journey");
      const std::uint64_t lost = reader.Number();
      const std::uint64_t of = reader.Number();
      if (lost > of) reader.Fail("a part that is more than the whole");
      reader.ExpectEnd();
      if (!reader.ok()) return Wrong(kTag, reader.wrong(), reader.at());
      out_.open_journeys[journey++].risk = {lost, of};
    }
    return {};
  }

  void ReadTexts(SectionReader& reader) {
    const std::size_t count = reader.Count(1, texts_.size());
    while (texts_size_ < count && reader.ok()) texts_[texts_size_++] = reader.Text();
  }

  std::string_view Reference(SectionReader& reader) const {
    const std::size_t before = reader.at();
    const std::uint64_t number = reader.Number();
    if (number == 0) return {};
    if (number <= internal::kContextWords.size()) return internal::kContextWords[number - 1];
    const std::uint64_t own = number - internal::kContextWords.size();
    if (own <= texts_size_) return texts_[own - 1];
    reader.FailAt(before, "a text that is not there");
    return {};
  }

  static TimePoint TimeOf(SectionReader& reader, std::size_t before, std::int64_t count) {
    const TimePoint time{Duration{count}};
    if (time >= kMinTime && time <= kMaxTime) return time;
    reader.FailAt(before, "a time out of range");
    return {};
  }
  TimePoint Time(SectionReader& reader) const {
    const std::size_t before = reader.at();
    const std::uint64_t zigzag = reader.Number();
    const std::int64_t units =
        static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1);
    const std::int64_t most = kForever.count() / unit_;
    if (units > most || units < -most) {
      reader.FailAt(before, "a time out of range");
      return {};
    }
    return TimeOf(reader, before, out_.as_of.time_since_epoch().count() + units * unit_);
  }

  static void ReadNumbers(SectionReader& reader, std::span<std::uint64_t> numbers) {
    const std::size_t count = reader.Count(1);
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
      const std::uint64_t number = reader.Number();
      if (i < numbers.size()) numbers[i] = number;
    }
  }

  // Calls read(entry) for each entry of a list, each of which has at least `least` bytes.
  template <typename T, typename ReadEntry>
  void ReadList(SectionReader& reader, std::size_t least, std::vector<T>& list, std::uint64_t& total,
                const ReadEntry& read) {
    const std::size_t before = reader.at();
    const std::uint64_t more = reader.Number();
    const std::size_t count = reader.Count(least);
    if (more > UINT64_MAX - count) reader.FailAt(before, "a number out of range");
    list.reserve(count);
    for (std::size_t i = 0; i < count && reader.ok(); ++i) read(list.emplace_back());
    total = more + count;
  }

  void ReadHead(SectionReader& reader) {
    unit_ = internal::kContextUnits[reader.Choice(internal::kContextUnits.size())];
    const std::uint8_t flags = reader.Byte();
    out_.truncated = (flags & internal::kContextTruncated) != 0;
    out_.folded = (flags & internal::kContextFolded) != 0;
    out_.shortened = (flags & internal::kContextShortened) != 0;
    const std::span<const std::byte> id = reader.Bytes(out_.customer.bytes.size());
    if (!id.empty()) std::memcpy(out_.customer.bytes.data(), id.data(), id.size());
    const std::size_t before = reader.at();
    out_.as_of =
        TimeOf(reader, before,
               static_cast<std::int64_t>(reader.Number(static_cast<std::uint64_t>(kForever.count()))));
    out_.first = Time(reader);
    out_.last = Time(reader);
    if (out_.folded) out_.folded_before = Time(reader);
    out_.events = reader.Number();
    out_.sessions = reader.Number();
    out_.preferred_channel = Reference(reader);
    ReadNumbers(reader, out_.journeys);
    ReadNumbers(reader, out_.past_findings);
  }

  void ReadIdentifiers(SectionReader& reader) {
    ReadList(reader, 4, out_.identifiers, out_.identifiers_total, [&](ContextIdentifier& identifier) {
      identifier.kind = static_cast<IdentifierKind>(reader.Choice(kIdentifierKinds));
      identifier.name_space = Reference(reader);
      identifier.value = Reference(reader);
      identifier.last = Time(reader);
    });
  }

  void ReadChannels(SectionReader& reader) {
    ReadList(reader, 4, out_.channels, out_.channels_total, [&](ContextChannel& channel) {
      channel.channel = Reference(reader);
      channel.name = Reference(reader);
      channel.last = Time(reader);
      channel.events = reader.Number();
    });
  }

  void ReadSteps(SectionReader& reader, ContextSteps& steps) const {
    const std::size_t count = reader.Count(1, kMaxContextSteps);
    for (std::size_t i = 0; i < count; ++i) steps.Add(Reference(reader));
  }

  void ReadJourneys(SectionReader& reader) {
    ReadList(reader, 10, out_.open_journeys, out_.open_journeys_total, [&](ContextJourney& journey) {
      journey.definition = Reference(reader);
      journey.first = Time(reader);
      journey.last = Time(reader);
      journey.steps_reached = reader.Number32();
      journey.steps_required = reader.Number32();
      journey.percent = static_cast<std::uint32_t>(reader.Number(100));
      journey.pauses = reader.Number32();
      journey.channel = Reference(reader);
      ReadSteps(reader, journey.done);
      ReadSteps(reader, journey.next);
    });
  }

  void ReadGiven(SectionReader& reader) {
    ReadList(reader, 5, out_.given, out_.given_total, [&](ContextGiven& given) {
      given.kind = static_cast<AttributeValue::Kind>(reader.Choice(3));
      given.key = Reference(reader);
      given.value = Reference(reader);
      given.time = Time(reader);
      given.channel = Reference(reader);
    });
  }

  void ReadFindings(SectionReader& reader) {
    ReadList(reader, 7, out_.findings, out_.findings_total, [&](ContextFinding& finding) {
      finding.severity = static_cast<Severity>(reader.Choice(3));
      finding.detector = Reference(reader);
      finding.kind = Reference(reader);
      finding.reason = Reference(reader);
      finding.channel = Reference(reader);
      finding.name = Reference(reader);
      finding.time = Time(reader);
    });
  }

  void ReadScore(SectionReader& reader) {
    const std::size_t before = reader.at();
    out_.scores = reader.Number();
    if (out_.scores == 0) reader.FailAt(before, "a number out of range");
    const std::size_t value = reader.at();
    std::uint64_t bits = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) bits |= std::uint64_t{reader.Byte()} << shift;
    out_.score.value = std::bit_cast<double>(bits);
    if (!std::isfinite(out_.score.value)) reader.FailAt(value, "a number out of range");
    out_.score.scale = Reference(reader);
    out_.score.time = Time(reader);
    out_.score.channel = Reference(reader);
    out_.score.name = Reference(reader);
  }

  void ReadNext(SectionReader& reader) {
    const std::size_t count = reader.Count(4);
    out_.likely_next.reserve(count);
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
      ContextNext& next = out_.likely_next.emplace_back();
      next.channel = reader.Text();
      next.name = reader.Text();
      const std::size_t before = reader.at();
      next.count = reader.Number();
      next.of = reader.Number();
      if (next.count > next.of) reader.FailAt(before, "a part that is more than the whole");
    }
  }

  std::span<const std::byte> record_;
  CustomerContext& out_;
  std::array<Range, internal::kContextSections> sections_{};
  std::array<std::string_view, internal::kMaxContextTexts> texts_;
  std::size_t texts_size_ = 0;
  std::int64_t unit_ = 1;
};

}  // namespace

Status DecodeContext(std::span<const std::byte> record, CustomerContext& out) {
  out.Clear();
  Status status = RecordReader(record, out).Read();
  if (!status.ok()) out.Clear();
  return status;
}

}  // namespace v0
}  // namespace journey
