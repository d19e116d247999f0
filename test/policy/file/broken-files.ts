import { brokenParts } from './broken-parts.ts';
import { brokenValues } from './broken-values.ts';
import { brokenYaml } from './broken-yaml.ts';

export interface BrokenFile {
  readonly what: string;
  readonly text: string;
  /** All of them, in order: `line:column: ` and how the message begins. */
  readonly problems: readonly string[];
}

/** Policy files that are wrong, and what has to be told of each. */
export const brokenFiles: readonly BrokenFile[] = [...brokenYaml, ...brokenValues, ...brokenParts];
