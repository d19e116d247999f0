import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { JoinedReads } from '../../shared/observe/joined-reads.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import { KeptPages } from '../../shared/observe/reconciliation-memory.ts';
import { ReconcilingObserver } from '../../shared/observe/reconciling-observer.ts';
import type { Observed, ObservedService } from '../../shared/plan/observed.ts';
import type { WaitCondition } from '../../shared/plan/wait.ts';

/** An observer has to be made with clients; none of these is ever used. */
const config = { region: 'ap-northeast-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
const sources = {
  appRunner: new AppRunnerClient(config),
  ec2: new EC2Client(config),
  zones: { own: new Route53Client(config), shared: [] },
  vpcZones: new Route53Client(config),
  reads: new JoinedReads(),
  issuers: () => Promise.reject(new Error('no CAA in this test')),
  nameServers: () => Promise.reject(new Error('no test asks for NS here')),
  cname: () => Promise.reject(new Error('no test asks for CNAME here')),
  resolve: () => Promise.reject(new Error('no DNS in this test')),
  probe: () => () => Promise.reject(new Error('no probe in this test')),
  now: () => 0,
};

/** The reading half over a world that a test makes up. */
export abstract class StandInObserver extends ReconcilingObserver {
  constructor() {
    super(sources, new KeptPages(sources.reads, () => 0));
  }
  override forOneReconciliation(): ReconcilingObserver {
    return this;
  }
  abstract override now(): number;
  abstract override service(serviceArn: string): Promise<ObservedService>;
  abstract override tagsFingerprint(): Promise<string>;
  abstract override check(condition: WaitCondition): Promise<string>;
  abstract override world(service: ObservedService, scope: ObservationScope): Promise<Observed>;
}
