// ProblemOf: a strict look at a page. Every tag must be one of those the library writes, attributes must be
// quoted, elements must nest and close. So a name that got out of its place cannot go unnoticed.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace journey::testing {

inline std::string ProblemOf(std::string_view page) {
  static const std::set<std::string, std::less<>> kVoid{"meta", "!doctype"};
  static const std::set<std::string, std::less<>> kKnown{
      "html",       "head",    "meta",    "title",   "style", "body",     "header", "nav",  "main",
      "section",    "article", "footer",  "h1",      "h2",    "h3",       "p",      "a",    "b",
      "strong",     "span",    "bdi",     "div",     "ul",    "ol",       "li",     "dl",   "dt",
      "dd",         "table",   "caption", "thead",   "tbody", "tr",       "th",     "td",   "figure",
      "figcaption", "details", "summary", "svg",     "g",     "defs",     "marker", "desc", "rect",
      "circle",     "line",    "path",    "polygon", "text",  "!doctype", "h4",     "q"};
  std::vector<std::string> open;
  std::size_t at = 0;
  const auto problem = [&](std::string_view what) {
    return std::string(what) + " near: " + std::string(page.substr(at < 60 ? 0 : at - 60, 140));
  };
  while (at < page.size()) {
    if (page[at] == '>') return problem("a bare >");
    if (page[at] != '<') {
      ++at;
      continue;
    }
    const bool closing = page[at + 1] == '/';
    std::size_t end = at + (closing ? 2 : 1);
    std::string name;
    while (end < page.size() && page[end] != ' ' && page[end] != '>' && page[end] != '/') name += page[end++];
    if (!kKnown.contains(name)) return problem("unknown element " + name);
    bool quoted = false;
    while (end < page.size() && (quoted || page[end] != '>')) {
      if (page[end] == '"') quoted = !quoted;
      if (page[end] == '<') return problem("a bare < in a tag");
      ++end;
    }
    if (end == page.size()) return problem("an unclosed tag");
    const bool self_closing = page[end - 1] == '/';
    if (closing) {
      if (open.empty() || open.back() != name) return problem("closes what is not open: " + name);
      open.pop_back();
    } else if (!self_closing && !kVoid.contains(name)) {
      open.push_back(name);
      if (name == "style") {  // its text is no markup
        end = page.find("</style>", end) - 1;
      }
    }
    at = end + 1;
  }
  return open.empty() ? std::string() : "left open: " + open.back();
}

}  // namespace journey::testing
