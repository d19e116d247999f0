import { type AppRunnerClient, CreateServiceCommand } from '@aws-sdk/client-apprunner';

/** AWS's public sample image: the least that makes a service. */
export const HELLO_IMAGE = {
  ImageRepository: {
    ImageIdentifier: 'public.ecr.aws/aws-containers/hello-app-runner:latest',
    ImageRepositoryType: 'ECR_PUBLIC',
  },
} as const;

/** Creates a service through the API. */
export async function createHelloService(
  appRunner: AppRunnerClient,
  name: string,
  tags: Readonly<Record<string, string>> = {},
): Promise<{ readonly arn: string; readonly url: string }> {
  const { Service } = await appRunner.send(
    new CreateServiceCommand({
      ServiceName: name,
      SourceConfiguration: HELLO_IMAGE,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  const { ServiceArn: arn, ServiceUrl: url } = Service ?? {};
  if (arn === undefined || url === undefined) throw new Error(`App Runner returned no ARN or no URL of ${name}`);
  return { arn, url };
}
