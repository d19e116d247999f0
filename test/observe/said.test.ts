import { EC2Client } from '@aws-sdk/client-ec2';
import { HttpResponse } from '@smithy/core/transport';
import { expect, it } from 'vitest';
import { InconclusiveError } from '../../shared/errors.ts';
import { observeEndpointState } from '../../shared/observe/network.ts';
import { said } from '../../shared/observe/said.ts';

it('takes an empty list for one, and a missing one for no answer of AWS', () => {
  expect(said([], 'DescribeSubnets')).toEqual([]);
  expect(() => said(undefined, 'DescribeSubnets')).toThrow(InconclusiveError);
});

it.each([
  ['<DescribeVpcEndpointsResponse><vpcEndpointSet/></DescribeVpcEndpointsResponse>', 'deleted'],
  ['<html><body>This is not AWS.</body></html>', InconclusiveError],
])('an endpoint, answered with %s', async (xml, expected) => {
  const body = new TextEncoder().encode(xml);
  const response = new HttpResponse({ statusCode: 200, headers: { 'content-type': 'text/xml' }, body });
  const ec2 = new EC2Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: { handle: async () => ({ response }) },
  });
  const state = observeEndpointState(ec2, 'vpce-1');
  if (typeof expected === 'string') await expect(state).resolves.toBe(expected);
  else await expect(state).rejects.toThrow(expected);
});
