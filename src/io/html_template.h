// The page, as a mustache template: {{text}} is escaped, {{{markup}}} is of our own making.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::string_view kHtmlTemplate = R"HTML(<!doctype html>
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
<p class="eyebrow">Journey report</p>
<h1><bdi>{{title}}</bdi></h1>
<p class="period">{{period}}</p>
{{#something}}
<nav aria-label="Sections">
{{{fix_nav}}}<a href="#journeys">Journeys</a>
{{{funnel_nav}}}<a href="#friction">Friction</a>
{{{said_nav}}}<a href="#channels">Channels</a>
{{{credit_nav}}}{{#touchpoint_section}}<a href="#touchpoints">Touchpoints</a>
{{/touchpoint_section}}{{{time_nav}}}{{#example_section}}<a href="#examples">Examples</a>
{{/example_section}}{{#path_section}}<a href="#paths">Paths</a>
{{/path_section}}<a href="#counted">What was counted</a>
</nav>
{{/something}}
</header>
<main>
{{#nothing}}
<p class="lead">No events were accepted, so there are no customers, sessions or journeys to show. What became of the events that were offered is told below.</p>
{{/nothing}}
{{#something}}
<section aria-label="At a glance">
<div class="tiles">
{{#tiles}}<div class="tile"><strong>{{value}}</strong><span class="tile-label">{{label}}</span><span class="tile-note">{{note}}</span></div>
{{/tiles}}</div>
<ul class="sentences">
{{#sentences}}<li>{{{sentence}}}</li>
{{/sentences}}</ul>
</section>

{{{fix_markup}}}<section id="journeys" aria-labelledby="journeys-head">
<h2 id="journeys-head">How far journeys come</h2>
{{#journeys}}
<article class="card">
<h3><bdi>{{definition}}</bdi> <span class="aside">{{started}}</span></h3>
{{#discovered}}<p class="soft">No journey was defined. Each customer’s events, cut where nothing happened for a long time, are taken as journeys.</p>
{{/discovered}}{{#unstarted}}<p class="soft">No event matched its first step.</p>
{{/unstarted}}{{^unstarted}}<svg class="outcome-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">{{#outcomes}}<rect class="o-{{outcome}}" x="{{outcome_x}}" y="0" width="{{outcome_width}}" height="10"/>{{/outcomes}}</svg>
<ul class="legend">
{{#outcomes}}<li><span class="swatch o-{{outcome}}"></span><b>{{outcome_count}}</b> {{outcome_text}} <span class="soft">{{outcome_share}}</span></li>
{{/outcomes}}</ul>
{{/unstarted}}{{#funnel}}
<ol class="funnel{{#dense}} dense{{/dense}}">
{{#steps}}
<li>
<div class="step-name"><span class="number" aria-hidden="true">{{number}}</span><bdi>{{step}}</bdi></div>
<svg class="step-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="0" width="1000" height="10"/><rect class="fill" x="0" y="0" width="{{width}}" height="10"/></svg>
<div class="step-figures"><b>{{reached}}</b><span>{{share}}</span>{{#skipped}}<span class="skipped">{{skipped}}</span>{{/skipped}}</div>
{{#way}}<div class="way-wait">{{kept}} go on · {{wait}}</div>
<svg class="way-bar" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true"><polygon class="kept" points="{{shape}}"/><polygon class="lost" points="{{lost_shape}}"/></svg>
<div class="way-loss">{{loss}}</div>
{{/way}}{{#last_loss}}<div class="step-note">{{last_loss}}</div>
{{/last_loss}}</li>
{{/steps}}
</ol>
{{/funnel}}
{{#funnel}}<p class="soft">Bars and figures are those who reached a step. Beside the slopes: who of them went on, and the median time until then; who ended there, and who may still go on.{{#skips}} {{skips}}{{/skips}}</p>{{/funnel}}
{{#times}}<p class="soft">{{times}}</p>{{/times}}
</article>
{{/journeys}}
</section>

{{{funnel_markup}}}<section id="friction" aria-labelledby="friction-head">
<h2 id="friction-head">Where it hurts</h2>
{{#friction_section}}
{{#unseen}}<p><b>{{unseen}}</b></p>
{{/unseen}}{{#classes}}<p class="soft">{{classes}}</p>
{{/classes}}{{#none}}<p class="lead">Nothing was found.</p>{{/none}}
{{^none}}
<p class="soft">{{note}}</p>
<table class="ranking">
<thead><tr><th scope="col" class="rank-head">#</th><th scope="col">Where</th><th scope="col">What customers did</th><th scope="col">Journeys</th><th scope="col" class="num">Customers</th><th scope="col" class="num">Findings</th><th scope="col" class="num">Extra events</th><th scope="col" class="num">Extra time</th></tr></thead>
<tbody>
{{#rows}}
<tr><td class="rank">{{rank}}</td><th scope="row"><span class="chip"><bdi>{{channel}}</bdi></span> <bdi>{{event}}</bdi>{{#owner}}<span class="rule"><bdi>{{owner}}</bdi></span>{{/owner}}</th><td>{{what}}<span class="rule">{{rule}}{{#reasons}}: {{reasons}}{{/reasons}}</span>{{{evidence}}}</td><td class="barred"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="hurt" x="0" y="0" width="{{bar}}" height="10"/></svg><b>{{row_journeys}}</b> <span class="soft">{{row_share}}</span></td><td class="num" data-label="customers">{{row_customers}}</td><td class="num" data-label="findings">{{row_findings}}</td><td class="num" data-label="extra events">{{row_events}}</td><td class="num" data-label="extra time">{{row_time}}</td></tr>
{{/rows}}
</tbody>
</table>
{{/none}}
{{/friction_section}}
</section>

{{{said_markup}}}<section id="channels" aria-labelledby="channels-head">
<h2 id="channels-head">Between channels</h2>
{{#channel_section}}
{{#flow}}
<figure class="card">
{{{wide}}}{{{narrow}}}
<figcaption><span class="swatch band-forced"></span><b>{{forced}}</b> changes ({{forced_share}}) were forced: by an error, a long stall, a contact with support, or a step that had to be done again. <span class="swatch band"></span><b>{{voluntary}}</b> were the customer’s choice.</figcaption>
</figure>
{{/flow}}
{{^flow}}<p class="lead">No journey changed channel.</p>{{/flow}}
<div class="pair">
<div class="scroll" tabindex="0" role="region" aria-label="Channels">
<table>
<caption>Channels</caption>
<thead><tr><th scope="col">Channel</th><th scope="col">Events</th><th scope="col" class="num">Customers</th><th scope="col" class="num">Sessions</th></tr></thead>
<tbody>
{{#channels}}<tr><th scope="row"><bdi>{{channel}}</bdi></th><td class="barred"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="fill" x="0" y="0" width="{{bar}}" height="10"/></svg><b>{{events}}</b> <span class="soft">{{event_share}}</span></td><td class="num">{{channel_customers}}</td><td class="num">{{channel_sessions}}</td></tr>
{{/channels}}</tbody>
</table>
{{#more_channels}}<p class="soft">… {{more_channels}} more channels</p>{{/more_channels}}
</div>
{{#flow}}
<div class="scroll" tabindex="0" role="region" aria-label="Changes of channel">
<table>
<caption>Changes of channel inside journeys</caption>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Changes</th><th scope="col" class="num">Forced</th></tr></thead>
<tbody>
{{#pairs}}<tr><td><bdi>{{from}}</bdi></td><td><bdi>{{to}}</bdi></td><td class="num">{{pair_switches}}</td><td class="num">{{pair_forced}} <span class="soft">{{pair_share}}</span></td></tr>
{{/pairs}}</tbody>
</table>
{{#more_pairs}}<p class="soft">… {{more_pairs}} more pairs</p>{{/more_pairs}}
</div>
{{/flow}}
</div>
{{/channel_section}}
</section>

{{{credit_markup}}}{{#touchpoint_section}}
<section id="touchpoints" aria-labelledby="touchpoints-head">
<h2 id="touchpoints-head">Between touchpoints</h2>
{{#graph}}
<figure class="card">
<div class="scroll" tabindex="0" role="region" aria-label="Picture of the ways between touchpoints">{{{svg}}}</div>
<figcaption>What usually comes early in a journey is at the top. Drawn are the most frequent transitions, and among them those between channels (blue). Lines lead onwards on the right of a lane and back on its left. In each box: events in journeys, and <span class="t-hurt">▲</span> findings. {{graph_note}}</figcaption>
</figure>
{{/graph}}
<details>
<summary>The most frequent transitions</summary>
<p class="soft">{{moves_note}}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Transitions">
<table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Times</th><th scope="col" class="num">Median wait</th></tr></thead>
<tbody>
{{#moves}}<tr><td><span class="chip"><bdi>{{from_channel}}</bdi></span> <bdi>{{from_event}}</bdi></td><td><span class="chip"><bdi>{{to_channel}}</bdi></span> <bdi>{{to_event}}</bdi></td><td class="barred"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="fill" x="0" y="0" width="{{bar}}" height="10"/></svg><b>{{move_count}}</b> <span class="soft">{{move_share}}</span></td><td class="num">{{move_median}}</td></tr>
{{/moves}}</tbody>
</table>
</div>
</details>
</section>
{{/touchpoint_section}}

{{{time_markup}}}{{#example_section}}
<section id="examples" aria-labelledby="examples-head">
<h2 id="examples-head">Journeys that hurt most</h2>
<p class="soft">{{note}}</p>
{{#examples}}
<article class="card example">
<h3>Customer {{example_customer}} <span class="aside"><bdi>{{example_definition}}</bdi> · {{example_outcome}} · {{example_findings}}</span></h3>
<p>{{{story}}}</p>
{{{example_wide}}}{{{example_narrow}}}
<ul class="keys">
{{#step_keys}}<li{{#unreached}} class="unreached"{{/unreached}}><span class="number">{{key_number}}</span><bdi>{{key_name}}</bdi>{{#unreached}} <span class="soft">not reached</span>{{/unreached}}</li>
{{/step_keys}}<li><span class="ring" aria-hidden="true"></span>finding</li>
</ul>
<ul class="found">
{{#found_list}}<li><b>{{times}}</b> {{found}} <span class="soft">at</span> {{{found_at}}}{{#found_cost}} <span class="soft">({{found_cost}} lost)</span>{{/found_cost}}</li>
{{/found_list}}{{#more_found}}<li class="soft">… and {{more_found}} other kinds or places</li>
{{/more_found}}</ul>
<details>
<summary>{{event_count}} one by one</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Events">
<table class="events">
<thead><tr><th scope="col">Day</th><th scope="col">UTC</th><th scope="col">Channel</th><th scope="col">Event</th><th scope="col">Step</th></tr></thead>
<tbody>
{{#event_list}}<tr><td>{{day}}</td><td>{{clock}}</td><td><bdi>{{event_channel}}</bdi></td><td><bdi>{{event_name}}</bdi></td><td>{{#event_step}}{{event_step}}{{/event_step}}</td></tr>
{{/event_list}}</tbody>
</table>
</div>
{{#more_events}}<p class="soft">… {{more_events}} more events</p>{{/more_events}}
</details>
</article>
{{/examples}}
</section>
{{/example_section}}

{{#path_section}}
<section id="paths" aria-labelledby="paths-head">
<h2 id="paths-head">The paths most taken</h2>
<p class="soft">{{note}}</p>
<ol class="paths">
{{#paths}}<li><div class="path-figures"><svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class="fill" x="0" y="0" width="{{path_width}}" height="10"/></svg><b>{{path_journeys}}</b> <span class="soft">{{path_share}}</span></div><div class="path">{{#places}}<span class="place">{{#new_channel}}<span class="chip"><bdi>{{new_channel}}</bdi></span> {{/new_channel}}<bdi>{{place}}</bdi></span>{{/places}}{{#more_places}}<span class="place soft">{{more_places}}</span>{{/more_places}}</div></li>
{{/paths}}</ol>
</section>
{{/path_section}}
{{/something}}

<section id="counted" aria-labelledby="counted-head">
<h2 id="counted-head">What was counted, and what was left out</h2>
<div class="pair">
<div class="scroll" tabindex="0" role="region" aria-label="What became of the events">
<table>
<caption>{{offered}} offered; each has exactly one status</caption>
<thead><tr><th scope="col">Status</th><th scope="col" class="num">Events</th><th scope="col" class="num">Share</th><th scope="col">Why</th></tr></thead>
<tbody>
{{#statuses}}<tr><th scope="row">{{status}}</th><td class="num">{{count}}</td><td class="num">{{share}}</td><td class="why">{{why}}</td></tr>
{{/statuses}}</tbody>
</table>
{{#has_sources}}
<table>
<caption>By source</caption>
<thead><tr><th scope="col">Source</th><th scope="col" class="num">Offered</th><th scope="col" class="num">Accepted</th></tr></thead>
<tbody>
{{#sources}}<tr><th scope="row"><bdi>{{source}}</bdi></th><td class="num">{{source_offered}}</td><td class="num">{{source_accepted}}</td></tr>
{{/sources}}</tbody>
</table>
{{#more_sources}}<p class="soft">… {{more_sources}} more sources</p>{{/more_sources}}
{{/has_sources}}
</div>
<dl>
{{#terms}}<dt>{{term}}</dt><dd>{{meaning}}</dd>
{{/terms}}</dl>
</div>
</section>
</main>
<footer><p>Written by journey. Customers are numbered by their first events; no identifier appears on this page. All times are UTC.</p></footer>
</body>
</html>
)HTML";

}  // namespace internal
}  // namespace v0
}  // namespace journey
