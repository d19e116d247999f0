/** One line of a chart, or dots. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly kind: 'line' | 'dots';
}

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const WIDTH = 880;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 320;
const TOP = 40;
const BOTTOM = 52;

/** Colours that can be told apart by people who see few of them, on light and on dark pages (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c8c00', '#777777'];

/** A chart as SVG, whose texts and lines follow the reader's colour scheme. */
export function svg({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const across = scaleOf(
    x,
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const lines = [
    ...across.ticks.map((tick) => line(across.at(tick), TOP, across.at(tick), HEIGHT - BOTTOM)),
    ...up.ticks.map((tick) => line(LEFT, up.at(tick), WIDTH - RIGHT, up.at(tick))),
  ];
  const texts = [
    text(LEFT, 22, title, 'start', 15),
    ...across.ticks.map((tick) => text(across.at(tick), HEIGHT - BOTTOM + 18, number(tick), 'middle')),
    ...up.ticks.map((tick) => text(LEFT - 8, up.at(tick) + 4, number(tick), 'end')),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x.label, 'middle'),
    `<g transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">${text(0, 0, y.label, 'middle')}</g>`,
  ];
  const drawn = series.map(({ points: own, kind }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? '';
    const places = own.map(([a, b]) => [round(across.at(a)), round(up.at(b))] as const);
    const dots = places.map(
      ([a, b]) => `<circle cx="${a}" cy="${b}" r="${kind === 'dots' ? 5 : 2.5}" fill="${colour}"/>`,
    );
    const path = places.map(([a, b]) => `${a},${b}`).join(' ');
    const joined =
      kind === 'line' ? `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>` : '';
    return joined + dots.join('');
  });
  const legend = series.map(({ name }, index) => {
    const top = TOP + 12 + index * 20;
    const colour = COLOURS[index % COLOURS.length] ?? '';
    return `<circle cx="${WIDTH - RIGHT + 18}" cy="${top - 4}" r="5" fill="${colour}"/>${text(WIDTH - RIGHT + 30, top, name, 'start', 11)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font-family:system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}@media(prefers-color-scheme:dark){text{fill:#ccc}.grid{stroke:#444}}</style>',
    ...lines,
    ...drawn,
    ...texts,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function scaleOf({ scale }: Axis, values: readonly number[], from: number, to: number): Scale {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (scale === 'log') {
    const low = Math.floor(Math.log10(least));
    const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
    const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
    return { ticks, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
  }
  const step = niceStep((most - Math.min(0, least)) / 6);
  const top = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { ticks, at: (value) => from + (value / top) * (to - from) };
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least || 1));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

const round = (value: number): number => Math.round(value * 10) / 10;
const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
const escaped = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="grid" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end', size = 12): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}">${escaped(content)}</text>`;
}
