import { z } from 'zod';

const ruleSchema = z.object({
  Name: z.string(),
  Description: z.string(),
  EventPattern: z.record(z.string(), z.unknown()),
});

const policySchema = z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) });
const roleSchema = z.looseObject({ Policies: z.array(policySchema) });
const recordsSchema = z.record(z.string(), z.object({ Properties: policySchema }));

const resourceSchema = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });

const templateSchema = z.object({
  Resources: z.looseObject({
    Bus: z.looseObject({ Properties: z.looseObject({ Name: z.string() }) }),
    ReconcileRole: z.looseObject({ Properties: roleSchema }),
  }),
});

type HubRule = z.infer<typeof ruleSchema>;

/** What the templates of the other accounts take from the hub's packaged template. */
export interface HubTemplate {
  /** With which the names of its rules and roles begin. */
  readonly name: string;
  /** The statements of its ReconcileRole by their Sid; those under a condition are for the hub only. */
  readonly statements: ReadonlyMap<string, unknown>;
  /** Its rules with a pattern on the default bus. */
  readonly rules: readonly HubRule[];
}

/**
 * @param records the resources of `stack/allowed-records.yml`
 * @throws ZodError where the packaged template is not as serverless.yml makes it.
 */
export function readHub(template: unknown, records: unknown): HubTemplate {
  const { Resources } = templateSchema.parse(template);
  const { Bus, ReconcileRole } = Resources;
  const policies = [
    ...ReconcileRole.Properties.Policies,
    ...Object.values(recordsSchema.parse(records)).map(({ Properties }) => Properties),
  ];
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const rules = Object.values(Resources)
    .map((resource) => resourceSchema.parse(resource))
    .filter(({ Type, Properties }) => Type === 'AWS::Events::Rule' && 'EventPattern' in Properties)
    .filter(({ Properties }) => !('EventBusName' in Properties))
    .map(({ Properties }) => ruleSchema.parse(Properties));
  return {
    name: Bus.Properties.Name,
    statements: new Map(
      statements.flatMap((statement) => {
        const sid: unknown = Object(statement).Sid;
        return typeof sid === 'string' ? [[sid, statement] as const] : [];
      }),
    ),
    rules,
  };
}
