import { styleText } from 'node:util';
import { ACCOUNT } from 'apprunner-embedded-cloud';
import { HELLO_IMAGE } from 'apprunner-embedded-cloud/hello-service';
import type { ListenAddresses } from 'apprunner-embedded-cloud/listen';
import { ORGANIZATION_ZONE } from 'apprunner-embedded-cloud/organization';
import type { SeededNetwork } from 'apprunner-embedded-cloud/seed';
import { ZONE_NAME } from 'apprunner-embedded-cloud/seed';
import { hanging } from '../cli/terminal/width.ts';
import type { StartedOrganization } from './organization.ts';
import type { OrganizationStory } from './organization-story.ts';
import type { StepOutput, Story } from './story.ts';

/** The output of `npm start`: text for people, or one JSON object per line. */
export interface StoryOutput extends StepOutput {
  /** Something that takes more than a second begins. */
  progress(text: string): void;
  note(text: string): void;
  ready(ready: ListenAddresses, network: SeededNetwork): void;
  ended(story: Story): void;
  organizationEnded(story: OrganizationStory): void;
  staysUp(ready: ListenAddresses, network: SeededNetwork, organization: StartedOrganization | undefined): void;
}

export function jsonOutput(write: (text: string) => void): StoryOutput {
  const line = (value: object) => write(`${JSON.stringify(value)}\n`);
  return {
    // Scripts rely on it: the first line is "ready".
    progress: () => {},
    note: () => {},
    ready: (ready) => line({ event: 'ready', ...ready }),
    step: (seconds, who, text) => line({ event: 'step', seconds, who, text }),
    ended: ({ ok, ...story }) => line({ event: 'story', result: ok ? 'ok' : 'failed', ...story }),
    organizationEnded: ({ ok, ...story }) => line({ event: 'story', result: ok ? 'ok' : 'failed', ...story }),
    staysUp: () => {},
  };
}

export function textOutput(stream: NodeJS.WriteStream): StoryOutput {
  const line = (text = '') => stream.write(`${text}\n`);
  const bold = (text: string) => styleText('bold', text, { stream });
  const dim = (text: string) => styleText('dim', text, { stream });
  const width = () => (stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY);
  const mark = (ok: boolean) => styleText(ok ? 'green' : 'red', ok ? '✓' : '✗', { stream });
  return {
    progress: (text) => line(dim(text)),
    note: (text) => line(dim(text)),
    ready: ({ aws, api, dns, https }, { vpcId }) => {
      const listeners = Object.entries(https).map(([address, at]) => `${address} = ${at}`);
      line(bold('The embedded cloud is up: account 123456789012, ap-northeast-1'));
      line(`  AWS    ${aws}`);
      line(`  DNS    ${dns.public} (public)   ${dns[vpcId]} (inside ${vpcId})`);
      line(`  HTTPS  ${listeners.join('   ')} (inside the VPC)`);
      line(`  API    ${api}`);
      line(`  Page   ${api}/_local`);
      line();
    },
    step: (seconds, who, text) =>
      line(hanging(`${dim(`${seconds.toFixed(1).padStart(6)} s`)}  ${who.padEnd(10)} `, text, width())),
    ended: ({ names, checks, seconds, phase, ok }) => {
      line();
      line(bold('dig +short, asked inside the VPC'));
      for (const { name, before, after, ok: good } of names) {
        line(`${mark(good)} ${name}`);
        line(`    before  ${before.padEnd(20)}  after  ${after}`);
      }
      line();
      line(bold('HTTPS, and from outside the VPC'));
      for (const { question, answer, ok: good } of checks)
        line(`${mark(good)} ${question}\n${hanging('    ', answer, width())}`);
      line();
      line(
        ok
          ? `${bold(phase)} after ${seconds.toFixed(1)} s`
          : styleText('red', `failed: the service is ${phase} after ${seconds.toFixed(1)} s`, { stream }),
      );
    },
    organizationEnded: ({ checks, seconds, ok }) => {
      line();
      line(bold('Results'));
      for (const { question, answer, ok: good } of checks)
        line(`${mark(good)} ${question}\n${hanging('    ', answer, width())}`);
      line();
      line(
        ok
          ? `${bold('all as expected')} after ${seconds.toFixed(1)} s`
          : styleText('red', `failed after ${seconds.toFixed(1)} s`, { stream }),
      );
    },
    staysUp: ({ aws, dns }, { vpcId }, organization) => {
      line();
      line(bold('It stays up (Ctrl-C ends it). In another terminal:'));
      // Version 2 of the AWS CLI reads either variable, version 1 only AWS_DEFAULT_REGION.
      const shell = (region: string, key: string) =>
        `  export AWS_ENDPOINT_URL=${aws} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=${key} AWS_SECRET_ACCESS_KEY=me`;
      const create = (name: string) => [
        `  aws apprunner create-service --service-name ${name} \\`,
        `    --source-configuration '${JSON.stringify(HELLO_IMAGE)}'`,
      ];
      if (organization !== undefined) {
        const [vpc] = organization.seeded.vpcs.filter(({ accountName }) => accountName === 'bank-prod');
        const account = organization.seeded.accounts['bank-prod'];
        line(shell('ap-northeast-1', account) + dim('   # root of bank-prod'));
        for (const text of create('invoices')) line(text);
        line(`  export AWS_ACCESS_KEY_ID=${ACCOUNT}${dim('   # root of the hub’s account')}`);
        line(`  npm run cli -- watch invoices`);
        line(
          `  dig @127.0.0.1 -p ${(dns[vpc?.vpcId ?? ''] ?? '').split(':')[1]} invoices.${account}.${ORGANIZATION_ZONE} +short`,
        );
        line(`  npm run cli -- sweep`);
        return;
      }
      const [, port] = (dns[vpcId] ?? '').split(':');
      line(shell('ap-northeast-1', 'me'));
      const [first, second] = create('mine');
      line(first);
      line(`${second} \\`);
      line(`    --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=mine.${ZONE_NAME}`);
      line(`  npm run cli -- watch mine`);
      line(`  dig @127.0.0.1 -p ${port} mine.${ZONE_NAME} +short`);
      line(`  npm run plan -- mine`);
    },
  };
}
