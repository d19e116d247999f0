// A plugin of osls. Keeps every parameter of a deployed stack that a deployment is not given: without this, CloudFormation
// falls back to the defaults. Before a deployment touches anything, it reports what is missing.

/** An error whose text is all that osls prints. */
function refusal(message) {
  return Object.assign(new Error(message), { stack: message });
}

module.exports = class KeptParameters {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:aws:deploy:deploy:createStack': () => this.keep() };
  }

  async keep() {
    const { provider } = this.serverless.service;
    const { Parameters: definitions = {} } = provider.compiledCloudFormationTemplate;
    const given = provider.stackParameters ?? [];
    const names = given.map(({ ParameterKey }) => ParameterKey);
    const deployed = await this.deployedParameters();
    const kept = deployed.filter(({ ParameterKey }) => ParameterKey in definitions && !names.includes(ParameterKey));
    const values = new Map([...kept, ...given].map((one) => [one.ParameterKey, one.ParameterValue]));
    const missing = Object.keys(definitions).filter(
      (name) => definitions[name].Default === undefined && !values.has(name),
    );
    if (missing.length > 0) {
      throw refusal(
        `The stack needs ${missing.join(' and ')}: add ${missing.map((name) => `--param='${name}=…'`).join(' ')} (docs/parameters.md).`,
      );
    }
    if (values.get('OrganizationId') && !values.get('MemberExternalId')) {
      throw refusal(
        "OrganizationId needs MemberExternalId, the ExternalId of stack/member/template.yml: add --param='MemberExternalId=…' (docs/organization.md).",
      );
    }
    provider.stackParameters = [
      ...given,
      ...kept.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    ];
  }

  async deployedParameters() {
    const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
    const provider = this.serverless.getProvider('aws');
    const client = new CloudFormationClient(await provider.getAwsSdkV3Config());
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: provider.naming.getStackName() }));
      return Stacks?.[0]?.Parameters ?? [];
    } catch (error) {
      // CloudFormation has no error of its own for it (documented): "Stack with id … does not exist".
      if (/does not exist/.test(error.message)) return [];
      throw error;
    }
  }
};
