// Writes local/src/wire/constraint-data.ts from the API models that botocore ships, for the operations that the embedded
// cloud serves. Run it after a new operation is served, with the unpacked `botocore/data` of the release named below:
//
//   pip download --no-deps botocore==1.43.107 && unzip -d botocore-wheel botocore-*.whl
//   node scripts/generate-constraints.ts botocore-wheel/botocore/data
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { NormalizedSchema } from '@smithy/core/schema';
import { createCloud } from 'apprunner-embedded-cloud';
import { seededChance } from 'apprunner-embedded-cloud/chance';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { type Constraint, wholeMatch } from 'apprunner-embedded-cloud/constraints';
import { profiles } from 'apprunner-embedded-cloud/profile';
import { z } from 'zod';

const SOURCE = 'botocore 1.43.107';
const OUTPUT = new URL('../local/src/wire/constraint-data.ts', import.meta.url);

/**
 * Folder of the model in botocore, by signing name. Left out: SQS and DynamoDB, whose services check by codes of their own,
 * and S3, whose model has next to none.
 */
const MODELS: Readonly<Record<string, string>> = {
  apprunner: 'apprunner/2020-05-15',
  cloudformation: 'cloudformation/2010-05-15',
  cloudtrail: 'cloudtrail/2013-11-01',
  ec2: 'ec2/2016-11-15',
  ecr: 'ecr/2015-09-21',
  events: 'events/2015-10-07',
  iam: 'iam/2010-05-08',
  lambda: 'lambda/2015-03-31',
  logs: 'logs/2014-03-28',
  monitoring: 'cloudwatch/2010-08-01',
  organizations: 'organizations/2016-11-28',
  route53: 'route53/2013-04-01',
  sns: 'sns/2010-03-31',
  servicequotas: 'service-quotas/2019-06-24',
  ssm: 'ssm/2014-11-06',
  sts: 'sts/2011-06-15',
};

const reference = z.object({ shape: z.string() });
const shapeSchema = z.object({
  type: z.string(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  members: z.record(z.string(), reference).optional(),
  member: reference.optional(),
  key: reference.optional(),
  value: reference.optional(),
});
const modelSchema = z.object({
  operations: z.record(z.string(), z.object({ input: reference.optional() })),
  shapes: z.record(z.string(), shapeSchema),
});
type Model = z.infer<typeof modelSchema>;
type Shape = z.infer<typeof shapeSchema>;

const NUMBERS = ['integer', 'long', 'float', 'double'];

const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: node scripts/generate-constraints.ts <botocore/data>');

async function readModel(of: string): Promise<Model> {
  const packed = await readFile(`${folder}/${of}/service-2.json.gz`);
  return modelSchema.parse(JSON.parse(gunzipSync(packed).toString()));
}

/** Patterns that JavaScript cannot read are left out and reported. */
function readable(pattern: string, service: string): boolean {
  try {
    wholeMatch(pattern);
    return true;
  } catch {
    console.warn(`${service}: pattern left out: ${pattern}`);
    return false;
  }
}

class Generator {
  readonly #service: string;
  readonly #model: Model;
  readonly structures = new Map<string, Readonly<Record<string, Constraint>>>();

  constructor(service: string, model: Model) {
    this.#service = service;
    this.#model = model;
  }

  addStructure(ns: NormalizedSchema, { members = {} }: Shape): void {
    const name = ns.getName() ?? '';
    if (this.structures.has(name)) return;
    const constraints: Record<string, Constraint> = {};
    this.structures.set(name, constraints);
    for (const [member, schema] of ns.structIterator()) {
      const shape = this.#shape(members[member]);
      if (shape === undefined) {
        console.warn(`${this.#service}: ${name}.${member} is not in the model of ${SOURCE}`);
        continue;
      }
      const constraint = this.#constraint(shape);
      if (constraint !== undefined) constraints[member] = constraint;
      this.#descend(schema, shape);
    }
  }

  addInput(operation: string, ns: NormalizedSchema): void {
    const shape = this.#shape(this.#model.operations[operation]?.input);
    if (!ns.isUnitSchema() && shape !== undefined) this.addStructure(ns, shape);
  }

  #shape(found: { readonly shape: string } | undefined): Shape | undefined {
    return found && this.#model.shapes[found.shape];
  }

  #descend(ns: NormalizedSchema, shape: Shape): void {
    if (ns.isStructSchema()) this.addStructure(ns, shape);
    const element = this.#shape(ns.isListSchema() ? shape.member : ns.isMapSchema() ? shape.value : undefined);
    if (element !== undefined) this.#descend(ns.getValueSchema(), element);
  }

  #constraint(shape: Shape): Constraint | undefined {
    const { type, enum: values, pattern, min, max } = shape;
    // EC2 refuses numbers and texts, and Route 53 refuses numbers, in words of their own (src/services).
    const onlyEnums = this.#service === 'ec2' || (this.#service === 'route53' && NUMBERS.includes(type));
    const member = this.#constraintOf(shape.member ?? shape.value);
    const key = this.#constraintOf(shape.key);
    const constraint: Constraint = {
      ...(values === undefined ? {} : { enum: values }),
      ...(pattern === undefined || onlyEnums || !readable(pattern, this.#service) ? {} : { pattern }),
      ...(min === undefined || onlyEnums || (min === 0 && !NUMBERS.includes(type)) ? {} : { min }),
      ...(max === undefined || onlyEnums ? {} : { max }),
      ...(member === undefined ? {} : { member }),
      ...(key === undefined ? {} : { key }),
    };
    return Object.keys(constraint).length === 0 ? undefined : constraint;
  }

  #constraintOf(found: { readonly shape: string } | undefined): Constraint | undefined {
    const shape = this.#shape(found);
    return shape === undefined || shape.type === 'structure' ? undefined : this.#constraint(shape);
  }
}

const cloud = createCloud({
  clock: new VirtualClock(),
  chance: seededChance('constraints'),
  profile: profiles.fast,
  runtime: () => ({ invoke: () => Promise.reject(new Error('no function runs here')), close: async () => {} }),
});

const services: string[] = [];
for (const { signingName, operations } of cloud.gateway.services.toSorted((a, b) =>
  a.signingName < b.signingName ? -1 : 1,
)) {
  const model = MODELS[signingName];
  if (model === undefined) continue;
  const generator = new Generator(signingName, await readModel(model));
  for (const { schema } of operations) generator.addInput(schema[2], NormalizedSchema.of(schema[4]));
  const structures = [...generator.structures]
    .filter(([, members]) => Object.keys(members).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => `    ${JSON.stringify(name)}: ${JSON.stringify(members)},\n`);
  services.push(`  ${JSON.stringify(signingName)}: {\n${structures.join('')}  },\n`);
}
await cloud.stop();

await writeFile(
  OUTPUT,
  `// Generated by scripts/generate-constraints.ts from the API models of ${SOURCE}
// (https://github.com/boto/botocore, Copyright Amazon.com, Inc. or its affiliates, Apache License 2.0). Do not edit.
import type { ServiceConstraints } from './constraints.ts';

/** By signing name. */
export const constraintData: Readonly<Record<string, ServiceConstraints>> = {
${services.join('')}};
`,
);
