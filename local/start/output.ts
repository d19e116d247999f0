import { styleText } from 'node:util';
import type { SeededNetwork } from '../seed.ts';
import { ZONE_NAME } from '../seed.ts';
import type { Ready } from './listen.ts';
import type { OrganizationStory } from './organization-story.ts';
import type { Story, Teller } from './story.ts';

/** What `npm start` says: text for people, or one JSON object per line. */
export interface Output extends Teller {
  /** Something that takes more than a second has begun. */
  progress(text: string): void;
  note(text: string): void;
  ready(ready: Ready, network: SeededNetwork): void;
  ended(story: Story): void;
  organizationEnded(story: OrganizationStory): void;
  staysUp(ready: Ready, network: SeededNetwork): void;
}

export function jsonOutput(write: (text: string) => void): Output {
  const line = (value: object) => write(`${JSON.stringify(value)}\n`);
  return {
    // The contract: the first line is "ready" (design §7).
    progress: () => {},
    note: () => {},
    ready: (ready) => line({ event: 'ready', ...ready }),
    step: (seconds, who, text) => line({ event: 'step', seconds, who, text }),
    ended: ({ ok, ...story }) => line({ event: ok ? 'settled' : 'failed', ...story }),
    organizationEnded: ({ ok, ...story }) => line({ event: ok ? 'settled' : 'failed', ...story }),
    staysUp: () => {},
  };
}

export function textOutput(stream: NodeJS.WriteStream): Output {
  const line = (text = '') => stream.write(`${text}\n`);
  const bold = (text: string) => styleText('bold', text, { stream });
  const dim = (text: string) => styleText('dim', text, { stream });
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
      line();
    },
    step: (seconds, who, text) => line(`${dim(`${seconds.toFixed(1).padStart(6)} s`)}  ${who.padEnd(10)} ${text}`),
    ended: ({ names, checks, seconds, phase, ok }) => {
      line();
      line(bold('dig +short, asked inside the VPC'));
      for (const { name, before, after, ok: good } of names) {
        line(`${mark(good)} ${name}`);
        line(`    before  ${before.padEnd(20)}  after  ${after}`);
      }
      line();
      line(bold('and beyond DNS'));
      for (const { question, answer, ok: good } of checks) line(`${mark(good)} ${question}\n    ${answer}`);
      line();
      line(
        ok
          ? `${bold(phase)} after ${seconds.toFixed(1)} s`
          : styleText('red', `failed: the service is ${phase} after ${seconds.toFixed(1)} s`, { stream }),
      );
    },
    organizationEnded: ({ checks, seconds, ok }) => {
      line();
      line(bold('What was seen'));
      for (const { question, answer, ok: good } of checks) line(`${mark(good)} ${question}\n    ${answer}`);
      line();
      line(
        ok
          ? `${bold('as told')} after ${seconds.toFixed(1)} s`
          : styleText('red', `failed after ${seconds.toFixed(1)} s`, { stream }),
      );
    },
    staysUp: ({ aws, dns }, { vpcId }) => {
      const [, port] = (dns[vpcId] ?? '').split(':');
      line();
      line(bold('It stays up (Ctrl-C ends it). In another terminal:'));
      line(`  export AWS_ENDPOINT_URL=${aws} AWS_REGION=ap-northeast-1 AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=me`);
      line(`  aws apprunner create-service --service-name mine \\`);
      line(
        `    --source-configuration '{"ImageRepository":{"ImageIdentifier":"public.ecr.aws/aws-containers/hello-app-runner:latest","ImageRepositoryType":"ECR_PUBLIC"}}' \\`,
      );
      line(`    --tags Key=private-ingress,Value=enabled Key=private-ingress:domains,Value=mine.${ZONE_NAME}`);
      line(`  npm run cli -- watch mine`);
      line(`  dig @127.0.0.1 -p ${port} mine.${ZONE_NAME} +short`);
      line(`  npm run plan -- <service-arn>`);
    },
  };
}
