import { AppRunnerClient, ListTagsForResourceCommand } from '@aws-sdk/client-apprunner';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { answerOf, ask, pathOf, problemIn } from '../api/caller.ts';
import { Members } from './members.ts';

let members: Members;
beforeEach(async () => {
  members = await Members.start();
});
afterEach(() => members.installation.stop());

describe('the API of the hub, about a service of a member account', () => {
  it('reads it by the one role, writes its tags by the other, and it becomes ready', async () => {
    await members.deploy({ Access: 'full' });
    const arn = await members.createService('shop', {});
    const { tags } = await answerOf(routes.attachService, members.installation, { target: `${pathOf(arn)}/attach` });
    expect(tags).toEqual({ set: { 'private-ingress': 'enabled' }, removed: [] });
    await members.installation.until(arn, ['ready', 'ready-unverified']);
    const explanation = await answerOf(routes.explainService, members.installation, { target: pathOf(arn) });
    expect(explanation).toMatchObject({
      account: arn.split(':')[4],
      service: { status: 'RUNNING', visibility: 'private' },
      desired: { kind: 'private', vpcId: members.vpcId },
    });
    expect(await members.isPublic(arn)).toBe(false);
  });

  it('with read-only access explains it, and names the missing permission for a change', async () => {
    await members.deploy({ Access: 'read-only' });
    const arn = await members.createService('shop', {});
    expect((await answerOf(routes.explainService, members.installation, { target: pathOf(arn) })).arn).toBe(arn);
    const said = await ask(members.installation, { target: `${pathOf(arn)}/attach`, body: {} });
    expect(problemIn(said)).toMatchObject({ status: 502, detail: expect.stringContaining('sts:AssumeRole') });
    const client = new AppRunnerClient(members.config());
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags).toEqual([]);
  });

  it('without the member’s stack is never "not found"', async () => {
    const arn = await members.createService('shop', {});
    const before = await ask(members.installation, { target: pathOf(arn) });
    expect(problemIn(before)).toMatchObject({ status: 422, type: expect.stringContaining('out-of-scope') });
    members.lookAfter();
    const said = await ask(members.installation, { target: pathOf(arn) });
    expect(problemIn(said)).toMatchObject({ status: 502, type: expect.stringContaining('aws-access-denied') });
  });
});
