import { EC2Client } from '@aws-sdk/client-ec2';
import { HttpResponse } from '@smithy/core/protocols';
import { expect, it } from 'vitest';
import { createSecurityGroup } from '../../shared/execute/ec2.ts';
import { VPC } from '../fixtures.ts';

it('is created without a name in the answer: what was done is not known, and nothing is opened', async () => {
  const asked: string[] = [];
  const ec2 = new EC2Client({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ body }: { readonly body: unknown }) => {
        const [, action = ''] = /Action=(\w+)/.exec(String(body)) ?? [];
        asked.push(action);
        const reply = Buffer.from(
          `<${action}Response><requestId>1</requestId><securityGroupInfo/></${action}Response>`,
        );
        return {
          response: new HttpResponse({ statusCode: 200, headers: { 'content-type': 'text/xml' }, body: reply }),
        };
      },
    },
  });
  const outcome = await createSecurityGroup(ec2, 'default', { vpcId: VPC, cidrs: ['10.0.0.0/16'] });
  expect(outcome).toMatchObject({ kind: 'retry', maybeApplied: true });
  expect(asked).toEqual(['DescribeSecurityGroups', 'CreateSecurityGroup']);
});
