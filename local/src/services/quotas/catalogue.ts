import { createHash } from 'node:crypto';

/** A quota as every account has it until it is changed. */
export interface Quota {
  readonly serviceCode: string;
  readonly serviceName: string;
  /** The account's own key: `L-29B6F2EB`. */
  readonly code: string;
  readonly name: string;
  readonly value: number;
  readonly adjustable: boolean;
}

const serviceNames: Readonly<Record<string, string>> = {
  apprunner: 'AWS App Runner',
  lambda: 'AWS Lambda',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
};

/** AWS publishes no list of codes. One that is not known is made up from the name, so clients have to look it up by that. */
const madeUp = (serviceCode: string, name: string): string =>
  `L-${createHash('sha256').update(`${serviceCode}/${name}`).digest('hex').slice(0, 8).toUpperCase()}`;

const quota = (serviceCode: string, name: string, value: number, adjustable: boolean, code?: string): Quota => ({
  serviceCode,
  serviceName: serviceNames[serviceCode] ?? serviceCode,
  name,
  value,
  adjustable,
  code: code ?? madeUp(serviceCode, name),
});

/** The quotas that this product meets, with the defaults of new accounts (documented; codes captured, or made up). */
export const catalogue: readonly Quota[] = [
  quota('apprunner', 'Services', 30, true),
  quota('apprunner', 'VPC ingress connections', 1, false),
  quota('lambda', 'Concurrent executions', 1000, true, 'L-B99A9384'),
  quota('vpc', 'Interface VPC endpoints per VPC', 50, true, 'L-29B6F2EB'),
];
