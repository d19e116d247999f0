/**
 * How long things take, in milliseconds. `fast` is for people who watch, `realistic` for those who want to see
 * what waiting looks like. AWS promises none of these times; docs/facts.md has the order of size.
 */
export interface Profile {
  readonly name: 'fast' | 'realistic';
  /** CreateService, UpdateService, DeleteService, PauseService, ResumeService: a deployment. */
  readonly serviceOperation: number;
  readonly endpointCreation: number;
  readonly endpointDeletion: number;
  /** From `available` until the endpoint's `DnsEntries` are listed and answered; 0 lists them from the creation on. */
  readonly endpointDnsEntries: number;
  /** How far listings of App Runner, EC2 and Route 53 lag behind writes (see `ReadLag`). */
  readonly readLag: number;
  readonly connectionCreation: number;
  readonly connectionUpdate: number;
  readonly connectionDeletion: number;
  /** From AVAILABLE until DNS answers for the connection's name. */
  readonly connectionDns: number;
  /** From AssociateCustomDomain until DescribeCustomDomains shows the validation records. */
  readonly validationRecords: number;
  /** From the validation records standing in a public zone until the certificate is issued. */
  readonly certificateIssuance: number;
  /** From the certificate to `active`. */
  readonly certificateBinding: number;
  readonly domainDeletion: number;
  /** From ChangeResourceRecordSets until GetChange says INSYNC (answers change at once). */
  readonly recordPropagation: number;
  /** From CreateAccount until its status is SUCCEEDED. */
  readonly accountCreation: number;
  /** Real milliseconds per second of an EventBridge schedule (1000 is true time). */
  readonly scheduleSecond: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const profiles: Readonly<Record<Profile['name'], Profile>> = {
  fast: {
    name: 'fast',
    serviceOperation: 1200,
    endpointCreation: 1500,
    endpointDeletion: 500,
    endpointDnsEntries: 0,
    readLag: 0,
    connectionCreation: 1000,
    connectionUpdate: 800,
    connectionDeletion: 800,
    connectionDns: 1500,
    validationRecords: 500,
    certificateIssuance: 1500,
    certificateBinding: 500,
    domainDeletion: 500,
    recordPropagation: 300,
    accountCreation: 0,
    scheduleSecond: 80,
  },
  realistic: {
    name: 'realistic',
    serviceOperation: 3 * MINUTE,
    endpointCreation: 90 * SECOND,
    endpointDeletion: 30 * SECOND,
    endpointDnsEntries: 0,
    readLag: 0,
    connectionCreation: 90 * SECOND,
    connectionUpdate: 60 * SECOND,
    connectionDeletion: 60 * SECOND,
    connectionDns: 2 * MINUTE,
    validationRecords: 10 * SECOND,
    certificateIssuance: 8 * MINUTE,
    certificateBinding: MINUTE,
    domainDeletion: 30 * SECOND,
    recordPropagation: 40 * SECOND,
    accountCreation: 10 * SECOND,
    scheduleSecond: SECOND,
  },
};

/** What is unknown about AWS (docs/facts.md, certainty `unknown`): each is a switch, and the product must work with both values. */
export interface Switches {
  /** Whether the connection's DomainName resolves in public DNS too (docs/facts.md#connection-name-in-public-dns). */
  readonly connectionNameIsPublic: boolean;
  /** What DeleteService does while a VPC ingress connection stands. */
  readonly deleteServiceWithConnection: 'refused' | 'cascades' | 'leaves-connection';
  /** Which error says that the service or endpoint is not ready for a connection. */
  readonly notReadyError: 'InvalidStateException' | 'InvalidRequestException';
  /** Whether a deleted connection is still described (status DELETED) or no longer found. */
  readonly deletedConnection: 'described' | 'not-found';
  /** Whether an update gives the connection another DomainName. */
  readonly updateChangesDomainName: boolean;
  /**
   * Whether Route 53 takes an alias to an App Runner name in a private zone
   * (docs/facts.md#app-runner-alias-in-private-zone).
   */
  readonly appRunnerAliasInPrivateZone: boolean;
  /** Whether Organizations begins listings with an empty page that has a token, as it may (documented). */
  readonly emptyFirstPages: boolean;
  /**
   * Whether accounts are still returned with `Status`, beside `State`: AWS announced its end for September 2026 (API
   * model).
   */
  readonly accountStatusMember: boolean;
  /** What a client token of CreateVpcEndpoint does once its endpoint is gone (docs/facts.md#create-endpoint-client-token). */
  readonly endpointClientToken: 'remembered' | 'freed-with-endpoint';
  /** How many validation records a custom domain has (docs/facts.md#validation-records-with-www). */
  readonly validationRecords: 'as-captured' | 'one-fewer';
  /** Whether CreateOrganization enables service control policies (docs/facts.md#control-policies-of-a-new-organization). */
  readonly controlPoliciesOfNewOrganization: 'disabled' | 'enabled';
  /** What ListHostedZonesByVPC answers for a VPC that does not exist or is another account's (docs/facts.md#zones-of-a-foreign-vpc). */
  readonly zonesOfForeignVpc: 'empty' | 'refused';
  /** Whether listings of EC2 hold two items a page, whatever the caller asks for: AWS may always return fewer. */
  readonly smallPages: boolean;
  /** How the detail of App Runner's events is written (docs/facts.md#event-detail-case). */
  readonly eventDetail: 'lower-camel' | 'capitalised';
  /** Whether a changed tag of a service sends an `aws.tag` event (docs/facts.md#tag-events). */
  readonly tagEvents: boolean;
}

export const defaultSwitches: Switches = {
  connectionNameIsPublic: true,
  deleteServiceWithConnection: 'refused',
  notReadyError: 'InvalidStateException',
  deletedConnection: 'described',
  updateChangesDomainName: false,
  appRunnerAliasInPrivateZone: false,
  emptyFirstPages: false,
  accountStatusMember: false,
  endpointClientToken: 'remembered',
  validationRecords: 'as-captured',
  controlPoliciesOfNewOrganization: 'disabled',
  zonesOfForeignVpc: 'empty',
  smallPages: false,
  eventDetail: 'lower-camel',
  tagEvents: false,
};

/** Every value of each switch, the default first. */
export const switchValues: { readonly [Name in keyof Switches]: readonly Switches[Name][] } = {
  connectionNameIsPublic: [true, false],
  deleteServiceWithConnection: ['refused', 'cascades', 'leaves-connection'],
  notReadyError: ['InvalidStateException', 'InvalidRequestException'],
  deletedConnection: ['described', 'not-found'],
  updateChangesDomainName: [false, true],
  appRunnerAliasInPrivateZone: [false, true],
  emptyFirstPages: [false, true],
  accountStatusMember: [false, true],
  endpointClientToken: ['remembered', 'freed-with-endpoint'],
  validationRecords: ['as-captured', 'one-fewer'],
  controlPoliciesOfNewOrganization: ['disabled', 'enabled'],
  zonesOfForeignVpc: ['empty', 'refused'],
  smallPages: [false, true],
  eventDetail: ['lower-camel', 'capitalised'],
  tagEvents: [false, true],
};
