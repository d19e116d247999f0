import type { Claims } from '../claims.ts';
import { nameClaimKey, nameClaimsOf } from '../name-claim.ts';
import type { OwnedRecord } from '../plan/ledger.ts';
import type { NameClaim, ValidationShares } from '../plan/observed.ts';
import { validationClaimKey, validationSharesOf } from '../validation-claim.ts';

/** What services claim against each other, of the names and the validation records of one of them. */
export interface ServiceClaims {
  readonly names: Readonly<Record<string, NameClaim>>;
  readonly shares: ValidationShares;
}

/** @throws ZodError for a damaged claim of a name. */
export async function observeServiceClaims(
  claims: Pick<Claims, 'values'>,
  serviceArn: string,
  names: readonly string[],
  validation: readonly OwnedRecord[],
): Promise<ServiceClaims> {
  const keys = [...names.map(nameClaimKey), ...validation.map(validationClaimKey)];
  const values = keys.length === 0 ? [] : await claims.values(keys);
  return {
    names: nameClaimsOf(names, values),
    shares: validationSharesOf(serviceArn, validation, values.slice(names.length)),
  };
}
