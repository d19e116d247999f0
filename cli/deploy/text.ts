import type { Layout } from '../terminal/output.ts';
import type { Mark } from '../terminal/style.ts';
import { hanging } from '../terminal/width.ts';
import type { ResourceChange } from './changes.ts';

/** In the order they are shown: what may hurt comes first. */
const groups: readonly { readonly kind: ResourceChange['kind']; readonly title: string; readonly mark: Mark }[] = [
  { kind: 'replaced', title: 'REPLACED: a new one is made, the old one and what is in it are deleted', mark: 'red' },
  { kind: 'perhaps-replaced', title: 'Perhaps replaced: only CloudFormation knows, while it works', mark: 'red' },
  { kind: 'removed', title: 'Removed', mark: 'red' },
  { kind: 'changed', title: 'Changed', mark: 'yellow' },
  { kind: 'added', title: 'Added', mark: 'green' },
];

/** What a deployment does to the stack, grouped. */
export function changesText(stackName: string, changes: readonly ResourceChange[], { style, width }: Layout): string {
  if (changes.length === 0) return `${stackName}: no resource changes.`;
  const told = groups.flatMap(({ kind, title, mark }) => {
    const all = changes.filter((change) => change.kind === kind);
    if (all.length === 0) return [];
    const lines = kind === 'added' ? byType(all) : all.map(line);
    return ['', style(mark, `${title} (${all.length})`), ...lines.map((text) => hanging('  ', text, width))];
  });
  const count = `${changes.length} ${changes.length === 1 ? 'resource' : 'resources'}`;
  return [`${style('bold', stackName)}: ${count}`, ...told].join('\n');
}

const short = (type: string): string => type.replace(/^AWS::/, '');

const line = ({ type, id, physicalId, properties }: ResourceChange): string =>
  `${short(type)} ${physicalId ?? id}${properties.length === 0 ? '' : `: ${properties.join(', ')}`}`;

const byType = (changes: readonly ResourceChange[]): readonly string[] =>
  [...Map.groupBy(changes, ({ type }) => type)].map(
    ([type, all]) => `${short(type)}: ${all.map(({ id }) => id).join(', ')}`,
  );
