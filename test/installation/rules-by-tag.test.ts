import { DeleteServiceCommand } from '@aws-sdk/client-apprunner';
import { describe, expect, it } from 'vitest';
import { start } from './worlds.ts';

describe('a service that is managed by a rule which asks for one of its tags', () => {
  it('is cleaned up after when it is deleted, although it has no tags any more', async () => {
    const installation = await start({ switches: { deleteServiceWithConnection: 'cascades' } });
    installation.deployPolicy({
      rules: [
        { name: 'the shop', match: { tags: { team: 'shop' } }, enforcement: 'by-tag', mode: 'enforce', domains: [] },
      ],
    });
    const arn = await installation.createService('orders', {
      'private-ingress': 'enabled',
      'private-ingress:domains': 'orders.example.com',
      team: 'shop',
    });
    await installation.until(arn, 'ready');
    await installation.appRunner.send(new DeleteServiceCommand({ ServiceArn: arn }));
    const row = await installation.until(arn, 'detached');
    expect(row.findings.map(({ code }) => code)).toEqual(['endpoint-unused']);
    expect(await installation.records(installation.network.privateZoneId)).toEqual([]);
  });
});
