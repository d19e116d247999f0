import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { HttpResponse } from '@smithy/core/protocols';
import { expect, it } from 'vitest';
import { createConnection } from '../../shared/execute/apprunner.ts';
import { SERVICE_ARN, VPC } from '../fixtures.ts';

/** App Runner that refuses every request so. */
const refusing = (message: string) =>
  new AppRunnerClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: 400,
          headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'InvalidRequestException' },
          body: Buffer.from(JSON.stringify({ message })),
        }),
      }),
    },
  });

const asked = { name: 'pi-0123', vpcId: VPC, endpointId: 'vpce-0e1' };

it('a connection that exists already is observed again, and refused by none', async () => {
  const message = 'VpcIngressConnection with the provided name already exists: pi-0123.';
  const outcome = await createConnection(refusing(message), SERVICE_ARN, 'default', asked);
  expect(outcome).toEqual({ kind: 'retry', reason: message });
});

it('a connection that is refused otherwise is refused', async () => {
  const outcome = await createConnection(
    refusing('The endpoint is of another service.'),
    SERVICE_ARN,
    'default',
    asked,
  );
  expect(outcome).toMatchObject({ kind: 'refused', code: 'refused' });
});
