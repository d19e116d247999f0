import { createHash } from 'node:crypto';

/** Values reach the document as text only. It asks its own address every second, and nothing else. */
const SCRIPT = String.raw`
'use strict';
(() => {
  const page = document.getElementById('page');
  const h = (tag, cls, ...children) => { const node = document.createElement(tag); if (cls) node.className = cls; node.append(...children); return node; };
  const time = (at) => new Date(at).toLocaleTimeString('sv-SE') + '.' + String(at % 1000).padStart(3, '0');
  const GOOD = /^(RUNNING|AVAILABLE|available|private|ok)$|\(active\)|^10\./;
  const BAD = /FAILED|failed|Denied|Unauthorized|NXDOMAIN|Exception/;
  const cell = (text) => h('td', BAD.test(text) ? 'bad' : GOOD.test(text) ? 'good' : '', text);
  const heading = (title, count) => h('h2', '', title, h('span', 'muted', ' ' + count));
  const table = (title, columns, rows) => {
    const head = h('tr', '', ...columns.map((title) => { const node = h('th', '', title); node.scope = 'col'; return node; }));
    const region = h('div', 'scroll', h('table', '', h('thead', '', head), h('tbody', '', ...rows.map((row) => h('tr', '', ...row.map(cell))))));
    // Without a mouse it is scrolled by the arrow keys, so it takes the focus.
    region.tabIndex = 0;
    region.setAttribute('role', 'region');
    region.setAttribute('aria-label', title);
    return region;
  };
  const sections = new Map();
  const show = (title, columns, rows) => {
    if (!sections.has(title)) { sections.set(title, { node: h('section', ''), text: undefined }); page.append(sections.get(title).node); }
    const section = sections.get(title);
    const text = JSON.stringify(rows);
    if (section.text === text) return;
    section.text = text;
    section.node.replaceChildren(heading(title, rows.length), rows.length === 0 ? h('p', 'muted', 'none') : table(title, columns, rows));
  };
  const status = document.getElementById('status');
  const filter = document.getElementById('filter');
  let calls = [];
  const showCalls = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = calls.map((one) => [time(one.at), one.operation, one.verdict, one.writes ? 'write' : 'read', one.by.split(':').pop(), one.region, one.why])
      .filter((row) => words.every((word) => row.join(' ').toLowerCase().includes(word)));
    show('Calls', ['at', 'operation', 'verdict', 'effect', 'by', 'region', 'why'], rows.slice(-200).reverse());
  };
  filter.addEventListener('input', showCalls);
  const look = async () => {
    try {
      const last = calls.length > 0 ? calls[calls.length - 1].number : 0;
      const state = await (await fetch('/_local/state?after=' + last)).json();
      calls = [...calls, ...state.calls].slice(-1000);
      for (const { title, columns, rows } of state.tables) show(title, columns, rows);
      showCalls();
      status.textContent = 'as of ' + time(state.at);
    } catch {
      status.textContent = 'It does not answer: it has ended, or is busy.';
    }
    setTimeout(look, 1000);
  };
  look();
})();
`;

const STYLE = `
:root { color-scheme: light dark; --ground: #f5f6f8; --card: #fff; --text: #18212c; --muted: #55616f; --line: #dfe4ea; --good: #12703f; --bad: #a8201a; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --card: #151b23; --text: #e5eaf1; --muted: #9ba8b8; --line: #29323e; --good: #63d69d; --bad: #ff958d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1400px; padding: 20px; background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
header { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: center; }
h1 { font-size: 20px; margin: 0; } h2 { font-size: 15px; margin: 22px 0 8px; }
.muted, #status { color: var(--muted); font-weight: 400; } #status { flex: 1; margin: 0; }
input { font: inherit; padding: 6px 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; }
.scroll { overflow: auto; max-height: 460px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
th { position: sticky; top: 0; background: var(--card); color: var(--muted); font-size: 12.5px; white-space: nowrap; }
tr:last-child td { border-bottom: 0; } .good { color: var(--good); } :focus-visible { outline: 2px solid var(--muted); outline-offset: 2px; } .bad { color: var(--bad); }
`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const POLICY = `default-src 'none'; connect-src 'self'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`;

/** The page at `/_local`: what is in the cloud, and each call with its verdict, as it happens. */
export const livePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The embedded cloud</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>The embedded cloud</h1><p id="status" role="status">…</p><label>Filter calls <input id="filter" type="search"></label></header>
<main id="page"></main>
<script>${SCRIPT}</script>
</body>
</html>
`;
