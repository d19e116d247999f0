import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.unknown())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore.pipe(z.array(z.string())),
  Resource: z.unknown().optional(),
  NotResource: z.unknown().optional(),
});

/** A statement, or `Fn::If` around one. */
const conditionalSchema = z.union([
  statementSchema,
  z.strictObject({
    'Fn::If': z.tuple([z.string(), statementSchema, z.strictObject({ Ref: z.literal('AWS::NoValue') })]),
  }),
]);

const policySchema = z.object({ PolicyDocument: z.object({ Statement: z.array(conditionalSchema) }) });

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.unknown()),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.unknown()).default({}),
});

export type PackagedTemplate = z.infer<typeof templateSchema>;
export type TemplateStatement = z.infer<typeof statementSchema>;

export async function readTemplate(path: string): Promise<PackagedTemplate> {
  return templateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** The properties of a resource by its logical id. */
export function properties(template: PackagedTemplate, logicalId: string): Readonly<Record<string, unknown>> {
  const resource = template.Resources[logicalId];
  if (resource === undefined) throw new Error(`the template has no resource ${logicalId}`);
  return resource.Properties;
}

/** Logical ids of all resources of a type. */
export function logicalIds(template: PackagedTemplate, type: string): readonly string[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) => (resource.Type === type ? [id] : []));
}

const managedSchema = z.array(z.unknown()).default([]);

/** Statements of a role's inline policies and of the template's managed policies it has, those under a condition included. */
export function statements(template: PackagedTemplate, roleId: string): readonly TemplateStatement[] {
  const { Policies, ManagedPolicyArns } = properties(template, roleId);
  const managed = managedSchema
    .parse(ManagedPolicyArns)
    .map((arn) => String(Object(Object(arn)['Fn::If']?.[1] ?? arn).Ref))
    .map((id) => policySchema.parse(properties(template, id)));
  return [...z.array(policySchema).default([]).parse(Policies), ...managed]
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map((statement) =>
      'Fn::If' in statement ? statementSchema.parse(z.array(z.unknown()).parse(statement['Fn::If'])[1]) : statement,
    );
}
