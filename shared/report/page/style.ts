/** The style of the page of a report. One text, so that the page's policy can name its hash. */
export const pageStyle = String.raw`
:root {
  color-scheme: light;
  --ground: #f5f6f8; --card: #ffffff; --raised: #f9fafb; --text: #18212c; --muted: #55616f; --line: #dfe4ea;
  --accent: #2450c8; --accent-soft: #e8eefc; --shadow: 0 1px 2px rgb(16 24 40 / .06), 0 4px 16px rgb(16 24 40 / .05);
  --good: #12703f; --good-soft: #e1f4ea; --good-mark: #27a567;
  --move: #1d5d9b; --move-soft: #e3effa; --move-mark: #4a94d8;
  --bad: #a8201a; --bad-soft: #fde8e6; --bad-mark: #e0483f;
  --idle: #4e5965; --idle-soft: #eaedf1; --idle-mark: #a9b3bf;
  --warn: #7d5200; --warn-soft: #fcf0d6;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) {
    color-scheme: dark;
    --ground: #0d1117; --card: #151b23; --raised: #1a212b; --text: #e5eaf1; --muted: #9ba8b8; --line: #29323e;
    --accent: #8fb0ff; --accent-soft: #1c2942; --shadow: none;
    --good: #63d69d; --good-soft: #113124; --good-mark: #35b378;
    --move: #7fbcf5; --move-soft: #12293e; --move-mark: #4a94d8;
    --bad: #ff958d; --bad-soft: #3a1917; --bad-mark: #e5584f;
    --idle: #a9b4c1; --idle-soft: #232c37; --idle-mark: #57636f;
    --warn: #f0bd58; --warn-soft: #35290f;
  }
}
:root[data-theme='dark'] {
  color-scheme: dark;
  --ground: #0d1117; --card: #151b23; --raised: #1a212b; --text: #e5eaf1; --muted: #9ba8b8; --line: #29323e;
  --accent: #8fb0ff; --accent-soft: #1c2942; --shadow: none;
  --good: #63d69d; --good-soft: #113124; --good-mark: #35b378;
  --move: #7fbcf5; --move-soft: #12293e; --move-mark: #4a94d8;
  --bad: #ff958d; --bad-soft: #3a1917; --bad-mark: #e5584f;
  --idle: #a9b4c1; --idle-soft: #232c37; --idle-mark: #57636f;
  --warn: #f0bd58; --warn-soft: #35290f;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
.wrap { max-width: 1360px; margin: 0 auto; padding: 0 24px 48px; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.skip { position: absolute; left: -999px; top: 8px; background: var(--card); padding: 8px 16px; z-index: 2; }
.skip:focus { left: 8px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.small { font-size: 13px; }

header.top { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; padding: 28px 0 20px; }
header.top h1 { font-size: 24px; line-height: 1.2; margin: 0; letter-spacing: -.015em; }
header.top .where { flex: 1 1 200px; }
header.top p { margin: 4px 0 0; }
button, select, input { font: inherit; color: inherit; }
.button, select, input[type='search'] {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 7px 12px; min-height: 38px;
}
.button { cursor: pointer; }
.button:hover:not(:disabled) { border-color: var(--accent); color: var(--accent); }
.button:disabled { color: var(--muted); cursor: default; }

.cards { display: grid; gap: 16px; grid-template-columns: minmax(380px, 1.9fr) repeat(4, minmax(0, 1fr)); margin-bottom: 24px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); padding: 18px 20px; min-width: 0; }
.card h2 { font-size: 13px; font-weight: 600; color: var(--muted); margin: 0 0 10px; }
.card .figure { font-size: 30px; line-height: 1.15; font-weight: 650; letter-spacing: -.02em; margin: 0; }
.card p { margin: 6px 0 0; }
.card p.figure { margin: 0; }
.figure .chip { font-size: 18px; padding: 3px 14px; letter-spacing: 0; vertical-align: 4px; }
.card ul { list-style: none; margin: 10px 0 0; padding: 0; display: grid; gap: 5px; }
.card li { display: flex; justify-content: space-between; gap: 12px; }
.overall { display: flex; gap: 22px; align-items: center; }
.ring { flex: none; width: 132px; height: 132px; }
.ring circle { fill: none; stroke-width: 13; }
.ring .track { stroke: var(--idle-soft); }
.ring text { fill: var(--text); font-size: 27px; font-weight: 650; text-anchor: middle; letter-spacing: -.03em; }
.ring .label { fill: var(--muted); font-size: 11px; font-weight: 500; letter-spacing: 0; }
.s-compliant { stroke: var(--good-mark); background: var(--good-mark); }
.s-in-progress { stroke: var(--move-mark); background: var(--move-mark); }
.s-non-compliant { stroke: var(--bad-mark); background: var(--bad-mark); }
.s-not-managed { stroke: var(--idle-mark); background: var(--idle-mark); }
.legend { flex: 1; display: grid; gap: 2px; margin: 0; padding: 0; list-style: none; }
.card .legend { margin: 0; gap: 2px; }
.legend a { white-space: nowrap; display: flex; flex: 1; gap: 10px; align-items: center; padding: 5px 8px; border-radius: 8px; color: inherit; text-decoration: none; }
.legend a:hover { background: var(--raised); }
.legend b { margin-left: auto; font-weight: 600; }
.dot { flex: none; width: 10px; height: 10px; border-radius: 3px; }

nav.views { display: flex; gap: 4px; border-bottom: 1px solid var(--line); margin-bottom: 18px; overflow-x: auto; }
nav.views a { padding: 9px 14px; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; white-space: nowrap; border-radius: 8px 8px 0 0; }
nav.views a:hover { color: var(--text); background: var(--card); }
nav.views a[aria-current] { color: var(--accent); border-color: var(--accent); font-weight: 600; }
nav.views span { margin-left: 6px; }

.tools { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; align-items: end; }
.tools label { display: grid; gap: 3px; font-size: 12.5px; color: var(--muted); }
.tools label > * { color: var(--text); font-size: 15px; }
.tools .search { flex: 1 1 150px; }
.tools .search input { width: 100%; }
.tools select { width: 131px; padding-left: 8px; padding-right: 4px; }
.tools .sort { display: none; }
.status { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; justify-content: space-between; margin: 0 0 10px; }
.status p { margin: 0; }

.chip { display: inline-block; padding: 1px 9px; border-radius: 999px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.c-compliant, .c-done { color: var(--good); background: var(--good-soft); }
.c-in-progress, .c-info, .c-comparing, .c-change { color: var(--move); background: var(--move-soft); }
.c-non-compliant, .c-error, .c-detach, .c-release { color: var(--bad); background: var(--bad-soft); }
.c-not-managed, .c-refresh, .c-expired { color: var(--idle); background: var(--idle-soft); }
.c-warning, .c-held, .c-ending { color: var(--warn); background: var(--warn-soft); }

.sheet { background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); overflow: hidden; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 9px 11px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > td, tbody tr:last-child > th { border-bottom: 0; }
thead th { font-size: 12.5px; color: var(--muted); background: var(--raised); font-weight: 600; white-space: nowrap; padding: 4px 11px; }
thead th > span { display: inline-block; padding: 6px 0; }
th button { all: unset; cursor: pointer; padding: 6px 4px; margin: 0 -4px; }
th button:hover { color: var(--text); }
th button:focus-visible { outline: 3px solid var(--accent); border-radius: 6px; }
th button::after { content: ' \2195'; opacity: .35; }
th[aria-sort='ascending'] button::after { content: ' \2191'; opacity: 1; }
th[aria-sort='descending'] button::after { content: ' \2193'; opacity: 1; }
th.number, td.number { text-align: right; }
.keep { white-space: nowrap; }
.groups th { white-space: normal; line-height: 1.25; }
.groups th, .groups td { padding-left: 10px; padding-right: 10px; }
.groups td.first { min-width: 128px; width: 34%; }
.groups .number { width: 1%; }
tbody tr.line:hover { background: var(--raised); }
.open { all: unset; cursor: pointer; font-weight: 600; display: inline-flex; gap: 8px; align-items: baseline; overflow-wrap: anywhere; }
.open:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.open:hover { color: var(--accent); }
.open::before { content: '\25B8'; color: var(--muted); font-size: 12px; }
.open[aria-expanded='true']::before { content: '\25BE'; }
td .stack { display: grid; gap: 1px; }
td.names { min-width: 190px; max-width: 300px; overflow-wrap: anywhere; }
td.first .open { min-width: 112px; }
code { background: var(--idle-soft); border-radius: 5px; padding: 1px 5px; font-size: .93em; }
tr.more > td { background: var(--raised); padding: 16px 20px 20px 36px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0 0 14px; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.finding { border-left: 3px solid var(--line); padding: 2px 0 2px 14px; margin: 12px 0 0; max-width: 960px; }
.finding.error { border-color: var(--bad-mark); }
.finding.warning { border-color: var(--warn); }
.finding.info { border-color: var(--move-mark); }
.finding p { margin: 4px 0 0; overflow-wrap: anywhere; }
.finding h3, .finding h4 { margin: 0; font-size: 14px; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.pages { display: flex; gap: 10px; align-items: center; justify-content: center; padding: 14px; }
.empty { padding: 40px 20px; text-align: center; color: var(--muted); margin: 0; }
.bar { display: flex; height: 10px; border-radius: 5px; overflow: hidden; background: var(--idle-soft); min-width: 70px; margin-top: 6px; }
.bar span { height: 100%; }
.groups { display: grid; gap: 22px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)); align-items: start; }
section > h2 { font-size: 17px; margin: 0 0 10px; letter-spacing: -.01em; }
section > h2:not(:first-child) { margin-top: 26px; }
.plain { padding: 18px 20px; }
footer { margin-top: 32px; color: var(--muted); font-size: 13px; }

@media (max-width: 1180px) and (min-width: 761px) {
  .cards { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .cards .wide { grid-column: 1 / -1; }
}
@media (max-width: 760px) {
  .wrap { padding: 0 14px 32px; }
  header.top { padding: 18px 0 14px; }
  .cards { grid-template-columns: 1fr 1fr; gap: 12px; }
  .cards .wide { grid-column: 1 / -1; }
  .card { padding: 14px 16px; }
  .card .figure { font-size: 24px; }
  .overall { gap: 14px; }
  .ring { width: 108px; height: 108px; }
  .tools > * { flex: 1 1 45%; min-width: 0; }
  .tools .search { flex-basis: 100%; }
  .tools select, .tools input { width: 100%; }
  .keep { white-space: normal; }
  .bar { width: 100%; }
  .tools .sort { display: grid; }
  .cardlike thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cardlike, .cardlike tbody { display: block; }
  .cardlike tr { display: grid; gap: 3px; padding: 12px 16px; border-bottom: 1px solid var(--line); }
  .cardlike tbody tr:last-child { border-bottom: 0; }
  .cardlike td, .cardlike th[scope='row'] { display: grid; grid-template-columns: 108px 1fr; gap: 10px; padding: 0; justify-items: start; width: auto; border: 0; max-width: none; }
  .cardlike td.number { text-align: left; }
  .cardlike td::before { content: attr(data-label); color: var(--muted); font-size: 13px; }
  .cardlike td:empty { display: none; }
  .cardlike th[scope='row'] { grid-template-columns: 1fr; }
  .cardlike td.first { grid-template-columns: 1fr; }
  .cardlike td.first::before, .cardlike tr.more td::before { content: none; }
  .cardlike tr.more { padding: 0; }
  .cardlike tr.more > td { display: block; padding: 12px 16px 16px; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 6px; }
}
@media print { .tools, .pages, nav.views, .button, .skip { display: none; } .card, .sheet { box-shadow: none; } }
@media (prefers-reduced-motion: no-preference) { .legend a, .button, nav.views a { transition: background .15s, color .15s, border-color .15s; } }
`;
