// The styles of the sections that show Insights, after those of the page.
#pragma once
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::string_view kHtmlInsightStyles = R"CSS(
h4{margin:24px 0 6px;font-size:16px;font-weight:650}
.fix-scale{display:flex;justify-content:space-between;gap:12px;max-width:none;margin:18px 0 2px;padding:0 180px 0 calc(46% + 8px);color:var(--soft);font-size:12.5px}
.fix-scale span{white-space:nowrap}
.fix-lines{margin:0 0 16px;padding:0;list-style:none}
.fix-lines>li{border-top:1px solid var(--line)}
.fix-lines details{margin:0}
.fix-lines summary{display:grid;grid-template-columns:34px calc(46% - 46px) minmax(80px,1fr) 160px;column-gap:12px;align-items:center;padding:10px 0 9px;color:var(--ink);font-weight:400;font-size:15px;line-height:1.35;list-style:none}
.fix-lines summary::-webkit-details-marker{display:none}
.fix-rank{grid-row:1/3;align-self:start;color:var(--soft)}
.fix-rank::after{content:" ▸";color:var(--blue)}
details[open]>summary .fix-rank::after{content:" ▾"}
.fix-name{grid-row:1/3;align-self:start}
.fix-what{display:block;color:var(--soft);font-size:14px}
.fix-figure{text-align:right;white-space:nowrap}.fix-figure b{font-size:17px}
.fix-sample{grid-column:3/5;color:var(--soft);font-size:13px;text-align:right}
.fix-body{padding:2px 0 16px 46px;font-size:14.5px}
.fix-body .pair{grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:30px}
.fix-body table{font-size:13.5px}.sums td,.sums th{padding-top:3px;padding-bottom:3px}.sums th{font-weight:400}.sums tbody tr+tr>*{border-top:0}
.total>*{font-weight:650!important;border-bottom:1px solid var(--line)}
.whisker{width:100%;height:24px;overflow:visible}
.whisker line{vector-effect:non-scaling-stroke}
.w-base{stroke:var(--line);stroke-width:1}.w-zero{stroke:var(--slate);stroke-width:1.5}
.w-range,.w-cap{stroke:var(--slate);stroke-width:2}.w-range{stroke-width:3}.w-dot{stroke:var(--slate);stroke-width:11;stroke-linecap:round}
.w-gain .w-range,.w-gain .w-cap,.w-gain .w-dot{stroke:var(--hurt)}
.w-none .w-range,.w-none .w-cap,.w-none .w-dot{stroke:var(--grey)}
.step-figures{flex-wrap:wrap;column-gap:10px;row-gap:0}.step-figures b,.step-figures span{white-space:nowrap}
thead th.num{white-space:normal}
.owners .barred{width:15%}.owners td:last-child{width:24%}.owners td,.owners th{padding-right:12px}
.plain{margin:14px 0}
.cases{margin:0 0 10px;padding-left:18px;font-size:14px;max-width:84ch}.cases li{padding:2px 0}
.words{margin:0;padding:0;list-style:none;max-width:84ch}
.words li{display:flex;gap:14px;padding:9px 0;border-top:1px solid var(--line)}
.words .score{flex:none;min-width:34px;height:26px;padding:0 6px;border-radius:13px;background:var(--hurt-soft);text-align:center;line-height:26px;font-weight:650;font-size:14px}
.words q{quotes:"“" "”"}
td .rule,th .rule{font-weight:400}
.evidence{margin:6px 0 0}.evidence summary{font-size:13px;font-weight:500;padding:2px 0}.evidence p,.evidence .cases{font-size:13px;margin-bottom:6px}
.shade{border-radius:0}
.shade-1{background:color-mix(in srgb,var(--blue) 8%,transparent)}.shade-2{background:color-mix(in srgb,var(--blue) 14%,transparent)}
.shade-3{background:color-mix(in srgb,var(--blue) 21%,transparent)}.shade-4{background:color-mix(in srgb,var(--blue) 28%,transparent)}
.shade-5{background:color-mix(in srgb,var(--blue) 36%,transparent)}.shade-6{background:color-mix(in srgb,var(--blue) 46%,transparent)}
.matrix td{padding:6px 8px;min-width:50px}.matrix th{padding-right:14px}.matrix td:last-child{padding-right:8px}
@media (max-width:760px){
.fix-scale{padding:0}
.fix-lines summary{grid-template-columns:34px minmax(0,1fr) auto;row-gap:2px}
.fix-rank{grid-row:1/4}.fix-name{grid-row:1;grid-column:2/4}.fix-picture{grid-column:2/4;grid-row:2}
.fix-figure{grid-column:2/4;grid-row:3;text-align:left;white-space:normal}.fix-sample{grid-column:2/4;grid-row:4;text-align:left}
.fix-body{padding-left:0}.fix-body .pair{grid-template-columns:minmax(0,1fr)}
.evidence summary{padding:6px 0}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack,.stack tbody{display:block}.stack tr{display:flex;flex-wrap:wrap;gap:2px 16px;padding:12px 0;border-top:1px solid var(--line)}
.stack td,.stack th{display:block;width:auto!important;max-width:100%!important;padding:0;border:0!important}.stack tbody th,.stack .full{width:100%!important}
.stack .num{text-align:left;font-size:13.5px}.stack [data-label]::before{content:attr(data-label) " ";color:var(--soft);font-size:13.5px}
}
@media print{
.fix-lines details{display:block}.fix-lines li{break-inside:avoid}.sums{display:none}.fix-rank::after{content:""!important}
.evidence{display:none}
}
)CSS";

}  // namespace internal
}  // namespace v0
}  // namespace journey
