// The page of a comparison, as a mustache template: {{text}} is escaped, {{{markup}}} is of our own making.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::string_view kCompareStyles = R"CSS(
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:16px;margin:26px 0 0}
.sides .card{margin:0;padding:18px}.sides h3{margin:0 0 4px}.sides p{margin:0 0 4px}
.figures td,.figures th{padding-right:12px;vertical-align:middle}
.figures tbody th{min-width:104px}.figures .whisker{width:190px;padding-left:6px}
.whisker svg{width:190px;height:22px}
.w-zero{stroke:var(--slate);opacity:.5}.w-range{stroke:var(--slate);stroke-width:2}.w-dot{fill:var(--slate)}
.w-sure{stroke:var(--blue);stroke-width:3}.w-sure-dot{fill:var(--blue)}
.verdict{font-weight:650}.verdict .rule{font-weight:400}.moved{margin:0;padding:0;list-style:none}.moved li{padding:9px 0 9px 18px;border-left:3px solid var(--blue)}.moved li+li{margin-top:8px}
@media (max-width:760px){.figures thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.figures,.figures tbody{display:block}.figures tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:12px 0;border-top:1px solid var(--line)}
.figures td,.figures th{display:block;padding:0;border:0!important}.figures tbody th,.figures .whisker{width:100%}
.figures .num{text-align:left;font-size:13.5px}.figures .num::before{content:attr(data-label) " ";color:var(--soft)}.whisker svg{width:100%}}
@media print{.figures details{display:block}}
)CSS";

inline constexpr std::string_view kCompareTemplate = R"HTML(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{{title}}</title>
<style>{{{styles}}}</style>
</head>
<body>
<header class="page-head">
<p class="eyebrow">Journeys compared</p>
<h1><bdi>{{title}}</bdi></h1>
<nav aria-label="Sections">
<a href="#main">What it came to</a>
<a href="#changed">What else {{#arms}}differs{{/arms}}{{#times}}changed{{/times}}</a>
{{#moved_section}}<a href="#moved">{{#arms}}Opposite differences{{/arms}}{{#times}}Moved together{{/times}}</a>
{{/moved_section}}{{#small_section}}<a href="#small">Too small to say</a>
{{/small_section}}<a href="#counted">What was counted</a>
</nav>
</header>
<main>
<section aria-label="Compared">
<ul class="sentences">
{{#answers}}<li><bdi>{{answer}}</bdi></li>
{{/answers}}</ul>
<div class="sides">
{{#sides}}<div class="card"><h3><bdi>{{which}}</bdi></h3><p><bdi>{{label}}</bdi></p><p class="soft">{{what}}</p>{{#control}}<p class="soft">control: {{control}}</p>{{/control}}</div>
{{/sides}}</div>
</section>

<section id="main" aria-labelledby="main-head">
<h2 id="main-head">What it came to</h2>
<p class="soft">{{how}}</p>
{{#main_table}}{{> figures}}{{/main_table}}
{{^main_table}}<p class="lead">No goal, contact or score is known on either side.</p>{{/main_table}}
</section>

<section id="changed" aria-labelledby="changed-head">
<h2 id="changed-head">What else {{#arms}}differs{{/arms}}{{#times}}changed{{/times}}</h2>
<p class="soft">{{changed_note}}</p>
{{#changed_table}}{{> figures}}{{/changed_table}}
{{^changed_table}}<p class="lead">Nothing that this sample could show.</p>{{/changed_table}}
{{#unchanged_table}}
<details>
<summary>No {{#arms}}difference{{/arms}}{{#times}}change{{/times}} shown in {{unchanged_count}} more</summary>
{{> figures}}
</details>
{{/unchanged_table}}
</section>

{{#moved_section}}
<section id="moved" aria-labelledby="moved-head">
<h2 id="moved-head">{{#arms}}Opposite differences{{/arms}}{{#times}}Moved together{{/times}}</h2>
<p class="soft">{{#arms}}Shares of journeys that differ in opposite directions. Who is not in the one need not be who is in the other.{{/arms}}{{#times}}Shares of journeys that changed in opposite directions at the same time. Who left the one need not be who came to the other.{{/times}}</p>
{{#mix}}<p><b>{{mix}}</b></p>
{{/mix}}<ul class="moved">
{{#pairs}}<li>{{pair}}</li>
{{/pairs}}</ul>
{{#more_pairs}}<p class="soft">… {{more_pairs}} more pairs</p>{{/more_pairs}}
</section>
{{/moved_section}}

{{#small_section}}
<section id="small" aria-labelledby="small-head">
<h2 id="small-head">Too small to say</h2>
<p class="soft">{{small_note}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Figures with too small a sample">
<table>
<thead><tr><th scope="col">Where</th><th scope="col">Figure</th><th scope="col" class="num"><bdi>{{before_head}}</bdi></th><th scope="col" class="num"><bdi>{{after_head}}</bdi></th><th scope="col">What is too small</th><th scope="col" class="num">Would find it</th></tr></thead>
<tbody>
{{#small}}<tr><th scope="row"><bdi>{{place}}</bdi></th><td>{{figure}}</td><td class="num">{{before}}</td><td class="num">{{after}}</td><td class="why">{{rule}}</td><td class="num">{{needed}}</td></tr>
{{/small}}</tbody>
</table>
</div>
{{#more_small}}<p class="soft">… {{more_small}} more</p>{{/more_small}}
</section>
{{/small_section}}

<section id="counted" aria-labelledby="counted-head">
<h2 id="counted-head">What was counted, and what was left out</h2>
<ul>
{{#notes}}<li>{{note}}</li>
{{/notes}}</ul>
</section>
</main>
<footer><p>Written by journey. No identifier appears on this page. All times are UTC.</p></footer>
</body>
</html>
)HTML";

inline constexpr std::string_view kCompareFigures =
    R"HTML(<table class="figures">
<thead><tr><th scope="col">Where</th><th scope="col">Figure</th><th scope="col" class="num"><bdi>{{before_head}}</bdi></th><th scope="col" class="num"><bdi>{{after_head}}</bdi></th><th scope="col" class="num">Difference</th><th scope="col">95% interval</th><th scope="col" class="num">q</th><th scope="col">Verdict</th></tr></thead>
<tbody>
{{#rows}}<tr><th scope="row"><bdi>{{place}}</bdi></th><td>{{figure}}</td><td class="num" data-label="{{before_name}}">{{before}}{{#control_cells}}<span class="rule">control {{control_before}}</span>{{/control_cells}}</td><td class="num" data-label="{{after_name}}">{{after}}{{#control_cells}}<span class="rule">control {{control_after}}</span>{{/control_cells}}</td><td class="num" data-label="difference">{{difference}}</td><td class="whisker">{{{whisker}}}<span class="rule">{{interval}}</span></td><td class="num" data-label="q">{{q}}</td><td class="verdict">{{verdict}}{{#hint}}<span class="rule">{{hint}}</span>{{/hint}}</td></tr>
{{/rows}}</tbody>
</table>
{{#more}}<p class="soft">… {{more}} more</p>{{/more}})HTML";

}  // namespace internal
}  // namespace v0
}  // namespace journey
