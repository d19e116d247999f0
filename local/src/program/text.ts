import { styleText } from 'node:util';
import { ACCOUNT, REGION } from '../cloud.ts';
import { HELLO_IMAGE } from '../hello-service.ts';
import type { ListenAddresses } from '../listen.ts';
import type { SeededNetwork } from '../seed.ts';

/** What people read once the cloud is up: where it listens, and what to type next. */
export function upText({ aws, api, dns, https }: ListenAddresses, network: SeededNetwork | undefined): string {
  const bold = (text: string) => styleText('bold', text, { stream: process.stdout });
  const interfaces = Object.entries(https).map(([address, at]) => `${address} = ${at}`);
  const views = Object.entries(dns).map(([view, at]) => `${at} (${view === 'public' ? view : `inside ${view}`})`);
  return [
    bold(`The embedded cloud is up: account ${ACCOUNT}, ${REGION}, ${network === undefined ? 'empty' : 'seeded'}`),
    `  AWS    ${aws}`,
    `  DNS    ${views.join('   ')}`,
    `  HTTPS  ${interfaces.length === 0 ? 'a listener for each interface of an App Runner endpoint' : interfaces.join('   ')}`,
    `  API    ${api}`,
    '',
    bold('In another terminal (Ctrl-C ends it here):'),
    // The AWS CLI 2 reads either name of the region, the AWS CLI 1 the second one only.
    `  export AWS_ENDPOINT_URL=${aws} AWS_REGION=${REGION} AWS_DEFAULT_REGION=${REGION} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=me`,
    ...(network === undefined ? emptyCommands : seededCommands(network)),
    `  curl -s ${aws}/_embedded/ready`,
    '',
  ].join('\n');
}

const emptyCommands = [
  `  aws ec2 create-vpc --cidr-block 10.0.0.0/16`,
  `  aws apprunner create-service --service-name hello \\`,
  `    --source-configuration '${JSON.stringify(HELLO_IMAGE)}'`,
  `  aws apprunner list-services`,
];

const seededCommands = ({ vpcId, subnetIds, securityGroupId }: SeededNetwork): readonly string[] => [
  `  aws apprunner create-service --service-name hello \\`,
  `    --source-configuration '${JSON.stringify(HELLO_IMAGE)}' \\`,
  `    --network-configuration IngressConfiguration={IsPubliclyAccessible=false}`,
  `  aws ec2 create-vpc-endpoint --vpc-id ${vpcId} --vpc-endpoint-type Interface \\`,
  `    --service-name com.amazonaws.${REGION}.apprunner.requests \\`,
  `    --subnet-ids ${subnetIds.join(' ')} --security-group-ids ${securityGroupId}`,
  `  aws apprunner create-vpc-ingress-connection --vpc-ingress-connection-name hello --service-arn <ServiceArn> \\`,
  `    --ingress-vpc-configuration VpcId=${vpcId},VpcEndpointId=<VpcEndpointId>`,
];
