import type { BrokenFile } from './broken-file.ts';
import { brokenParts } from './broken-parts.ts';
import { brokenValues } from './broken-values.ts';
import { brokenYaml } from './broken-yaml.ts';

/** Invalid policy files, and the problems of each. */
export const brokenFiles: readonly BrokenFile[] = [...brokenYaml, ...brokenValues, ...brokenParts];
