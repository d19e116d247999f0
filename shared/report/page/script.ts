/**
 * The script of the page of a report: plain JavaScript, run by a browser as it stands. One text, so that the page's policy
 * can name its hash. Values reach the document as text only (`textContent`, attributes), never as markup.
 */
export const pageScript = String.raw`
'use strict';
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const { services } = report;
  const PAGE = 50;
  const STATES = {
    'compliant': 'Compliant',
    'in-progress': 'In progress',
    'non-compliant': 'Needs a person',
    'not-managed': 'Not managed',
  };
  const STATE_NAMES = Object.keys(STATES);
  const PROOFS = {
    'verified': 'answers from the VPC',
    'resolves': 'resolves in the VPC',
    'seen-publicly': 'resolves publicly',
    'unverified': 'not verified',
  };
  const SEVERITIES = ['error', 'warning', 'info'];
  const VIEWS = { services: 'Services', compliance: 'Compliance', exceptions: 'Exceptions', endpoints: 'Endpoints', sweep: 'Last sweep' };

  /* ---- making elements ---- */
  const element = (node, given, children) => {
    for (const [name, value] of Object.entries(given || {})) {
      if (value === undefined || value === false) continue;
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== false));
    return node;
  };
  const h = (tag, given, ...children) => element(document.createElement(tag), given, children);
  const svg = (tag, given, ...children) => element(document.createElementNS('http://www.w3.org/2000/svg', tag), given, children);
  const number = new Intl.NumberFormat('en').format;
  const usd = (amount) => new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(amount);
  const many = (count, noun) => number(count) + ' ' + noun + (count === 1 ? '' : 's');
  /* Swedish writes dates as ISO 8601 does. */
  const time = (iso) => h('time', { datetime: iso, title: iso }, new Date(iso).toLocaleString('sv-SE').slice(0, 16));
  /* Texts mark code as Markdown does. */
  const rich = (text) => text.split('\x60').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part));
  /* A name breaks after a dot first. */
  const breakable = (name) => name.split('.').flatMap((part, index) => (index === 0 ? [part] : ['.', h('wbr', {}), part]));
  const chip = (kind, text) => h('span', { class: 'chip c-' + kind }, text);
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

  /* ---- the view that the address names ---- */
  const EMPTY = { q: '', state: '', account: '', region: '', unit: '', rule: '', finding: '', severity: '', sort: '', page: '' };
  const readHash = () => {
    const [view, query] = location.hash.slice(1).split('?');
    const given = Object.fromEntries(new URLSearchParams(query || ''));
    const filter = { ...EMPTY };
    for (const name of Object.keys(EMPTY)) if (given[name]) filter[name] = given[name];
    return { view: VIEWS[view] ? view : 'services', filter };
  };
  const hashOf = (view, filter) => {
    const given = new URLSearchParams(Object.entries(filter || {}).filter(([, value]) => value));
    return '#' + view + (String(given) === '' ? '' : '?' + given);
  };
  let { view, filter } = readHash();
  const goTo = (change, keepsPage) => {
    filter = { ...filter, ...(keepsPage ? {} : { page: '' }), ...change };
    history.replaceState(null, '', hashOf('services', filter));
    showServices();
  };

  /* ---- the summary ---- */
  const ring = (counts) => {
    const managed = counts['compliant'] + counts['in-progress'] + counts['non-compliant'];
    const share = managed === 0 ? 1 : counts['compliant'] / managed;
    // Nothing less than all is 100 %.
    const text = managed === 0 ? '–' : Math.floor(share * 100) + '%';
    const what = counts.unread > 0 ? 'the managed services that could be read' : 'managed services';
    const length = 2 * Math.PI * 52;
    let from = 0;
    const arcs = STATE_NAMES.slice(0, 3).map((state) => {
      const part = managed === 0 ? 0 : (counts[state] / managed) * length;
      const arc = svg('circle', { class: 's-' + state, cx: 66, cy: 66, r: 52, 'stroke-dasharray': part + ' ' + (length - part), 'stroke-dashoffset': -from, transform: 'rotate(-90 66 66)' });
      from += part;
      return part > 0 && arc;
    });
    return svg('svg', { class: 'ring', viewBox: '0 0 132 132', role: 'img', 'aria-label': text + ' of ' + what + ' are compliant' },
      svg('circle', { class: 'track', cx: 66, cy: 66, r: 52 }), arcs,
      svg('text', { x: 66, y: 71, 'aria-hidden': 'true' }, text),
      svg('text', { class: 'label', x: 66, y: 88, 'aria-hidden': 'true' }, counts.unread > 0 ? 'of those read' : 'compliant'));
  };
  const legend = (counts, link) => h('ul', { class: 'legend' }, STATE_NAMES.map((state) =>
    h('li', {}, h('a', { href: link(state) }, h('span', { class: 'dot s-' + state, 'aria-hidden': 'true' }), STATES[state], h('b', {}, number(counts[state]))))));

  const unreadNote = (unread) => unread > 0 && h('p', { class: 'small' }, h('a', { href: '#sweep' }, chip('error', number(unread) + ' not read')),
    ' The sweep could not read ' + (unread === 1 ? 'an account and region' : number(unread) + ' accounts and regions') + '. Their services are not counted.');

  const codes = new Map();
  for (const service of services) {
    for (const code of new Set(service.findings.filter((one) => one.severity !== 'info').map((one) => one.code))) codes.set(code, (codes.get(code) || 0) + 1);
  }
  const topCodes = [...codes].sort((a, b) => b[1] - a[1]).slice(0, 3);

  /* What was not read costs something, too. */
  const notRead = report.endpoints.filter((one) => one.usdPerMonth === undefined).length;
  const monthly = () => (notRead > 0 && notRead === report.endpoints.length ? 'Not read' : usd(report.usdPerMonth));
  const unpriced = () => (notRead === 0 ? '' : '; ' + number(notRead) + ' of them not read');

  const card = (title, wide, ...content) => h('section', { class: wide ? 'card wide' : 'card' }, h('h2', {}, title), ...content);
  const figure = (text) => h('p', { class: 'figure' }, text);
  const summary = () => {
    const { totals, sweep, endpoints, exceptions } = report;
    const ending = exceptions.filter((one) => one.isEnding);
    const [next] = ending;
    const wanted = sweep.wanted.change + sweep.wanted.detach + sweep.wanted.release;
    return h('div', { class: 'cards' },
      card('All services', true, h('div', { class: 'overall' }, ring(totals), legend(totals, (state) => hashOf('services', { state }))), unreadNote(totals.unread)),
      card('Needs a person', false, figure(number(totals['non-compliant'])),
        topCodes.length === 0 ? h('p', { class: 'muted' }, 'No error or warning is open.')
          : h('ul', { class: 'small' }, topCodes.map(([code, count]) => h('li', {}, h('a', { href: hashOf('services', { finding: code }) }, code), h('span', { class: 'muted' }, number(count)))))),
      card('Exceptions ending', false, figure(number(ending.length)),
        h('p', { class: 'muted small' }, next === undefined ? 'None ends within 30 days.' : 'The next: ' + next.reason + ', in ' + many(next.daysLeft, 'day') + '.')),
      card('Endpoints', false, figure(monthly()),
        h('p', { class: 'muted small' }, 'a month for ' + many(endpoints.length, 'endpoint') + ', traffic not counted' + unpriced())),
      card('Last sweep', false, h('p', { class: 'figure' }, chip(sweep.status, sweep.status)),
        h('p', { class: 'muted small' }, time(sweep.endedAt || sweep.startedAt), '. ' + many(wanted, 'service') + ' to change, ' + many(sweep.failures.length, 'failure') + '.')));
  };

  /* ---- services ---- */
  const ranks = Object.fromEntries(['non-compliant', 'in-progress', 'compliant', 'not-managed'].map((state, rank) => [state, rank]));
  const weight = (service) => sum(service.findings.map((one) => ({ error: 10000, warning: 100, info: 1 })[one.severity]));
  const texts = new Map();
  const textOf = (service) => {
    let text = texts.get(service);
    if (text === undefined) {
      const { name, arn, domains, rule = '', phase = '', vpc = '', endpoint = '', units, findings } = service;
      text = [name, arn, ...domains, rule, phase, vpc, endpoint, ...units, ...findings.flatMap((one) => [one.code, one.message])].join(' ').toLowerCase();
      texts.set(service, text);
    }
    return text;
  };
  const COLUMNS = [
    { id: 'name', title: 'Service', of: (one) => one.name },
    { id: 'state', title: 'State', of: (one) => ranks[one.compliance] },
    { id: 'phase', title: 'Phase', of: (one) => one.phase || '' },
    { id: 'domains', title: 'Names', of: (one) => one.domains[0] || '' },
    { id: 'proof', title: 'Proof', of: (one) => (one.proof ? Object.keys(PROOFS).indexOf(one.proof.kind) : 9) },
    { id: 'findings', title: 'Findings', of: (one) => -weight(one) },
    { id: 'rule', title: 'Rule', of: (one) => one.rule || '' },
    { id: 'account', title: 'Account', of: (one) => one.account },
    { id: 'region', title: 'Region', of: (one) => one.region },
  ];
  const matching = () => {
    const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
    return services.filter((service) =>
      (!filter.state || service.compliance === filter.state) &&
      (!filter.account || service.account === filter.account) &&
      (!filter.region || service.region === filter.region) &&
      (!filter.unit || service.units.includes(filter.unit)) &&
      (!filter.rule || (service.rule || '') === filter.rule) &&
      (!filter.finding || service.findings.some((one) => one.code === filter.finding)) &&
      (!filter.severity || service.findings.some((one) => one.severity === filter.severity)) &&
      words.every((word) => textOf(service).includes(word)));
  };
  const sorted = (found) => {
    const [id, down] = (filter.sort || 'state').split('-');
    const column = COLUMNS.find((one) => one.id === id) || COLUMNS[1];
    const sign = down ? -1 : 1;
    return found.map((service) => [column.of(service), service]).sort(([a, one], [b, other]) =>
      (a < b ? -sign : a > b ? sign : one.name < other.name ? -1 : one.name > other.name ? 1 : 0)).map(([, service]) => service);
  };

  const fact = (name, value) => (value === undefined || value === '' || value.length === 0 ? [] : [h('dt', {}, name), h('dd', {}, value)]);
  const findingBlock = (level) => ({ severity, code, domain, resource, message, remedy, since }) =>
    h('div', { class: 'finding ' + severity },
      h(level, {}, chip(severity, severity), code, domain && h('span', { class: 'muted' }, domain), resource && h('span', { class: 'muted mono' }, resource)),
      h('p', {}, rich(message)), h('p', {}, h('b', {}, 'What to do: '), rich(remedy)),
      since && h('p', { class: 'muted small' }, 'Since ', time(since)));
  const details = (service) => {
    const { proof, exception, wanted, heldBy, waits } = service;
    return [
      h('dl', { class: 'facts' },
        fact('ARN', h('span', { class: 'mono' }, service.arn)),
        fact('Policy', service.enforcement + ', ' + service.mode + (service.rule ? ', by the rule "' + service.rule + '"' : '')),
        service.units.length > 0 && fact('Units', service.units.join(' › ')),
        exception && fact('Exception', exception.reason + ', until ' + exception.until + (exception.state === 'expired' ? ' (ended)' : '')),
        fact('Names', service.domains.join(', ')),
        service.vpc && fact('VPC', h('span', { class: 'mono' }, service.vpc + (service.endpoint ? ' by ' + service.endpoint : ''))),
        proof && fact('Proof', [PROOFS[proof.kind], ', seen ', time(proof.at), proof.verifiedAt && [', last answer ', time(proof.verifiedAt)]].flat().filter(Boolean).reduce((all, part) => { all.append(part); return all; }, h('span', {}))),
        waits.length > 0 && fact('Waits for', waits.join('; ')),
        wanted && fact('The sweep wanted', wanted.would + ': ' + wanted.what.join('; ')),
        heldBy && fact('Held by', 'sweep ' + heldBy),
        service.updatedAt && fact('Reconciled', time(service.updatedAt))),
      service.findings.length === 0 ? h('p', { class: 'muted' }, 'No finding is open.') : service.findings.map(findingBlock('h3')),
    ];
  };

  let nextId = 0;
  const row = (service) => {
    const id = 'more-' + nextId++;
    const cell = (title, cls, ...content) => h('td', { role: 'cell', class: cls, 'data-label': title }, content);
    const button = h('button', { class: 'open', type: 'button', 'aria-expanded': 'false', 'aria-controls': id }, service.name);
    const line = h('tr', { class: 'line', role: 'row' },
      cell('Service', 'first', h('span', { class: 'stack' }, button)),
      cell('State', 'keep', chip(service.compliance, STATES[service.compliance])),
      cell('Phase', 'keep', service.phase || (service.compliance === 'not-managed' ? '–' : 'not reconciled yet')),
      service.domains.length === 0 ? cell('Names', 'names') : cell('Names', 'names', h('span', { class: 'stack' }, service.domains.map((domain) => h('span', {}, breakable(domain))))),
      service.proof ? cell('Proof', 'keep', PROOFS[service.proof.kind]) : cell('Proof', ''),
      service.findings.length === 0 ? cell('Findings', '') : cell('Findings', '', h('span', { class: 'stack' }, service.findings.slice(0, 2).map((one) => h('span', {}, chip(one.severity, one.code))), service.findings.length > 2 && h('span', { class: 'muted small' }, 'and ' + (service.findings.length - 2) + ' more'))),
      service.rule ? cell('Rule', '', service.rule) : cell('Rule', ''),
      cell('Account', 'keep', h('span', {}, service.account)),
      cell('Region', 'keep', h('span', {}, service.region)));
    const more = h('tr', { class: 'more', role: 'row', id, hidden: true }, h('td', { role: 'cell', colspan: COLUMNS.length }));
    button.addEventListener('click', () => {
      if (more.hidden && more.firstChild.childElementCount === 0) more.firstChild.append(...details(service).flat());
      more.hidden = !more.hidden;
      button.setAttribute('aria-expanded', String(!more.hidden));
    });
    return [line, more];
  };

  const values = (of) => [...new Set(services.flatMap(of))].sort();
  const choice = (name, title, options, all) => h('label', {}, title,
    h('select', { 'data-filter': name, onchange: (event) => goTo({ [name]: event.target.value }) },
      h('option', { value: '' }, all), options.map((option) => (Array.isArray(option) ? h('option', { value: option[0] }, option[1]) : h('option', { value: option }, option)))));
  const makeServices = () => {
    const units = values((one) => one.units);
    let pending;
    const search = h('input', { type: 'search', 'data-filter': 'q', placeholder: 'Name, domain, ARN, VPC, finding …',
      oninput: (event) => { clearTimeout(pending); pending = setTimeout(() => goTo({ q: event.target.value }), 80); } });
    const tools = h('form', { class: 'tools', role: 'search', onsubmit: (event) => event.preventDefault() },
      h('label', { class: 'search' }, 'Search', search),
      choice('state', 'State', Object.entries(STATES), 'All states'),
      choice('account', 'Account', values((one) => [one.account]), 'All accounts'),
      choice('region', 'Region', values((one) => [one.region]), 'All regions'),
      units.length > 0 && choice('unit', 'Unit', units, 'All units'),
      choice('rule', 'Rule', values((one) => (one.rule ? [one.rule] : [])), 'All rules'),
      choice('severity', 'Severity', SEVERITIES, 'Any'),
      choice('finding', 'Finding', values((one) => one.findings.map((each) => each.code)), 'All findings'));
    const sorting = choice('sort', 'Sort by', COLUMNS.map(({ id, title }) => [id, title]), 'State, worst first');
    sorting.className = 'sort';
    tools.append(sorting, h('button', { class: 'button', type: 'button', onclick: () => { goTo({ ...EMPTY }); search.focus(); } }, 'Clear'));
    const head = h('tr', { role: 'row' }, COLUMNS.map(({ id, title }) => h('th', { scope: 'col', role: 'columnheader', 'data-sort': id },
      h('button', { type: 'button', onclick: () => goTo({ sort: (filter.sort || 'state') === id ? id + '-down' : id }) }, title))));
    const body = h('tbody', { role: 'rowgroup' });
    const page = (by) => () => { goTo({ page: String(Number(filter.page || 1) + by) }, true); table.scrollIntoView(); };
    const before = h('button', { class: 'button', type: 'button', onclick: page(-1) }, 'Previous');
    const after = h('button', { class: 'button', type: 'button', onclick: page(1) }, 'Next');
    const where = h('span', {});
    const status = h('p', { role: 'status' });
    const empty = h('p', { class: 'empty' }, 'No service matches.');
    const pages = h('nav', { class: 'pages', 'aria-label': 'Pages' }, before, where, after);
    const table = h('table', { class: 'cardlike', role: 'table', 'aria-label': 'Services' }, h('thead', { role: 'rowgroup' }, head), body);
    const scroll = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Table of services' }, table);
    const node = h('div', {}, h('h2', { class: 'sr' }, 'Services'), tools,
      h('div', { class: 'status' }, status), h('div', { class: 'sheet' }, scroll, empty, pages));
    const show = () => {
      const found = sorted(matching());
      const last = Math.max(1, Math.ceil(found.length / PAGE));
      const at = Math.min(last, Math.max(1, Number(filter.page) || 1));
      const shown = found.slice((at - 1) * PAGE, at * PAGE);
      body.replaceChildren(...shown.flatMap(row));
      status.textContent = found.length === services.length ? many(found.length, 'service') : number(found.length) + ' of ' + many(services.length, 'service');
      where.textContent = 'Page ' + at + ' of ' + last;
      before.disabled = at === 1;
      after.disabled = at === last;
      pages.hidden = last === 1;
      empty.hidden = found.length > 0;
      scroll.hidden = found.length === 0;
      const [id, down] = (filter.sort || 'state').split('-');
      for (const cell of head.children) {
        if (cell.dataset.sort === id) cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        else cell.removeAttribute('aria-sort');
      }
      for (const field of node.querySelectorAll('[data-filter]')) {
        if (field !== document.activeElement || field.tagName === 'SELECT') field.value = filter[field.dataset.filter];
      }
    };
    return { node, show };
  };
  let servicesView;
  const showServices = () => servicesView.show();

  /* ---- the other views ---- */
  const sheet = (label, titles, rows, none) => rows.length === 0 ? h('div', { class: 'sheet' }, h('p', { class: 'empty' }, none)) :
    h('div', { class: 'sheet' }, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, h('table', { class: 'cardlike', role: 'table', 'aria-label': label },
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, titles.map(([title, cls]) => h('th', { scope: 'col', role: 'columnheader', class: cls }, h('span', {}, title))))),
      h('tbody', { role: 'rowgroup' }, rows.map((cells) => h('tr', { class: 'line', role: 'row' }, cells.map((content, index) =>
        h('td', { role: 'cell', class: (index === 0 ? 'first ' : '') + (titles[index][1] || ''), 'data-label': titles[index][0] }, content))))))));

  const bar = (group) => {
    const total = Math.max(1, sum(STATE_NAMES.map((state) => group[state])));
    const node = h('div', { class: 'bar', role: 'img', 'aria-label': STATE_NAMES.map((state) => STATES[state] + ' ' + group[state]).join(', ') });
    for (const state of STATE_NAMES) {
      if (group[state] === 0) continue;
      const part = h('span', { class: 's-' + state });
      part.style.width = (group[state] / total) * 100 + '%';
      node.append(part);
    }
    return node;
  };
  const compliance = () => h('section', { class: 'groups', 'aria-label': 'Compliance' }, Object.entries({ account: 'By account', unit: 'By unit', region: 'By region', rule: 'By rule' })
    .filter(([by]) => report.compliance[by].length > 0)
    .map(([by, title]) => h('section', {}, h('h2', {}, title), sheet(title, [[title.slice(3).replace(/^./, (letter) => letter.toUpperCase())], ['Share'], ['Compliant', 'number'], ['In progress', 'number'], ['Needs a person', 'number'], ['Not managed', 'number'], ...(report.totals.unread > 0 && by !== 'rule' ? [['Not read', 'number']] : [])],
      report.compliance[by].map((group) => [
        h('a', { href: hashOf('services', { [by]: group.name }) }, group.name), bar(group),
        ...STATE_NAMES.map((state) => group[state] === 0 ? '0' : h('a', { href: hashOf('services', { [by]: group.name, state }), 'aria-label': number(group[state]) + ' ' + STATES[state] + ', ' + group.name }, number(group[state]))),
        ...(report.totals.unread > 0 && by !== 'rule' ? [group.unread === 0 ? '0' : h('a', { href: '#sweep', 'aria-label': number(group.unread) + ' not read, ' + group.name }, number(group.unread))] : []),
      ]), 'Nothing to count.'))));

  const exceptions = () => h('section', {}, h('h2', {}, 'Exceptions from the policy'), sheet('Exceptions', [['Reason'], ['Until'], ['State'], ['Days left', 'number'], ['Services', 'number']],
    report.exceptions.map((one) => [one.reason, one.until, one.state === 'expired' ? chip('expired', 'ended') : one.isEnding ? chip('ending', 'about to end') : chip('compliant', 'in force'), number(one.daysLeft), number(one.services)]),
    'The policy has no exceptions.'));

  const endpoints = () => h('section', {}, h('h2', {}, 'Interface endpoints'), sheet('Endpoints', [['Endpoint'], ['VPC'], ['Account'], ['Region'], ['Services', 'number'], ['Interfaces', 'number'], ['USD a month', 'number']],
    report.endpoints.map((one) => [h('span', { class: 'mono' }, one.id), h('span', { class: 'mono' }, one.vpc), one.account, one.region,
      one.services === 0 ? chip('warning', 'unused') : number(one.services), one.interfaces === undefined ? 'not read' : number(one.interfaces), one.usdPerMonth === undefined ? 'not read' : usd(one.usdPerMonth)]),
    'No endpoint is in use.'),
    report.endpoints.length > 0 && h('p', { class: 'muted small' }, monthly() + ' a month in all' + unpriced() + '. AWS charges each network interface by the hour; traffic is not counted.'));

  const sweep = () => {
    const one = report.sweep;
    const did = one.status === 'held' ? 'Nothing: it is held until a person confirms it.' : many(sum(Object.values(one.wanted)), 'service') + ' enqueued for reconciliation.';
    const list = services.filter((service) => service.wanted && service.wanted.would !== 'refresh').slice(0, 200);
    const problems = [...one.failures, ...one.orphans];
    return h('section', {}, h('h2', {}, 'Sweep ' + one.id),
      h('div', { class: 'sheet plain' }, h('dl', { class: 'facts' },
        fact('Status', chip(one.status, one.status)), fact('Requested by', h('span', { class: 'mono' }, one.by)),
        one.confirmedBy && fact('Confirmed by', h('span', { class: 'mono' }, one.confirmedBy)),
        fact('Began', time(one.startedAt)), one.endedAt && fact('Ended', time(one.endedAt)),
        fact('Compared', number(one.answered) + ' of ' + many(one.targets, 'target') + ', ' + many(one.services, 'service')),
        fact('Wanted', Object.entries(one.wanted).map(([would, count]) => number(count) + ' to ' + would).join(', ')),
        fact('Did', did), fact('Could not', one.failures.length === 0 ? 'It read everything.' : 'It could not read ' + number(one.failures.length) + (one.failures.length === 1 ? ' target or service' : ' targets or services') + ', listed below.'),
        one.reasons.length > 0 && fact('Held because', one.reasons.join('; ')))),
      h('h2', {}, 'What it wanted'), sheet('What the sweep wanted', [['Service'], ['Wanted'], ['How'], ['Account'], ['Region']],
        list.map((service) => [h('a', { href: hashOf('services', { q: service.arn }) }, service.name), chip(service.wanted.would, service.wanted.would), service.wanted.what.join('; '), service.account, service.region]), 'Every service was in sync.'),
      h('h2', {}, 'What it could not read, and orphans'), problems.length === 0 ? h('div', { class: 'sheet' }, h('p', { class: 'empty' }, 'None.')) : h('div', { class: 'sheet plain' }, problems.map(findingBlock('h3'))));
  };

  /* ---- the page ---- */
  const makers = { services: () => servicesView.node, compliance, exceptions, endpoints, sweep };
  const counts = { services: services.length, exceptions: report.exceptions.length, endpoints: report.endpoints.length };
  const links = Object.entries(VIEWS).map(([name, title]) => h('a', { href: '#' + name }, title, counts[name] !== undefined && h('span', { class: 'muted small' }, number(counts[name]))));
  const main = h('main', { id: 'main', tabindex: '-1' });
  const themes = ['system', 'light', 'dark'];
  let theme = 0;
  const themeButton = h('button', { class: 'button', type: 'button', onclick: () => {
    theme = (theme + 1) % themes.length;
    if (theme === 0) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[theme];
    themeButton.textContent = 'Theme: ' + themes[theme];
  } }, 'Theme: system');

  const show = () => {
    ({ view, filter } = readHash());
    Object.keys(VIEWS).forEach((name, index) => {
      if (name === view) links[index].setAttribute('aria-current', 'page');
      else links[index].removeAttribute('aria-current');
    });
    const node = makers[view]();
    if (main.firstChild !== node) main.replaceChildren(node);
    if (view === 'services') showServices();
  };

  servicesView = makeServices();
  document.getElementById('page').replaceChildren(
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } }, 'Skip to the services'),
    h('header', { class: 'top' }, h('div', { class: 'where' }, h('h1', {}, 'Private ingress'),
      h('p', { class: 'muted' }, h('span', { class: 'mono' }, report.installation), ', as of ', time(report.generatedAt))), themeButton),
    h('section', { 'aria-label': 'Summary' }, summary()),
    h('nav', { class: 'views', 'aria-label': 'Views' }, links),
    main,
    h('footer', {}, 'Made by apprunner-private-ingress from the sweep ' + report.sweep.id + ' and the rows of the services. It loads nothing.'));
  addEventListener('hashchange', show);
  show();
})();
`;
