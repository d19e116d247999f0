import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';

export async function deployedTemplate(cloudFormation: CloudFormationClient, stackName: string): Promise<unknown> {
  const { TemplateBody = '{}' } = await cloudFormation.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return JSON.parse(TemplateBody);
}
