import { z } from 'zod';
import type { HubTemplate } from './hub.ts';

export const memberTemplateSchema = z.looseObject({
  Parameters: z.looseObject({ HubName: z.looseObject({ Default: z.string() }) }),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

/** A template of `stack/member/`, or what it has become. */
export type MemberTemplate = z.infer<typeof memberTemplateSchema>;

/** A template names a statement that the hub's role does not have. */
export class UnknownStatementError extends Error {
  override readonly name = 'UnknownStatementError';
}

/**
 * A template of `stack/member/` for this hub: its statements replace their names, and its name is the default.
 * @throws UnknownStatementError; ZodError where the source is no such template.
 */
export function forHub(source: unknown, { name, statements }: HubTemplate): MemberTemplate {
  // The owner tag names the stack of the hub, not that of the member.
  const ofHub = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value).replaceAll(
        `\${AWS::AccountId}/\${AWS::Region}/${name}`,
        `\${HubAccount}/\${HubRegion}/\${HubName}`,
      ),
    );
  const statement = (value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    if (statements.has(value)) return ofHub(statements.get(value));
    throw new UnknownStatementError(
      `There is no statement ${value} in the hub's ReconcileRole (stack/roles/reconcile.yml, stack/allowed-records.yml). It has ${[...statements.keys()].join(', ')}.`,
    );
  };
  /** A statement, or `Fn::If` around one. */
  const perhaps = (value: unknown): unknown => {
    const parts: unknown = Object(value)['Fn::If'];
    if (!Array.isArray(parts)) return statement(value);
    const [condition, ...branches] = parts;
    return { 'Fn::If': [condition, ...branches.map(statement)] };
  };
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, member]): [string, unknown] =>
      key === 'Statement' && Array.isArray(member) ? [key, member.map(perhaps)] : [key, filled(member)],
    );
    return Object.fromEntries(members);
  };
  const template = memberTemplateSchema.parse(filled(source));
  const { Parameters } = template;
  return { ...template, Parameters: { ...Parameters, HubName: { ...Parameters.HubName, Default: name } } };
}

const forwardSchema = z.looseObject({
  Properties: z.looseObject({
    Name: z.object({ 'Fn::Sub': z.string() }),
  }),
});

/** The template with a rule for each rule of the hub in the place of `Forward`. */
export function withForwarding(template: MemberTemplate, hub: HubTemplate): MemberTemplate {
  const { Forward, ...others } = template.Resources;
  const { Properties: pattern, ...forward } = forwardSchema.parse(Forward);
  const rules = hub.rules.map(({ Name, Description, EventPattern }) => {
    const subject = Name.slice(`${hub.name}-`.length);
    const Properties = {
      ...pattern,
      Name: { 'Fn::Sub': `${pattern.Name['Fn::Sub']}-${subject}` },
      Description,
      EventPattern,
    };
    return [`Forward${pascalCase(subject)}`, { ...forward, Type: 'AWS::Events::Rule', Properties }] as const;
  });
  return { ...template, Resources: { ...Object.fromEntries(rules), ...others } };
}

const pascalCase = (words: string) =>
  words
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
