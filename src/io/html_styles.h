// The styles of the page. Blue is what went well, orange is what hurt: a pair that colour-blind people tell apart.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::string_view kHtmlStyles = R"CSS(
:root{color-scheme:light dark;--paper:#f8f6f1;--card:#fffefb;--ink:#1c2024;--soft:#59616a;--line:#e3ded3;--track:#efebe2;
--blue:#0d6a93;--blue-soft:#bcd9e6;--band:#86b4ca;--hurt:#bd4b07;--hurt-soft:#f3d6c2;--deep:#7c3a14;--grey:#b4afa5;--slate:#7f93a1;--on-blue:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#131619;--card:#1a1e22;--ink:#ece9e2;--soft:#a5adb5;--line:#31373d;--track:#262b30;
--blue:#5fb3da;--blue-soft:#274b5e;--band:#3f7d9b;--hurt:#f28b45;--hurt-soft:#4d3020;--deep:#b9714a;--grey:#6c6a66;--slate:#8598a6;--on-blue:#0d1b23}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.page-head,main,footer{max-width:1030px;margin:0 auto;padding:0 24px}
.page-head{padding-top:56px}
.eyebrow{margin:0;color:var(--blue);font-size:13px;font-weight:650;letter-spacing:.09em;text-transform:uppercase}
h1{margin:4px 0 0;font-size:clamp(30px,5.2vw,50px);line-height:1.1;font-weight:700;letter-spacing:-.022em;text-wrap:balance}
.period{margin:10px 0 0;color:var(--soft);font-size:18px}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:22px;padding-bottom:14px;border-bottom:1px solid var(--line);font-size:14px}
a{color:var(--blue);text-decoration-thickness:1px;text-underline-offset:3px}
nav a{text-decoration:none;padding:3px 0}nav a:hover{text-decoration:underline}
section{margin:0 0 64px;scroll-margin-top:12px}
main>section:first-of-type{margin-top:32px}
h2{margin:0 0 14px;font-size:27px;line-height:1.2;font-weight:680;letter-spacing:-.015em}
h3{margin:0 0 14px;font-size:19px;line-height:1.3;font-weight:650}
p{margin:0 0 12px;max-width:76ch}
b,strong{font-weight:650}
.soft,.aside,.rule,figcaption,caption{color:var(--soft)}
.aside{font-weight:400;font-size:15px;margin-left:6px}
.lead{font-size:18px;margin:24px 0 40px}
.tiles{display:flex;flex-wrap:wrap;gap:1px;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.tile{background:var(--card);padding:18px 18px 16px;display:flex;flex-direction:column;flex:1 1 150px}
.tile strong{font-size:25px;white-space:nowrap;line-height:1.1;letter-spacing:-.02em}
.tile-label{font-weight:600;margin-top:4px}
.tile-note{color:var(--soft);font-size:13.5px;line-height:1.35;margin-top:3px}
.sentences{margin:26px 0 0;padding:0;list-style:none;max-width:80ch;font-size:18px;line-height:1.5}
.sentences li{padding:9px 0 9px 18px;border-left:3px solid var(--blue)}
.sentences li+li{margin-top:8px}
.card{margin:0 0 22px;padding:24px;background:var(--card);border:1px solid var(--line);border-radius:12px}
.card>:last-child{margin-bottom:0}
svg{display:block;max-width:100%}
.wide{height:auto}.narrow{display:none;height:auto}
figcaption{margin-top:16px;font-size:14.5px;max-width:90ch}
.outcome-bar{width:100%;height:16px;border-radius:4px;margin-bottom:12px}
.o-achieved{fill:var(--blue);background:var(--blue)}.o-open{fill:var(--blue-soft);background:var(--blue-soft)}
.o-ended{fill:var(--slate);background:var(--slate)}.o-abandoned{fill:var(--hurt);background:var(--hurt)}
.o-expired{fill:var(--deep);background:var(--deep)}.o-excluded{fill:var(--grey);background:var(--grey)}
.legend,.keys{display:flex;flex-wrap:wrap;gap:6px 22px;margin:0 0 22px;padding:0;list-style:none;font-size:14.5px}
.swatch{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:7px;vertical-align:-1px}
.funnel{margin:0 0 16px;padding:0;list-style:none}
.funnel li{display:grid;grid-template-columns:minmax(130px,220px) 1fr minmax(150px,190px);column-gap:18px;align-items:center}
.step-name{font-weight:600;display:flex;gap:10px;align-items:baseline;line-height:1.25}
.number{flex:none;display:inline-flex;align-items:center;justify-content:center;min-width:20px;height:20px;padding:0 4px;border-radius:10px;background:var(--blue);color:var(--on-blue);font-size:12px;font-weight:650;line-height:1}
.step-bar{width:100%;height:32px;border-radius:3px}
.step-figures{display:flex;gap:10px;align-items:baseline}.step-figures b{font-size:18px}.step-figures span{color:var(--soft)}.step-figures .skipped{font-size:13.5px}
.way-wait,.way-loss,.step-note{color:var(--soft);font-size:13.5px;line-height:1.3}
.way-wait{padding-left:30px}.way-bar{width:100%;height:38px}.step-note{grid-column:2/4;padding:4px 0}
.dense .step-bar{height:20px}.dense .way-bar{height:24px}
.track{fill:var(--track)}.fill{fill:var(--blue)}.kept{fill:var(--blue-soft)}.lost{fill:var(--hurt-soft)}.hurt{fill:var(--hurt)}
table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.4}
caption{text-align:left;padding-bottom:8px;font-size:14.5px}
th{text-align:left;font-weight:600}thead th{color:var(--soft);font-size:13px;font-weight:600;border-bottom:1px solid var(--line);vertical-align:bottom}
td,th{padding:8px 16px 8px 0;vertical-align:top}td:last-child,th:last-child{padding-right:0}
tbody tr+tr>*{border-top:1px solid var(--line)}
.num{text-align:right;white-space:nowrap}thead th{white-space:normal;overflow-wrap:normal;hyphens:none}.ranking td,.ranking th{padding-right:12px}.ranking td:last-child,.ranking th:last-child{padding-right:0}
.ranking{table-layout:fixed}.ranking th:nth-child(1){width:34px}.ranking thead th:nth-child(2){width:21%}.ranking thead th:nth-child(3){width:25%}.ranking thead th:nth-child(4){width:15%}
.rank{color:var(--soft);white-space:nowrap}.rule{display:block;font-size:13px}
.barred{min-width:100px}.bar{width:100%;height:7px;border-radius:2px;margin:5px 0 4px}
.chip{display:inline-block;padding:0 7px;border:1px solid var(--line);border-radius:9px;background:var(--track);font-size:12.5px;font-weight:500;line-height:1.45}
.scroll{--under:var(--paper);overflow-x:auto;overflow-wrap:normal;background:linear-gradient(90deg,var(--under) 40%,transparent) 0 0/46px 100%,linear-gradient(270deg,var(--under) 40%,transparent) 100% 0/46px 100%,linear-gradient(90deg,var(--slate),transparent) 0 0/12px 100%,linear-gradient(270deg,var(--slate),transparent) 100% 0/12px 100%;background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.card .scroll{--under:var(--card)}
.scroll:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--blue);outline-offset:3px}
.scroll td,.scroll th{max-width:340px;overflow-wrap:break-word}
.scroll>.scrolled{max-width:none}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:36px}.pair>*{min-width:0}
.pair table+table{margin-top:24px}
.pair>:only-child{grid-column:1/3}
details{margin-top:14px}summary{cursor:pointer;color:var(--blue);font-weight:600;font-size:15px;padding:4px 0}
details[open]>summary{margin-bottom:10px}
.events td{padding-top:4px;padding-bottom:4px;white-space:nowrap}.events td:nth-child(4){white-space:normal}
.keys{margin:14px 0 14px}.keys li{display:inline-flex;gap:7px;align-items:center}
.unreached .number{background:none;border:1px solid var(--line);color:var(--soft)}
.ring{width:14px;height:14px;border:3px solid var(--hurt);border-radius:50%}
.found{margin:0 0 8px;padding-left:0;list-style:none;font-size:15px}.found li{padding:2px 0}
.example svg{margin:6px 0}
.paths{margin:0;padding:0;list-style:none}
.paths li{display:grid;grid-template-columns:130px 1fr;gap:22px;padding:10px 0;border-top:1px solid var(--line);font-size:14.5px}
.place:not(:last-child)::after{content:"→";color:var(--soft);margin:0 7px}
dl{margin:0;font-size:14.5px}dt{font-weight:650}dd{margin:0 0 12px;color:var(--soft)}
.why{color:var(--soft)}
footer{padding-top:18px;padding-bottom:48px;color:var(--soft);font-size:13.5px;border-top:1px solid var(--line)}
text{font-family:inherit;font-size:13px;fill:var(--ink)}
.t-name{font-weight:600}.t-soft,.t-break,.t-lane{fill:var(--soft);font-size:12px}.t-hurt{fill:var(--hurt);color:var(--hurt);font-size:12px;font-weight:650}
.t-lane{paint-order:stroke;stroke:var(--card);stroke-width:4px}.t-mark{font-size:10.5px;font-weight:700;fill:var(--on-blue)}
.node-bar{fill:var(--ink)}
.band{fill:var(--band);background:var(--band)}.band-forced{fill:var(--hurt);background:var(--hurt)}
path.band,path.band-forced{opacity:.78}path.band:hover,path.band-forced:hover{opacity:1}
.lane{fill:var(--paper)}.lane-odd{fill:var(--card)}
.node{fill:var(--card);stroke:var(--slate)}
.edge{fill:none;stroke:var(--slate);opacity:.55;marker-end:url(#arrow)}.edge-cross{stroke:var(--blue);opacity:.8}.edge:hover{opacity:1}
.arrow{fill:var(--soft)}
.lane-line{stroke:var(--line)}.break{stroke:var(--soft);stroke-dasharray:2 4;opacity:.7}
.way{fill:none;stroke:var(--slate);stroke-width:1.5}
.mark{fill:var(--slate)}.mark-step{fill:var(--blue)}.mark-hurt{fill:var(--card);stroke:var(--hurt);stroke-width:2.5}
@media (max-width:1040px){.tile{flex-basis:30%}}
@media (max-width:760px){
body{font-size:15.5px}.page-head,main,footer{padding-left:16px;padding-right:16px}.page-head{padding-top:30px}
h2{font-size:23px}section{margin-bottom:48px}.card{padding:16px}
.wide{display:none}.narrow{display:block;margin:0 auto}
.tile{padding:14px;flex-basis:40%}.tile strong{font-size:24px}
.sentences{font-size:16.5px}.pair{grid-template-columns:minmax(0,1fr)}.pair>:only-child{grid-column:auto}
.funnel li{display:flex;flex-wrap:wrap;gap:4px 12px;justify-content:space-between;align-items:baseline}
.step-figures{order:1}.step-bar{order:2;flex:0 0 100%}.way-bar{order:3;flex:0 0 100%;height:30px;margin-top:-4px}
.way-wait{order:4;padding:0}.way-loss{order:5}.funnel li{padding-bottom:14px}.step-note{order:6}
td,th,.ranking td,.ranking th{padding-right:10px}
.ranking .barred::after{content:" of the journeys";color:var(--soft)}
.ranking thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ranking,.ranking tbody{display:block}.ranking tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:12px 0;border-top:1px solid var(--line)}
.ranking td,.ranking th{display:block;padding:0;border:0!important}.ranking tbody th,.ranking td:nth-child(3),.ranking .barred{width:100%!important}
.ranking .rank{display:none}.ranking .num{text-align:left;font-size:13.5px}.ranking .num::after{content:" " attr(data-label);color:var(--soft)}
.paths li{grid-template-columns:1fr;gap:4px}
}
@media print{
:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#ccc;--track:#eee;--blue:#0d6a93;--blue-soft:#bcd9e6;--band:#86b4ca;--hurt:#bd4b07;--hurt-soft:#f3d6c2;--deep:#7c3a14;--grey:#b4afa5;--slate:#7f93a1;--on-blue:#fff}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10.5pt}nav,details{display:none}.page-head{padding-top:0}section{margin-bottom:28px}
@page{margin:14mm}tr,svg,.funnel li,.paths li,.tile{break-inside:avoid}h2,h3,.card>p{break-after:avoid}.scroll{overflow:visible;background:none}.scroll>.scrolled{max-width:100%;height:auto}
}
)CSS";

}  // namespace internal
}  // namespace v0
}  // namespace journey
