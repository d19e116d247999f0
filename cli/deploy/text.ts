import { counted } from '../../shared/counted.ts';
import type { Layout } from '../terminal/output.ts';
import type { Mark } from '../terminal/style.ts';
import { hanging } from '../terminal/width.ts';
import type { ResourceChange } from './changes.ts';

/** In the order they are shown: the dangerous ones first. */
const groups: readonly { readonly kind: ResourceChange['kind']; readonly title: string; readonly mark: Mark }[] = [
  {
    kind: 'replaced',
    title: 'REPLACED: CloudFormation creates a new one and deletes the old one with its content',
    mark: 'red',
  },
  { kind: 'perhaps-replaced', title: 'Perhaps replaced: known only during the deployment', mark: 'red' },
  { kind: 'removed', title: 'Removed', mark: 'red' },
  { kind: 'changed', title: 'Changed', mark: 'yellow' },
  { kind: 'added', title: 'Added', mark: 'green' },
];

/** The changes of a deployment, grouped. */
export function changesText(stackName: string, changes: readonly ResourceChange[], { style, width }: Layout): string {
  if (changes.length === 0) return `${stackName}: no resource changes.`;
  const shown = groups.flatMap(({ kind, title, mark }) => {
    const all = changes.filter((change) => change.kind === kind);
    if (all.length === 0) return [];
    const lines = kind === 'added' ? byType(all) : all.map(line);
    return ['', style(mark, `${title} (${all.length})`), ...lines.map((text) => hanging('  ', text, width))];
  });
  const count = counted(changes.length, 'resource');
  return [`${style('bold', stackName)}: ${count}`, ...shown].join('\n');
}

const short = (type: string): string => type.replace(/^AWS::/, '');

const line = ({ type, id, physicalId, properties }: ResourceChange): string =>
  `${short(type)} ${physicalId ?? id}${properties.length === 0 ? '' : `: ${properties.join(', ')}`}`;

const byType = (changes: readonly ResourceChange[]): readonly string[] =>
  [...Map.groupBy(changes, ({ type }) => type)].map(
    ([type, all]) => `${short(type)}: ${all.map(({ id }) => id).join(', ')}`,
  );
