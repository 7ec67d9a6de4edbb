/** The page's style sheet. Every colour is a variable, so that the dark page is the same page. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f5f6f9;--card:#fff;--text:#17202e;--muted:#4f5b6d;--line:#d9dee7;--soft:#edf0f5;--accent:#2a52be;--accent-soft:#e8edfb;
--pass:#166b40;--pass-bg:#e3f4ea;--fail:#b01c31;--fail-bg:#fde8eb;--known:#6a35ad;--known-bg:#f0e9fb;--fixed:#0a5c78;--fixed-bg:#dff1f7;--flaky:#7c4d00;--flaky-bg:#fcf0d6;--na:#4f5b6d;--na-bg:#edf0f5;--nt:#4f5b6d;--nt-bg:transparent;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
@media (prefers-color-scheme:dark){:root{--bg:#12161d;--card:#1a2029;--text:#e4e8ef;--muted:#a4afbf;--line:#323b48;--soft:#232b37;--accent:#93b1ff;--accent-soft:#222f50;
--pass:#7ad9a3;--pass-bg:#17352a;--fail:#ff9aa8;--fail-bg:#43202a;--known:#c8a6ff;--known-bg:#30264a;--fixed:#82d2ee;--fixed-bg:#16343f;--flaky:#f2c66d;--flaky-bg:#3b2f16;--na:#a4afbf;--na-bg:#232b37;--nt:#a4afbf}}
*{box-sizing:border-box}
html{scroll-padding-top:4rem}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
h1,h2,h3,h4,h5{line-height:1.25;margin:0;text-wrap:balance}
h2{font-size:1.4rem}h3{font-size:1.15rem}h4{font-size:1rem}h5{font-size:.95rem}
p{margin:.4rem 0}
code,pre{font-family:var(--mono);font-size:.86em}
pre{margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.q{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;font-family:var(--mono);font-size:.85em}
.minor,.muted,.time{color:var(--muted)}.minor,.time{font-size:.86em;font-weight:400}.block{display:block}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;z-index:9;background:var(--card);padding:.6rem 1rem}
.js{display:none}.with-js .js{display:revert}.with-js .filters.js{display:flex}
[hidden]{display:none!important}
.top{position:sticky;top:0;z-index:5;display:flex;gap:1.5rem;align-items:center;padding:.55rem max(1rem,calc(50% - 37rem));background:var(--card);border-bottom:1px solid var(--line)}
.brand{margin:0;white-space:nowrap;font-weight:700;letter-spacing:.01em}
nav[aria-label=Sections]{display:flex;gap:1.1rem;overflow-x:auto;white-space:nowrap;font-size:.94rem}
nav[aria-label=Sections] a{text-decoration:none;padding:.25rem 0}nav[aria-label=Sections] a:hover{text-decoration:underline}
main{max-width:76rem;margin:0 auto;padding:1.4rem 1rem 3rem;display:grid;gap:2.6rem;grid-template-columns:minmax(0,1fr)}
footer{border-top:1px solid var(--line);padding:1rem max(1rem,calc(50% - 37rem));color:var(--muted);font-size:.9rem}
.lead{max-width:52rem;color:var(--muted);margin-bottom:1rem}
.hero{display:flex;gap:1.2rem;align-items:center;padding:1.3rem 1.5rem;border-radius:14px;border:1px solid var(--line);background:var(--card)}
.hero-sign{flex:none;display:grid;place-items:center;width:4.2rem;height:4.2rem;margin:0;border-radius:50%;font-size:2rem;font-weight:700}
.hero h1{font-size:2rem}.sentence{font-size:1.15rem;margin:.15rem 0}.hero .when{color:var(--muted);font-size:.92rem;margin:.2rem 0 0}
.h-passed .hero-sign{background:var(--pass-bg);color:var(--pass)}.h-failed .hero-sign{background:var(--fail-bg);color:var(--fail)}.h-interrupted .hero-sign,.h-broken .hero-sign{background:var(--flaky-bg);color:var(--flaky)}
.tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(8.4rem,1fr));gap:.6rem;padding:0;margin:.8rem 0}
.tiles li{border:1px solid var(--line);border-radius:10px;background:var(--card)}
.tiles li>a,.tiles li.none{display:grid;align-content:start;padding:.55rem .8rem;text-decoration:none;color:inherit}.tiles li>a:hover{border-radius:10px;background:var(--soft)}
.tiles li.none{color:var(--muted)}.tiles .count{font-size:1.45rem;font-weight:650;font-variant-numeric:tabular-nums}.tiles .word{font-size:.88rem}
.none .word{color:var(--muted)!important}
.t-pass{color:var(--pass)}.t-fail{color:var(--fail)}.t-known-limitation{color:var(--known)}.t-fixed{color:var(--fixed)}.t-flaky{color:var(--flaky)}.t-not-applicable,.t-not-tested{color:var(--muted)}
.meaning{border-left:4px solid var(--accent);background:var(--accent-soft);padding:.6rem 1rem;border-radius:0 8px 8px 0}
.list{margin-top:1rem}.list h2{font-size:1.1rem;display:inline}
.failures{margin:.4rem 0;padding:0;list-style:none;display:grid;gap:.4rem}.failures li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.5rem .8rem}
#state-fail .failures li{border-left:4px solid var(--fail)}#state-fixed .failures li{border-left:4px solid var(--fixed)}.reason{color:var(--muted);font-size:.94rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 2rem;align-items:center}.card .columns{align-items:start}
.introduction svg{width:100%;max-width:30rem;height:auto}.introduction p{max-width:40rem}
.kicker{margin:0;font-size:.9rem;color:var(--muted)}.print{display:none}.ran-in{font-size:.82rem;border:1px solid var(--line);border-radius:99px;padding:0 .55rem;color:var(--muted)}
.badge{display:inline-block;padding:.1rem .55rem;border-radius:99px;font-size:.82rem;font-weight:600;white-space:nowrap}
.s-pass{background:var(--pass-bg);color:var(--pass)}.s-fail{background:var(--fail-bg);color:var(--fail)}.s-known-limitation{background:var(--known-bg);color:var(--known)}.s-fixed{background:var(--fixed-bg);color:var(--fixed)}.s-flaky{background:var(--flaky-bg);color:var(--flaky)}.s-not-applicable{background:var(--na-bg);color:var(--na)}.badge.s-not-tested{border:1px dashed var(--line)}.s-not-tested{color:var(--nt)}.s-plain{background:var(--soft)}
.sign{display:inline-block;width:1.3em;text-align:center;border-radius:4px}
.legend{margin:.6rem 0}.legend dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem .8rem;margin:.6rem 0}.legend dd{margin:0}
summary{cursor:pointer}
.group{margin:1.2rem 0}.group summary h3{display:inline}.group .muted{margin:.1rem 0 .5rem}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.92rem}caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{overflow-wrap:break-word;text-align:left;vertical-align:top;padding:.35rem .6rem;border:1px solid var(--line)}thead th{background:var(--soft)}tbody th{font-weight:600}
.scroll>table,.diff{background:var(--card)}.diff{width:100%;table-layout:fixed}.diff th,.diff td{overflow-wrap:anywhere}
.matrix{width:100%;min-width:50rem}.matrix thead tr:first-child th:first-child{min-width:8rem}.matrix thead th[colspan]{white-space:normal}.matrix thead th.minor{white-space:normal}.matrix th{white-space:nowrap}.matrix thead th{text-align:center}.matrix tbody th{background:var(--card);position:sticky;left:0}.matrix tbody th .block{white-space:normal}
.matrix td{padding:0;overflow-wrap:normal;min-width:4.9rem;text-align:center;font-size:.84rem;line-height:1.3;vertical-align:middle}.matrix td.s-not-tested,.matrix td>a{padding:.4rem .3rem}.matrix td>a{display:block;color:inherit;text-decoration:none}.matrix td>a:hover strong{text-decoration:underline}.matrix td .minor{color:inherit}
.dim{opacity:.25}
.cells{margin:.5rem 0}.cells ul{columns:22rem;padding-left:1rem}.cell-list:target{background:var(--accent-soft)}.cell-list h4{margin-top:.6rem}
.rules{list-style:none;padding:0;margin:.5rem 0}.gate h2{font-size:1.1rem}
.card,.feature{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.3rem;margin:.9rem 0}
.facts{display:grid;gap:.15rem .8rem;margin:.6rem 0}.facts>div{display:grid;grid-template-columns:9rem minmax(0,1fr);gap:.8rem}.facts dt{color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}.facts.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}
.filters{flex-wrap:wrap;gap:.6rem 1rem;align-items:end;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.8rem 1rem;margin:.8rem 0;font-size:.92rem}
.filters label:not(.check){display:grid;gap:.15rem}.filters label>span:first-child{color:var(--muted);font-size:.85rem}.filters .search{flex:1 1 14rem}.filters .check>span:first-child{font-size:inherit;color:inherit}
.filters input[type=search],.filters select,button{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--muted);border-radius:7px;padding:.35rem .6rem;min-height:2.2rem;max-width:100%}
.filters fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem;flex-basis:100%}.filters legend{float:left;color:var(--muted);margin-right:1rem}
.filter-result{flex-basis:100%;margin:0;min-height:2.2rem;display:flex;gap:1rem;align-items:center}
button{cursor:pointer;background:var(--soft)}button:hover{border-color:var(--accent)}
.contents ol{columns:24rem;column-gap:2rem;margin:.6rem 0;padding-left:1.6rem}
.large .feature{content-visibility:auto;contain-intrinsic-size:auto 40rem}.where{color:var(--muted);font-size:.88rem;margin:0}
.tag{display:inline-block;border:1px solid var(--line);border-radius:5px;padding:0 .4rem;font-size:.8rem;font-weight:500;color:var(--muted);background:var(--soft)}
.keyword{color:var(--muted);font-weight:500}.prose{max-width:56rem;white-space:pre-line}
.scenario,.background,.rule{margin:1.3rem 0 0;scroll-margin-top:.5rem}.rule{border-left:3px solid var(--line);padding-left:1rem}
.written{list-style:none;margin:.4rem 0 .6rem;padding:.1rem 0 .1rem .9rem;border-left:3px solid var(--soft)}.written b,.step-text b{font-weight:600;color:var(--accent)}
.case{border:1px solid var(--line);border-radius:8px;margin:.35rem 0;background:var(--card)}.case>summary{display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:baseline;padding:.4rem .8rem;border-radius:8px}.case>summary:hover{background:var(--soft)}.case>summary::before{content:'▸';color:var(--muted)}.case[open]>summary::before{content:'▾'}.case>summary::-webkit-details-marker{display:none}
.case-name{flex:1}.case[open]>summary{border-bottom:1px solid var(--line);border-radius:8px 8px 0 0}.panel{padding:.6rem 1rem 1rem;scroll-margin-top:7rem;display:grid;gap:.8rem;grid-template-columns:minmax(0,1fr)}
.panel:empty::before{content:'The details of so large a report need JavaScript. They are in results.json and in the evidence folder, too.';color:var(--muted)}
.steps{list-style:none;margin:0;padding:0}.step-line{display:flex;gap:.5rem;align-items:baseline}.step-text{flex:1}.steps .sign{flex:none;color:var(--pass)}.st-skipped .sign,.st-skipped .step-text{color:var(--muted)}.st-failed .sign,.st-ambiguous .sign,.st-undefined .sign,.st-pending .sign{color:var(--fail);font-weight:700}.hook .step-text{color:var(--muted);font-style:italic}
.arg,.log,.source{background:var(--soft);border-radius:6px;padding:.5rem .7rem}table.arg{background:none}
.error{border-left:4px solid var(--fail);background:var(--fail-bg);border-radius:0 8px 8px 0;padding:.4rem .9rem;margin:.3rem 0}
.note{padding:.5rem .9rem;border-radius:8px;margin:0;color:var(--text)}.note p{margin:0}.note ul{margin:.3rem 0 0;padding-left:1.2rem;font-size:.93rem}
.note.s-fail{border-left:4px solid var(--fail)}
.verdict{font-size:.84rem;border-radius:99px;padding:.1rem .55rem;margin-left:.4rem}.v-good{background:var(--pass-bg);color:var(--pass)}.v-other{background:var(--flaky-bg);color:var(--flaky)}
.minus{background:var(--fail-bg)}.plus{background:var(--flaky-bg)}
.files{columns:20rem;margin:.4rem 0;padding-left:1.2rem}.evidence[open]{display:block}.evidence table{margin-top:.5rem}
.command{display:flex;gap:.6rem;align-items:start}.command pre{flex:1;margin:.3rem 0;background:var(--soft);border-radius:7px;padding:.5rem .8rem}
svg{display:block;font:12px system-ui,sans-serif;fill:none}svg text{fill:var(--text);text-anchor:middle}
.diagram{border:1px solid var(--line);border-radius:8px;padding:.6rem;margin:.4rem 0}
.part{fill:var(--soft);stroke:var(--muted)}.part.agent,.part.local-process{fill:var(--known-bg);stroke:var(--known)}.pod{stroke:var(--line);stroke-dasharray:4 3}
svg .name{font-weight:600}svg .note{fill:var(--muted);font-size:11px}svg .start{text-anchor:start}svg .end{text-anchor:end}
.life{stroke:var(--line);stroke-width:1.5}.tls{fill:var(--pass-bg);opacity:.6}svg .tlst{font-size:10px;fill:var(--pass)}
.call{stroke:var(--text);stroke-width:1.5}.copy{stroke:var(--known);stroke-width:1.5;stroke-dasharray:5 3}.head.call{fill:var(--text);stroke:none}.head.copy{fill:var(--known);stroke:none}.head.bad{fill:var(--fail)}.bad{stroke:var(--fail)}svg text.bad{fill:var(--fail);stroke:none}.cross{stroke:var(--fail);stroke-width:2}
svg .label{font-size:11px;paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}svg text.label.bad{stroke:var(--card)}
@media (max-width:40rem){body{font-size:15px}.top{gap:1rem}.hero{align-items:start;padding:1rem}.hero-sign{width:2.8rem;height:2.8rem;font-size:1.3rem}.hero h1{font-size:1.6rem}.tiles{grid-template-columns:repeat(2,1fr)}.card,.feature{padding:.8rem .8rem}.panel{padding:.6rem}.facts>div{grid-template-columns:7rem minmax(0,1fr)}.command{flex-direction:column}.command pre{width:100%}.matrix tbody th{max-width:7rem;white-space:normal}}
@media print{:root{--bg:#fff;--card:#fff}html{font-size:10pt}body{font-size:1rem}.top,.filters.js,.copy-button,.skip{display:none!important}.top{position:static}main{max-width:none;padding:0;gap:1.2rem}.feature{content-visibility:visible;break-inside:auto}.case:not([open]),.failures li,.tiles li,tr,.diagram,.error,.command,.introduction{break-inside:avoid-page}h2,h3,h4,h5,.case>summary{break-after:avoid}.print{display:block}.legend::details-content,.list::details-content{content-visibility:visible;height:auto}a[href^='https:']::after{content:' (' attr(href) ')';overflow-wrap:anywhere}.scroll{overflow:visible}.matrix{min-width:0;font-size:7pt}.matrix th,.matrix td{white-space:normal;min-width:0}a{color:inherit}*{print-color-adjust:exact}}
`;
