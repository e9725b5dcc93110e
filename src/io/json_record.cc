#include "io/json_record.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "io/input_window.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

namespace dom = simdjson::dom;
using Kind = InputCell::Kind;

static_assert(InputWindow::kPadding >= simdjson::SIMDJSON_PADDING);
constexpr std::size_t kMaxDepth = 256;
constexpr std::size_t kNoSlot = SIZE_MAX;

std::string_view ReasonOf(simdjson::error_code error) {
  switch (error) {
    case simdjson::SUCCESS:
      return {};
    case simdjson::CAPACITY:
      return "a text that is too long";
    case simdjson::DEPTH_ERROR:
      return "values nested too deep";
    case simdjson::STRING_ERROR:
      return "a text with a wrong escape";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a word that is not true, false or null";
    case simdjson::NUMBER_ERROR:
      return "a number that is none, or has more than 64 bits";
    case simdjson::UTF8_ERROR:
      return "bytes that are not UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a text";
    case simdjson::UNCLOSED_STRING:
      return "a text that is not closed";
    case simdjson::EMPTY:
      return "nothing";
    default:
      return "something that is not JSON";
  }
}

std::vector<std::string_view> Segments(std::string_view path) {
  std::vector<std::string_view> segments;
  while (true) {
    const std::size_t dot = path.find('.');
    segments.push_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return segments;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

struct JsonRecord::Impl {
  Impl(std::span<const std::string> column_names, std::size_t max_bytes)
      : parser(std::max<std::size_t>(max_bytes, 1024)),
        columns(column_names),
        structures(column_names.size()) {
    for (const std::string& column : columns) paths.push_back(Segments(column));
  }

  std::size_t SlotOf(std::string_view key) const {
    const auto found = std::find(columns.begin(), columns.end(), key);
    return found == columns.end() ? kNoSlot : static_cast<std::size_t>(found - columns.begin());
  }
  // Rows mostly have the same keys in the same places, so the last row says which slot a place is for.
  std::size_t SlotAt(std::size_t place, std::string_view key) {
    if (place < places.size() && places[place].first == key) return places[place].second;
    const std::size_t slot = SlotOf(key);
    if (place >= places.size() && place < kMaxPlaces) places.resize(place + 1);
    if (place < places.size()) {
      places[place].first.assign(key);
      places[place].second = slot;
    }
    return slot;
  }
  void Set(InputCell& cell, std::size_t slot, const dom::element& value);
  bool Follow(const std::vector<std::string_view>& path, dom::element& value) const;

  static constexpr std::size_t kMaxPlaces = 1024;
  dom::parser parser;
  dom::element root;
  std::span<const std::string> columns;
  std::vector<std::vector<std::string_view>> paths;  // of each column
  std::vector<std::string> structures;               // the JSON of each cell that is a list or an object
  std::vector<std::pair<std::string, std::size_t>> places;  // key and slot of each place in an object
};

JsonRecord::JsonRecord(std::span<const std::string> columns, std::size_t max_bytes)
    : impl_(std::make_unique<Impl>(columns, max_bytes)) {}
JsonRecord::~JsonRecord() = default;

std::string_view JsonRecord::Parse(std::string_view text) {
  // Room for what this text needs, and the depth that is allowed; both stay.
  if (impl_->parser.capacity() < text.size() || impl_->parser.max_depth() != kMaxDepth) {
    const std::size_t room =
        std::min(std::max<std::size_t>(2 * text.size(), 4096), impl_->parser.max_capacity());
    if (text.size() > impl_->parser.max_capacity()) return ReasonOf(simdjson::CAPACITY);
    if (impl_->parser.allocate(std::max(room, text.size()), kMaxDepth) != simdjson::SUCCESS)
      throw std::bad_alloc();
  }
  const auto error = impl_->parser.parse(text.data(), text.size(), false).get(impl_->root);
  return ReasonOf(error);
}

bool JsonRecord::IsObject() const {
  return impl_->root.is_object();
}

void JsonRecord::Impl::Set(InputCell& cell, std::size_t slot, const dom::element& value) {
  // The type was asked for, so that it cannot be another.
  const auto set = [&cell, &value](Kind kind, auto& target) {
    cell.kind = value.get(target) == simdjson::SUCCESS ? kind : Kind::kAbsent;
  };
  switch (value.type()) {
    case dom::element_type::NULL_VALUE:
      cell.kind = Kind::kAbsent;
      break;
    case dom::element_type::BOOL:
      set(Kind::kBoolean, cell.boolean);
      break;
    case dom::element_type::STRING:
      set(Kind::kText, cell.text);
      break;
    case dom::element_type::INT64:
      set(Kind::kInteger, cell.integer);
      cell.number = static_cast<double>(cell.integer);
      break;
    case dom::element_type::UINT64:
      set(Kind::kUnsigned, cell.unsigned_integer);
      cell.number = static_cast<double>(cell.unsigned_integer);
      break;
    case dom::element_type::DOUBLE:
      set(Kind::kNumber, cell.number);
      break;
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
      cell.kind = Kind::kStructure;
      structures[slot] = simdjson::minify(value);
      cell.text = structures[slot];
      break;
  }
}

bool JsonRecord::Impl::Follow(const std::vector<std::string_view>& path, dom::element& value) const {
  value = root;
  for (const std::string_view key : path) {
    if (!value.is_object() || value.at_key(key).get(value) != simdjson::SUCCESS) return false;
  }
  return true;
}

void JsonRecord::Fill(std::span<InputCell> cells) {
  constexpr auto kUnset = static_cast<Kind>(0xFF);
  for (InputCell& cell : cells) cell.kind = kUnset;
  dom::object object;
  if (impl_->root.get(object) != simdjson::SUCCESS) return;
  std::size_t place = 0;
  for (const dom::key_value_pair member : object) {
    const std::size_t slot = impl_->SlotAt(place++, member.key);
    if (slot != kNoSlot && cells[slot].kind == kUnset) impl_->Set(cells[slot], slot, member.value);
  }
  for (std::size_t slot = 0; slot < cells.size(); ++slot) {
    if (cells[slot].kind != kUnset) continue;
    cells[slot].kind = Kind::kAbsent;
    dom::element value;
    if (impl_->paths[slot].size() > 1 && impl_->Follow(impl_->paths[slot], value)) {
      impl_->Set(cells[slot], slot, value);
    }
  }
}

namespace {

void AddLeaves(const dom::object& object, const std::string& prefix, std::size_t depth,
               std::vector<JsonRecord::Leaf>& leaves) {
  constexpr std::size_t kDeepest = 4;
  for (const dom::key_value_pair member : object) {
    const std::string path = prefix + std::string(member.key);
    dom::object inner;
    if (depth < kDeepest && member.value.get(inner) == simdjson::SUCCESS) {
      AddLeaves(inner, path + ".", depth + 1, leaves);
      continue;
    }
    std::string_view text;
    if (member.value.get(text) == simdjson::SUCCESS) {
      leaves.push_back({path, std::string(text)});
    } else {
      leaves.push_back({path, member.value.is_null() ? std::string() : simdjson::minify(member.value)});
    }
  }
}

}  // namespace

std::vector<JsonRecord::Leaf> JsonRecord::Leaves() const {
  std::vector<Leaf> leaves;
  dom::object object;
  if (impl_->root.get(object) == simdjson::SUCCESS) AddLeaves(object, "", 1, leaves);
  return leaves;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
