// A plugin of osls. Writes lists of zones and names that are too long for parameters of the stack into the package:
// statements of as many managed policies as they need, and a file beside the functions.
const LISTS = ['AllowedZones', 'AllowedNames', 'ZoneRoleZones'];

module.exports = class AllowedRecords {
  constructor(serverless, options) {
    const { service, serviceDir } = serverless;
    const packaged = async () => {
      const { recordsOfPackage } = await import('../build/records-of-package.ts');
      return recordsOfPackage(serviceDir, options.param ?? [], process.env);
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': async () => {
        const { writeRecords } = await import('../build/records-of-package.ts');
        await writeRecords(`${serviceDir}/dist`, await packaged());
      },
      'after:aws:package:finalize:mergeCustomProviderResources': async () => {
        const records = await packaged();
        if (records === undefined) return;
        const { templateWithRecords } = await import('../build/records-of-package.ts');
        const { provider } = service;
        provider.compiledCloudFormationTemplate = templateWithRecords(provider.compiledCloudFormationTemplate, records);
        provider.stackParameters = provider.stackParameters.filter(({ ParameterKey }) => !LISTS.includes(ParameterKey));
      },
    };
  }
};
