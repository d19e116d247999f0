import {
  type AppRunnerClient,
  AssociateCustomDomainCommand,
  type AssociateCustomDomainCommandInput,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  CreateVpcIngressConnectionCommand,
  type CreateVpcIngressConnectionCommandInput,
  DeleteServiceCommand,
  type DeleteServiceCommandInput,
  DeleteVpcIngressConnectionCommand,
  type DeleteVpcIngressConnectionCommandInput,
  DisassociateCustomDomainCommand,
  type DisassociateCustomDomainCommandInput,
  PauseServiceCommand,
  type PauseServiceCommandInput,
  ResumeServiceCommand,
  type ResumeServiceCommandInput,
  StartDeploymentCommand,
  type StartDeploymentCommandInput,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-apprunner';
import {
  AuthorizeSecurityGroupIngressCommand,
  type AuthorizeSecurityGroupIngressCommandInput,
  CreateManagedPrefixListCommand,
  type CreateManagedPrefixListCommandInput,
  CreateSecurityGroupCommand,
  type CreateSecurityGroupCommandInput,
  CreateSubnetCommand,
  type CreateSubnetCommandInput,
  CreateVpcCommand,
  type CreateVpcCommandInput,
  CreateVpcEndpointCommand,
  type CreateVpcEndpointCommandInput,
  DeleteVpcEndpointsCommand,
  type DeleteVpcEndpointsCommandInput,
  type EC2Client,
  ModifyVpcAttributeCommand,
  type ModifyVpcAttributeCommandInput,
  ModifyVpcEndpointCommand,
  type ModifyVpcEndpointCommandInput,
  RevokeSecurityGroupIngressCommand,
  type RevokeSecurityGroupIngressCommandInput,
} from '@aws-sdk/client-ec2';
import {
  AssociateVPCWithHostedZoneCommand,
  type AssociateVPCWithHostedZoneCommandInput,
  CreateHostedZoneCommand,
  type CreateHostedZoneCommandInput,
  CreateVPCAssociationAuthorizationCommand,
  type CreateVPCAssociationAuthorizationCommandInput,
  DeleteHostedZoneCommand,
  type DeleteHostedZoneCommandInput,
  DisassociateVPCFromHostedZoneCommand,
  type DisassociateVPCFromHostedZoneCommandInput,
  type Route53Client,
} from '@aws-sdk/client-route-53';

/** The clients of whoever calls. */
export interface Clients {
  readonly appRunner: AppRunnerClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
}

/** The AWS operations that a scenario may call, by name. Add an operation with one line. */
export const calls = {
  AssociateCustomDomain: ({ appRunner }: Clients, input: AssociateCustomDomainCommandInput) =>
    appRunner.send(new AssociateCustomDomainCommand(input)),
  CreateService: ({ appRunner }: Clients, input: CreateServiceCommandInput) =>
    appRunner.send(new CreateServiceCommand(input)),
  CreateVpcIngressConnection: ({ appRunner }: Clients, input: CreateVpcIngressConnectionCommandInput) =>
    appRunner.send(new CreateVpcIngressConnectionCommand(input)),
  DeleteService: ({ appRunner }: Clients, input: DeleteServiceCommandInput) =>
    appRunner.send(new DeleteServiceCommand(input)),
  DeleteVpcIngressConnection: ({ appRunner }: Clients, input: DeleteVpcIngressConnectionCommandInput) =>
    appRunner.send(new DeleteVpcIngressConnectionCommand(input)),
  DisassociateCustomDomain: ({ appRunner }: Clients, input: DisassociateCustomDomainCommandInput) =>
    appRunner.send(new DisassociateCustomDomainCommand(input)),
  PauseService: ({ appRunner }: Clients, input: PauseServiceCommandInput) =>
    appRunner.send(new PauseServiceCommand(input)),
  ResumeService: ({ appRunner }: Clients, input: ResumeServiceCommandInput) =>
    appRunner.send(new ResumeServiceCommand(input)),
  StartDeployment: ({ appRunner }: Clients, input: StartDeploymentCommandInput) =>
    appRunner.send(new StartDeploymentCommand(input)),
  UpdateService: ({ appRunner }: Clients, input: UpdateServiceCommandInput) =>
    appRunner.send(new UpdateServiceCommand(input)),

  AuthorizeSecurityGroupIngress: ({ ec2 }: Clients, input: AuthorizeSecurityGroupIngressCommandInput) =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand(input)),
  CreateManagedPrefixList: ({ ec2 }: Clients, input: CreateManagedPrefixListCommandInput) =>
    ec2.send(new CreateManagedPrefixListCommand(input)),
  CreateSecurityGroup: ({ ec2 }: Clients, input: CreateSecurityGroupCommandInput) =>
    ec2.send(new CreateSecurityGroupCommand(input)),
  CreateSubnet: ({ ec2 }: Clients, input: CreateSubnetCommandInput) => ec2.send(new CreateSubnetCommand(input)),
  CreateVpc: ({ ec2 }: Clients, input: CreateVpcCommandInput) => ec2.send(new CreateVpcCommand(input)),
  CreateVpcEndpoint: ({ ec2 }: Clients, input: CreateVpcEndpointCommandInput) =>
    ec2.send(new CreateVpcEndpointCommand(input)),
  DeleteVpcEndpoints: ({ ec2 }: Clients, input: DeleteVpcEndpointsCommandInput) =>
    ec2.send(new DeleteVpcEndpointsCommand(input)),
  ModifyVpcAttribute: ({ ec2 }: Clients, input: ModifyVpcAttributeCommandInput) =>
    ec2.send(new ModifyVpcAttributeCommand(input)),
  ModifyVpcEndpoint: ({ ec2 }: Clients, input: ModifyVpcEndpointCommandInput) =>
    ec2.send(new ModifyVpcEndpointCommand(input)),
  RevokeSecurityGroupIngress: ({ ec2 }: Clients, input: RevokeSecurityGroupIngressCommandInput) =>
    ec2.send(new RevokeSecurityGroupIngressCommand(input)),

  AssociateVPCWithHostedZone: ({ route53 }: Clients, input: AssociateVPCWithHostedZoneCommandInput) =>
    route53.send(new AssociateVPCWithHostedZoneCommand(input)),
  CreateVPCAssociationAuthorization: ({ route53 }: Clients, input: CreateVPCAssociationAuthorizationCommandInput) =>
    route53.send(new CreateVPCAssociationAuthorizationCommand(input)),
  CreateHostedZone: ({ route53 }: Clients, input: CreateHostedZoneCommandInput) =>
    route53.send(new CreateHostedZoneCommand(input)),
  DeleteHostedZone: ({ route53 }: Clients, input: DeleteHostedZoneCommandInput) =>
    route53.send(new DeleteHostedZoneCommand(input)),
  DisassociateVPCFromHostedZone: ({ route53 }: Clients, input: DisassociateVPCFromHostedZoneCommandInput) =>
    route53.send(new DisassociateVPCFromHostedZoneCommand(input)),
};

export type Operation = keyof typeof calls;
export type InputOf<Name extends Operation> = Parameters<(typeof calls)[Name]>[1];
