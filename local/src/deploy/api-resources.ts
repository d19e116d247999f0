import { type Create, type Creation, type Lifecycle, number, overwritten, text } from './resource.ts';
import type { Created, DeployedResource } from './stack.ts';

/** Refuses what the embedded API Gateway would silently do without. */
function refuse(properties: Readonly<Record<string, unknown>>, ...names: readonly string[]): void {
  const found = names.filter((name) => properties[name] !== undefined);
  if (found.length > 0) throw new Error(`${found.join(', ')} is not implemented by the embedded API Gateway`);
}

const api: Create = ({ properties, place, cloud, generatedName }) => {
  const protocol = text(properties.ProtocolType);
  if (protocol !== 'HTTP') throw new Error(`the embedded API Gateway has HTTP APIs only, not ProtocolType ${protocol}`);
  refuse(properties, 'Body', 'BodyS3Location', 'CorsConfiguration', 'DisableExecuteApiEndpoint', 'Target', 'RouteKey');
  const { id } = cloud.httpApis.createApi(place, text(properties.Name) ?? generatedName);
  return {
    reference: id,
    attributes: { ApiId: id, ApiEndpoint: `https://${id}.execute-api.${place.region}.amazonaws.com` },
  };
};

const stage: Create = ({ properties, cloud }) => {
  const name = text(properties.StageName) ?? '';
  refuse(properties, 'StageVariables', 'ClientCertificateId');
  // Without it a stage shows what was deployed to it, and deployments are not there.
  if (String(properties.AutoDeploy) !== 'true') throw new Error(`the stage ${name} needs AutoDeploy: true`);
  cloud.httpApis.createStage(text(properties.ApiId) ?? '', name);
  return { reference: name, attributes: {} };
};

/** The function of `arn:aws:lambda:…`, or of the longer `arn:aws:apigateway:…:lambda:path/…/functions/<ARN>/invocations`. */
const functionOf = (uri = ''): string => /\/functions\/(arn:.+)\/invocations$/.exec(uri)?.[1] ?? uri;

const integration = ({ properties, cloud }: Creation, present?: DeployedResource): Created => {
  const { IntegrationType: type, PayloadFormatVersion: version, IntegrationUri: uri } = properties;
  if (type !== 'AWS_PROXY' || String(version) !== '2.0') {
    throw new Error(
      `the embedded API Gateway has AWS_PROXY integrations of payload format 2.0, not ${type} of ${version}`,
    );
  }
  refuse(properties, 'CredentialsArn', 'RequestParameters', 'ResponseParameters', 'IntegrationSubtype');
  const timeout = number(properties.TimeoutInMillis);
  const made = { functionArn: functionOf(text(uri)), ...(timeout === undefined ? {} : { timeout }) };
  const id = cloud.httpApis.putIntegration(text(properties.ApiId) ?? '', made, present?.reference);
  return { reference: id, attributes: { IntegrationId: id } };
};

const route = ({ properties, cloud }: Creation, present?: DeployedResource): Created => {
  const authorization = text(properties.AuthorizationType) ?? 'NONE';
  if (authorization !== 'NONE' && authorization !== 'AWS_IAM') {
    throw new Error(`the embedded API Gateway authorises by AWS_IAM or not at all, not by ${authorization}`);
  }
  const [, integrationId] = /^integrations\/(.+)$/.exec(text(properties.Target) ?? '') ?? [];
  const made = {
    routeKey: text(properties.RouteKey) ?? '',
    integrationId: integrationId ?? '',
    iam: authorization === 'AWS_IAM',
  };
  const id = cloud.httpApis.putRoute(text(properties.ApiId) ?? '', made, present?.reference);
  return { reference: id, attributes: { RouteId: id } };
};

/** An authorizer (JWT or a function) is refused: there is no one to ask. */
export const apiResources: Readonly<Record<string, Lifecycle>> = {
  'AWS::ApiGatewayV2::Api': {
    create: api,
    fixed: ['ProtocolType'],
    // No operation here returns its name.
    update: (_, present) => present,
    remove: ({ reference, cloud }) => cloud.httpApis.deleteApi(reference),
  },
  'AWS::ApiGatewayV2::Stage': overwritten(stage, {
    fixed: ['ApiId', 'StageName'],
    remove: ({ reference, cloud, properties }) => cloud.httpApis.deleteStage(String(properties.ApiId), reference),
  }),
  'AWS::ApiGatewayV2::Integration': {
    create: (creation) => integration(creation),
    fixed: ['ApiId'],
    update: integration,
    remove: ({ reference, cloud, properties }) => cloud.httpApis.deleteIntegration(String(properties.ApiId), reference),
  },
  'AWS::ApiGatewayV2::Route': {
    create: (creation) => route(creation),
    fixed: ['ApiId'],
    update: route,
    remove: ({ reference, cloud, properties }) => cloud.httpApis.deleteRoute(String(properties.ApiId), reference),
  },
};
