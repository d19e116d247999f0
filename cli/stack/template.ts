import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import { readStackSource } from '../../build/stack-source.ts';
import { listArguments } from '../../build/templates/allowed-records.ts';
import { parameterFields } from '../../build/templates/parameter.ts';

const parameterSchema = z.looseObject(parameterFields);

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), parameterSchema).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
});

export type ParameterDefinition = z.output<typeof parameterSchema>;
export type TemplateResource = z.output<typeof resourceSchema>;
/** A packaged CloudFormation template, as far as this code reads it. */
export type StackTemplate = z.output<typeof templateSchema>;

export interface PackagedStack {
  readonly template: StackTemplate;
  /** As it is, every member kept, for CloudFormation. */
  readonly source: Readonly<Record<string, unknown>>;
  /** Paths of the zips, by the name of the function's file. */
  readonly zips: Readonly<Record<string, string>>;
}

/** The stack's parameters as `stack/parameters.yml` defines them; long lists leave the packaged template. */
export const stackParameters = (): Promise<Readonly<Record<string, ParameterDefinition>>> =>
  readStackSource('stack/parameters.yml', z.record(z.string(), parameterSchema));

/**
 * Builds and packages the stack of this repository, unless that is done already.
 * @param stage of serverless.yml; it is part of every name in the stack.
 * @param given values of parameters, of which long lists are written into the template.
 * @param policyFile to package, see `BuildOptions`.
 * @throws BuildError, PackageError
 */
export async function packagedStack(
  stage: string | undefined,
  given: Readonly<Record<string, string>> = {},
  policyFile?: string,
): Promise<PackagedStack> {
  const words = [...(stage === undefined ? [] : ['--stage', stage]), ...listArguments(given)];
  const { template: path, zips } = await ensurePackaged({
    arguments: words,
    ...(policyFile === undefined ? {} : { policyFile }),
  });
  const source: unknown = JSON.parse(await readFile(path, 'utf8'));
  return { template: templateSchema.parse(source), source: z.record(z.string(), z.unknown()).parse(source), zips };
}
