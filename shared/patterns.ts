/** Formats of what people write, for the API, the policy file, tags and settings. `stack/parameters.yml` repeats some. */

export const INSTALLATION_NAME = /^[a-z0-9-]{1,32}$/;

export const VPC_ID = /^vpc-[0-9a-f]{8,17}$/;
export const ENDPOINT_ID = /^vpce-[0-9a-f]{8,17}$/;
export const ZONE_ID = /^Z[A-Z0-9]{1,31}$/;
export const ACCOUNT_ID = /^\d{12}$/;

/** A region of AWS's commercial partition, the only one App Runner is in. */
export const REGION =
  /^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;
