import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { Membership } from '../settings.ts';
import type { ClientConfig } from './client-config.ts';

/** An account (12 digits) and a region. */
export interface AccountRegion {
  readonly account: string;
  readonly region: string;
}

/** What a client is for. In other accounts each purpose has its own role, so that what reads cannot write. */
export type RolePurpose = 'read' | 'write' | 'tag';

/** The configuration of an AWS client in an account and region, for a purpose. */
export type ConfigFor = (place: AccountRegion, purpose: RolePurpose) => ClientConfig;

/** @param membership `undefined`: every account is reached with the credentials at hand. */
export function configFor(
  membership: Membership | undefined,
  config: ClientConfig,
  credentials: RoleCredentials,
): ConfigFor {
  return ({ account, region }, purpose) => {
    if (membership === undefined || account === membership.hubAccount) return { ...config, region };
    const arn = memberRoleArn(membership, account, purpose);
    return { ...config, region, credentials: credentials(arn, membership.externalId) };
  };
}

function memberRoleArn({ rolePrefix }: Membership, account: string, purpose: RolePurpose): string {
  return `arn:aws:iam::${account}:role/${rolePrefix}-${purpose}`;
}

type Credentials = Extract<NonNullable<ClientConfig['credentials']>, () => Promise<unknown>>;

/** The role for a purpose beside the one that reads the hosted zones of another account. */
export function zoneRoleArn(readerArn: string, purpose: 'read' | 'write'): string {
  return purpose === 'read' ? readerArn : `${readerArn}-write`;
}

export type RoleCredentials = (arn: string, externalId: string | undefined) => Credentials;

/**
 * Credentials of roles, assumed at their first use and again before they expire; one source per role and external id.
 * @param now milliseconds since the epoch.
 */
export function roleCredentials(config: ClientConfig, now: () => number): RoleCredentials {
  const known = new Map<string, Credentials>();
  let sts: STSClient | undefined;
  return (arn, externalId) => {
    // A role that was assumed with one external id says nothing of another.
    const key = JSON.stringify([arn, externalId]);
    const source =
      known.get(key) ??
      cached(now, () => {
        sts ??= new STSClient(config);
        return assume(sts, { RoleArn: arn, ExternalId: externalId });
      });
    known.set(key, source);
    return source;
  };
}

async function assume(sts: STSClient, role: Pick<AssumeRoleCommandInput, 'RoleArn' | 'ExternalId' | 'Policy'>) {
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ ...role, RoleSessionName: 'apprunner-private-ingress' }),
  );
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) {
    throw new Error(`sts:AssumeRole of ${role.RoleArn} answered without credentials`);
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
    ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
  };
}

/** Milliseconds before their expiry at which credentials are renewed. */
const REFRESH_BEFORE_EXPIRY_MS = 5 * 60_000;

/** Several clients share a role: it is assumed once for all of them. Failures are not cached. */
function cached(now: () => number, source: Credentials): Credentials {
  let held: ReturnType<Credentials> | undefined;
  let until = 0;
  return async () => {
    if (held === undefined || now() >= until) {
      until = Number.POSITIVE_INFINITY;
      held = source();
      held.then(
        ({ expiration }) => {
          until = expiration === undefined ? 0 : expiration.getTime() - REFRESH_BEFORE_EXPIRY_MS;
        },
        () => {
          held = undefined;
        },
      );
    }
    return held;
  };
}
