import { hanging } from '../cli/terminal/width.ts';

interface Theme {
  readonly ground: string;
  readonly edge: string;
  readonly text: string;
  readonly dim: string;
  readonly green: string;
  readonly red: string;
}

/** Colours of GitHub's own themes. */
export const themes = {
  light: { ground: '#f6f8fa', edge: '#d1d9e0', text: '#1f2328', dim: '#59636e', green: '#1a7f37', red: '#cf222e' },
  dark: { ground: '#0d1117', edge: '#3d444d', text: '#e6edf3', dim: '#9198a1', green: '#3fb950', red: '#f85149' },
} as const satisfies Readonly<Record<string, Theme>>;

const [COLUMNS, CHARACTER, LINE, MARGIN, BAR] = [112, 7.83, 19, 18, 34];

/** The SGR codes that the product's output has. */
type Mark = 'bold' | 'dim' | 'green' | 'red';
const BEGINS: Readonly<Record<string, Mark>> = { 1: 'bold', 2: 'dim', 32: 'green', 31: 'red' };

interface Run {
  readonly text: string;
  readonly mark: Mark | undefined;
}

/** Output with SGR codes, as a terminal of 112 columns shows it, drawn as SVG. */
export function terminalPicture(output: string, title: string, theme: Theme): string {
  const lines = output.trimEnd().split('\n').flatMap(wrapped).map(runsOf);
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN);
  const height = BAR + lines.length * LINE + MARGIN;
  const dots = [0, 1, 2].map(
    (index) => `<circle cx="${MARGIN + 6 + index * 18}" cy="18" r="5.5" fill="${theme.edge}"/>`,
  );
  const text = lines.map((runs, index) => {
    const spans = runs.map(({ text: part, mark }) => `<tspan${styleOf(mark, theme)}>${escaped(part)}</tspan>`).join('');
    return `<text x="${MARGIN}" y="${BAR + (index + 1) * LINE - 5}">${spans}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="${theme.ground}" stroke="${theme.edge}"/>
${dots.join('')}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace" font-size="13" fill="${theme.text}">
${text.join('\n')}
</g>
</svg>
`;
}

/** What stands in front of a text, below which its further lines begin: `   0.1 s  reconcile  `, `✓ `, or spaces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: marks are control characters.
const HEAD = /^(?:(?:\u001b\[2m)? *\d+\.\d s(?:\u001b\[22m)? {2}.{10} | *(?:\u001b\[\d+m)?[✓✗](?:\u001b\[\d+m)? | +)/;

function wrapped(line: string): readonly string[] {
  const [head = ''] = HEAD.exec(line) ?? [];
  const indent = ' '.repeat(plainOf(head).length);
  return hanging(head, line.slice(head.length), COLUMNS)
    .split('\n')
    .flatMap((part) => broken(part, indent));
}

/** A word that is wider than the terminal is broken at its edge. */
function broken(line: string, indent: string): readonly string[] {
  const plain = plainOf(line);
  if (plain.length <= COLUMNS) return [line];
  return [plain.slice(0, COLUMNS), ...broken(`${indent}${plain.slice(COLUMNS)}`, indent)];
}

const plainOf = (line: string): string =>
  runsOf(line)
    .map(({ text }) => text)
    .join('');

function runsOf(line: string): readonly Run[] {
  let mark: Mark | undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: marks are control characters.
  return line.split(/(\u001b\[\d+m)/).flatMap((part): readonly Run[] => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: marks are control characters.
    const [, code] = /^\u001b\[(\d+)m$/.exec(part) ?? [];
    if (code === undefined) return part === '' ? [] : [{ text: part, mark }];
    mark = BEGINS[code];
    return [];
  });
}

function styleOf(mark: Mark | undefined, theme: Theme): string {
  if (mark === undefined) return '';
  return mark === 'bold' ? ' font-weight="bold"' : ` fill="${theme[mark]}"`;
}

/** Renderers of SVG collapse plain spaces, whatever the document says. */
const escaped = (text: string): string =>
  text
    .replaceAll(' ', '\u00a0')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
