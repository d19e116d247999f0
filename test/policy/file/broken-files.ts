import type { BrokenFile } from './broken-file.ts';
import { brokenParts } from './broken-parts.ts';
import { brokenValues } from './broken-values.ts';
import { brokenYaml } from './broken-yaml.ts';

/** Policy files that are wrong, and what has to be told of each. */
export const brokenFiles: readonly BrokenFile[] = [...brokenYaml, ...brokenValues, ...brokenParts];
