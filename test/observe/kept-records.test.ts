import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { createCloud } from 'apprunner-embedded-cloud';
import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { seedNetwork } from 'apprunner-embedded-cloud/seed';
import { expect, it, onTestFinished } from 'vitest';
import { SECOND } from '../../shared/duration.ts';
import { JoinedReads } from '../../shared/observe/joined-reads.ts';
import { KeptPages } from '../../shared/observe/reconciliation-memory.ts';
import { ReconcilingObserver } from '../../shared/observe/reconciling-observer.ts';
import { emptyLedger, type OwnedRecord, withDomain } from '../../shared/plan/ledger.ts';
import { cname, DOMAIN, service, VALIDATION_NAME, VALIDATION_VALUE, validationCname } from '../fixtures.ts';

const unknown = async () => ({ kind: 'unknown' }) as const;
const unused = () => Promise.reject(new Error('not asked in this test'));

/** A hosted zone, and processes that observe it for the same service. */
async function observed() {
  const clock = new VirtualClock();
  const cloud = createCloud({ clock });
  onTestFinished(() => cloud.stop());
  const { publicZoneId: zoneId } = await seedNetwork(cloud);
  let listed = 0;
  cloud.gateway.observe(({ operation }) => {
    if (operation === 'ListResourceRecordSets') listed++;
  });
  const now = () => clock.now();
  const config = cloud.clientConfig();
  const route53 = new Route53Client(config);
  /** @returns the records that the next reconciliation of this process sees, and how many calls they take. */
  const startProcess = () => {
    const reads = new JoinedReads();
    const sources = {
      ...{ appRunner: new AppRunnerClient(config), ec2: new EC2Client(config), vpcZones: route53, now, reads },
      ...{ zones: { own: route53, shared: [] }, probe: () => unused },
      ...{ resolve: unused, issuers: unknown, nameServers: unknown, cname: unknown },
    };
    const observer = new ReconcilingObserver(sources, new KeptPages(reads, now));
    return async (own: Omit<OwnedRecord, 'zoneId'> | undefined) => {
      const before = listed;
      const validation = own === undefined ? [] : [{ ...own, zoneId }];
      const { domains } = await observer.forOneReconciliation({ isFresh: false }).world(
        { kind: 'deleted' },
        {
          ...{ service, installation: 'default', ownerTag: 'default', network: undefined, keeps: false },
          ...{ domains: [DOMAIN], allowedZones: [zoneId], zones: [], connectionOnly: true },
          ledger: withDomain(emptyLedger, DOMAIN, { validation }),
        },
      );
      return { records: domains[DOMAIN]?.validation[zoneId], calls: listed - before };
    };
  };
  const create = async () => {
    const ResourceRecords = [{ Value: VALIDATION_VALUE }];
    const ResourceRecordSet = { Name: VALIDATION_NAME, Type: 'CNAME' as const, TTL: 300, ResourceRecords };
    const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet }];
    await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes } }));
  };
  return { clock, startProcess, create };
}

it('what another process has read is older than a record of the ledger, and takes it over without a call', async () => {
  const { clock, startProcess, create } = await observed();
  const [first, second] = [startProcess(), startProcess()];
  const record = validationCname;
  // Both have read the zone before one of them writes.
  for (const read of [first, second]) expect((await read({ record })).records).toEqual([]);
  await clock.advance(SECOND);
  await create();
  const at = clock.now();
  expect(await second({ record })).toEqual({ records: [], calls: 0 });
  expect(await second({ record, at })).toEqual({ records: [record], calls: 0 });
  expect(await first({ record, at })).toEqual({ records: [record], calls: 0 });
});

it('a page that is newer than the record says what there is', async () => {
  const { clock, startProcess } = await observed();
  const at = clock.now();
  await clock.advance(SECOND);
  const read = startProcess();
  expect((await read({ record: cname(validationCname.name, 'gone.example.net'), at })).records).toEqual([]);
});
