import type { VPC } from '@aws-sdk/client-route-53';
import { AwsError } from '../../wire/errors.ts';
import type { CallContext } from '../../wire/service.ts';
import { required } from './input.ts';

/** The account that a VPC belongs to; `undefined` for one that is not there. */
export type VpcOwner = (vpcId: string, region: string, context: CallContext) => string | undefined;

export type NamedVpc = VPC & { readonly VPCId: string };

/** @throws AwsError InvalidVPCId */
export function requireVpc(vpc: VPC | undefined): NamedVpc {
  const { VPCId, VPCRegion } = required(vpc, 'VPC');
  if (VPCId === undefined || !/^vpc-[0-9a-f]+$/.test(VPCId)) throw invalidVpc(VPCId);
  return { VPCId, VPCRegion: required(VPCRegion, 'VPCRegion') };
}

/** A VPC of the caller's. @throws AwsError InvalidVPCId */
export function ownVpc(given: VPC | undefined, owner: VpcOwner, context: CallContext): NamedVpc {
  const vpc = requireVpc(given);
  if (ownerOf(vpc, owner, context) !== context.account) throw invalidVpc(vpc.VPCId);
  return vpc;
}

/** @throws AwsError InvalidVPCId for a VPC that is not there. */
export function ownerOf(vpc: NamedVpc, owner: VpcOwner, context: CallContext): string {
  const account = owner(vpc.VPCId, vpc.VPCRegion ?? '', context);
  if (account === undefined) throw invalidVpc(vpc.VPCId);
  return account;
}

const invalidVpc = (vpcId: string | undefined): AwsError =>
  new AwsError('InvalidVPCId', `The VPC ID that you specified is not valid: ${vpcId}`);
