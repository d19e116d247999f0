import { EC2Client } from '@aws-sdk/client-ec2';
import { HttpResponse } from '@smithy/core/transport';
import { expect, it } from 'vitest';
import { InconclusiveError } from '../../shared/errors.ts';
import { describeEndpointService, observeEndpointState } from '../../shared/observe/network.ts';
import { said } from '../../shared/observe/said.ts';

it('takes an empty list for one, and a missing one for no answer of AWS', () => {
  expect(said([], 'DescribeSubnets')).toEqual([]);
  expect(() => said(undefined, 'DescribeSubnets')).toThrow(InconclusiveError);
});

/** A client whose every call is answered with this. */
function answering(xml: string): EC2Client {
  const body = new TextEncoder().encode(xml);
  const response = new HttpResponse({ statusCode: 200, headers: { 'content-type': 'text/xml' }, body });
  return new EC2Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: { handle: async () => ({ response }) },
  });
}
const NOT_AWS = '<html><body>This is not AWS.</body></html>';

it('an endpoint is gone if the list is empty, and not known if there is no list', async () => {
  const empty = '<DescribeVpcEndpointsResponse><vpcEndpointSet/></DescribeVpcEndpointsResponse>';
  expect(await observeEndpointState(answering(empty), 'vpce-1')).toBe('deleted');
  await expect(observeEndpointState(answering(NOT_AWS), 'vpce-1')).rejects.toThrow(InconclusiveError);
});

it('an endpoint service is not there if the list is empty, and not known if there is no list', async () => {
  const empty = '<DescribeVpcEndpointServicesResponse><serviceDetailSet/></DescribeVpcEndpointServicesResponse>';
  expect(await describeEndpointService(answering(empty), 'apprunner')).toBeUndefined();
  await expect(describeEndpointService(answering(NOT_AWS), 'apprunner')).rejects.toThrow(InconclusiveError);
});
