import { DescribeSecurityGroupsCommand, DescribeVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { describeConnections } from '../shared/observe/connections.ts';
import { customDomainsOf, describeCustomDomains } from '../shared/observe/domains.ts';
import { recordSet } from '../shared/observe/records.ts';
import { describeService, serviceStatusOf } from '../shared/observe/service.ts';
import { OWNER_TAG } from '../shared/tags.ts';
import type { Stage } from '../test/scenarios/stage.ts';

/**
 * Everything that is left once a story is over, in words that are the same however often something was tried: ids and
 * generated names are left out. Two ends are equal, or something was doubled or left.
 */
export async function endState({ world, services }: Stage): Promise<string> {
  const ofServices = [...services].map(async ([name, arn]) => {
    // A deleted service is forgotten sooner or later, and has no domains to ask for.
    const service = await describeService(world.appRunner, arn);
    const status = serviceStatusOf(service);
    const isThere = status !== 'deleted';
    const associations = isThere
      ? customDomainsOf(await describeCustomDomains(world.appRunner, arn), undefined).associations
      : {};
    const row = await world.row(arn);
    return {
      name,
      status,
      isPublic: isThere && service?.NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible,
      connections: (await describeConnections(world.appRunner, arn)).map(({ status, vpcId }) => `${status} ${vpcId}`),
      domains: Object.entries(associations).map(([domain, { status }]) => `${domain} ${status}`),
      phase: row?.phase,
      // What is only said, such as `endpoint-unused`, may be of a listing that lagged.
      findings: row?.findings.flatMap(({ code, severity }) => (severity === 'info' ? [] : [code])).sort(),
      waits: row?.waits.map(({ kind }) => kind),
      madePrivate: row?.ledger.madePrivate,
      attached: row?.ledger.endpoint !== undefined,
      names: row?.ledger.names,
      owned: Object.entries(row?.ledger.domains ?? {}).map(([domain, { associated, records }]) => ({
        domain,
        associated,
        // Of a validation record that is gone, the ledger may keep the entry: see the promise.
        records: records.length,
      })),
    };
  });
  const zones = [world.network.privateZoneId, world.network.publicZoneId].map(async (HostedZoneId) => {
    const { ResourceRecordSets = [] } = await world.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
    return ResourceRecordSets.map(recordSet)
      .filter(({ type }) => type !== 'NS' && type !== 'SOA')
      .map(({ name, type, content }) => anonymous(`${type} ${name} ${JSON.stringify(content)}`))
      .sort();
  });
  const { VpcEndpoints = [] } = await world.ec2.send(new DescribeVpcEndpointsCommand({}));
  const { SecurityGroups = [] } = await world.ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'tag-key', Values: [OWNER_TAG] }] }),
  );
  const seen = {
    services: await Promise.all(ofServices),
    records: await Promise.all(zones),
    endpoints: VpcEndpoints.map(({ State, ServiceName }) => `${ServiceName} ${State}`),
    groups: SecurityGroups.length,
  };
  return anonymous(JSON.stringify(seen, null, 1));
}

/** Without what chance has chosen. */
function anonymous(text: string): string {
  return text
    .replaceAll(/\b(vpce|vpc|sg|eni)-[0-9a-f]+/g, '$1-#')
    .replaceAll(/vpce-#-[a-z0-9]+/g, 'vpce-#')
    .replaceAll(/\b_?[a-z0-9]{26,}\b/g, '#')
    .replaceAll(/\b[a-z0-9]{10}\.(ap-northeast-1\.awsapprunner|acm-validations)/g, '#.$1');
}
