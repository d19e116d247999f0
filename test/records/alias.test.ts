import { describe, expect, it } from 'vitest';
import { aliasRecords, aliasTarget, appRunnerZoneIds } from '../../shared/records/alias.ts';

const endpoint = { name: 'vpce-1.vpce.amazonaws.com', zoneId: 'ZENDPOINT' };
const name = 'abc.ap-northeast-1.awsapprunner.com';

describe('aliasTarget', () => {
  it.each([
    ['auto', 'private', 'ap-northeast-1', 'endpoint', 'ZENDPOINT'],
    ['auto', 'public', 'ap-northeast-1', 'apprunner', 'Z08491812XW6IPYLR6CCA'],
    ['auto', 'public', 'mx-central-1', 'endpoint', 'ZENDPOINT'],
    ['endpoint', 'public', 'ap-northeast-1', 'endpoint', 'ZENDPOINT'],
    ['endpoint', 'private', 'ap-northeast-1', 'endpoint', 'ZENDPOINT'],
    ['apprunner', 'private', 'ap-northeast-1', 'apprunner', 'Z08491812XW6IPYLR6CCA'],
    ['apprunner', 'public', 'us-east-1', 'apprunner', 'Z01915732ZBZKC8D32TPT'],
    ['apprunner', 'public', 'mx-central-1', 'endpoint', 'ZENDPOINT'],
  ] as const)('%s in a %s zone of %s → %s', (strategy, visibility, region, kind, zoneId) => {
    const target = { name: kind === 'endpoint' ? endpoint.name : name, zoneId };
    expect(aliasTarget(strategy, visibility, region, endpoint, name)).toEqual({ strategy: kind, ...target });
  });

  it('knows the eleven regions of docs/facts.md#app-runner-zone-ids', () =>
    expect(Object.keys(appRunnerZoneIds)).toHaveLength(11));
});

describe('aliasRecords', () => {
  const target = { strategy: 'endpoint', ...endpoint } as const;
  it('is an A alone for IPv4, and never evaluates target health', () => {
    expect(aliasRecords('app.example.com', target, false)).toEqual([
      {
        name: 'app.example.com',
        type: 'A',
        content: { kind: 'alias', target: endpoint.name, targetZoneId: 'ZENDPOINT', evaluateTargetHealth: false },
      },
    ]);
  });
  it('is A and AAAA for dual-stack', () => {
    expect(aliasRecords('app.example.com', target, true).map(({ type }) => type)).toEqual(['A', 'AAAA']);
  });
});
