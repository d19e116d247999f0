// A plugin of osls. CloudFormation refuses values for parameters that a template does not have, and the first template of
// a new stack holds nothing but the bucket for the packages: that one step gets no parameters.
module.exports = class FirstDeployment {
  constructor(serverless) {
    let parameters;
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => {
        parameters = serverless.service.provider.stackParameters;
        delete serverless.service.provider.stackParameters;
      },
      'after:aws:deploy:deploy:createStack': () => {
        serverless.service.provider.stackParameters = parameters;
      },
    };
  }
};
