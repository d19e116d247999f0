import { matches } from 'apprunner-embedded-cloud/iam-pattern';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ensurePackaged } from '../../build/package.ts';
import type { Route } from '../../shared/api/route.ts';
import { routes } from '../../shared/api/routes.ts';
import { logicalIds, type PackagedTemplate, properties, readTemplate, statements } from './template.ts';

let template: PackagedTemplate;

beforeAll(async () => {
  template = await readTemplate((await ensurePackaged()).template);
}, 120_000);

const all = Object.entries<Route>(routes);

const routeSchema = z.looseObject({ RouteKey: z.string(), AuthorizationType: z.string().default('NONE') });
const policySchema = z.object({
  PolicyDocument: z.object({
    Statement: z.tuple([
      z.strictObject({
        Sid: z.string(),
        Effect: z.literal('Allow'),
        Action: z.literal('execute-api:Invoke'),
        Resource: z.array(z.strictObject({ 'Fn::Sub': z.string() })),
      }),
    ]),
  }),
});

describe('the HTTP API', () => {
  it('has the routes of the table and one for everything else, all of them signed', () => {
    const made = logicalIds(template, 'AWS::ApiGatewayV2::Route').map((id) =>
      routeSchema.parse(properties(template, id)),
    );
    const wanted = [...all.map(([, { method, path }]) => `${method} ${path}`), '$default'];
    expect(made.map(({ RouteKey }) => RouteKey).sort()).toEqual(wanted.sort());
    expect(new Set(made.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });

  it('is throttled, logs who called and no body, and lets no other origin in', () => {
    const { AccessLogSettings, DefaultRouteSettings } = z
      .object({ AccessLogSettings: z.object({ Format: z.string() }), DefaultRouteSettings: z.unknown() })
      .parse(properties(template, 'HttpApiStage'));
    expect(DefaultRouteSettings).toEqual({ ThrottlingBurstLimit: 50, ThrottlingRateLimit: 20 });
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({ caller: '$context.identity.userArn' });
    expect(properties(template, 'HttpApi').CorsConfiguration).toBeUndefined();
  });
});

describe('the managed policies', () => {
  const patternsOf = (id: string) =>
    policySchema
      .parse(properties(template, id))
      .PolicyDocument.Statement[0].Resource.map(({ 'Fn::Sub': text }) => text.replaceAll(/\$\{[^}]+\}/g, 'X'));

  it.each(all)('%s is in the one that it says, and in no other', (_, { method, path, access }) => {
    const resource = `arn:X:execute-api:X:X:X/$default/${method}${path.replaceAll(/\{\w+\}/g, 'part')}`;
    const allows = (id: string) => patternsOf(id).some((pattern) => matches(pattern, resource, new Map()));
    expect({ read: allows('ApiReadPolicy'), change: allows('ApiChangePolicy') }).toEqual({
      read: access === 'read',
      change: access === 'change',
    });
  });
});

describe('the role of the API', () => {
  it('writes tags that begin with private-ingress, and nothing else of AWS but its own state', () => {
    const writing = statements(template, 'ApiRole').filter(({ Action }) =>
      Action.some((action) => action.startsWith('apprunner:') && !/:(Describe|List|Get)/.test(action)),
    );
    expect(writing).toMatchObject([
      {
        Action: ['apprunner:TagResource', 'apprunner:UntagResource'],
        Condition: {
          Null: { 'aws:TagKeys': 'false' },
          'ForAllValues:StringLike': { 'aws:TagKeys': 'private-ingress*' },
        },
      },
    ]);
    const others = statements(template, 'ApiRole')
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action)
      .filter((action) => /^(ec2|route53):/.test(action) && !/:(Describe|List|Get)/.test(action));
    expect(others).toEqual([]);
  });
});
