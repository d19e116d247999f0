import { expect, it } from 'vitest';
import { createConnection } from '../../shared/execute/apprunner.ts';
import { SERVICE_ARN, VPC } from '../fixtures.ts';
import { appRunnerAnswering } from './answering.ts';

const refusing = (message: string) => appRunnerAnswering(400, JSON.stringify({ message }), 'InvalidRequestException');

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
