// The stack's parameters as `serverless deploy` passes them to CloudFormation: one for each --param='Name=value'.
// osls can only require CommonJS files. Packaging needs no value; a deployment adds those that it keeps
// (kept-parameters.cjs).

/** An error whose text is all that osls prints. */
function refusal(message) {
  return Object.assign(new Error(message), { stack: message });
}

module.exports = async ({ options, resolveVariable }) => {
  const definitions = await resolveVariable('file(stack/parameters.yml)');
  const given = new Map(
    (options.param ?? []).map((text) => {
      const at = text.indexOf('=');
      return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );

  const unknown = [...given.keys()].filter((name) => !(name in definitions));
  if (unknown.length > 0) {
    throw refusal(
      `No such parameter: ${unknown.join(', ')}. There are ${Object.keys(definitions).join(', ')} (docs/parameters.md).`,
    );
  }
  const empty = [...given].filter(([, value]) => value === undefined).map(([name]) => name);
  if (empty.length > 0) throw refusal(`No value for ${empty.join(', ')}: write --param='${empty[0]}=value'.`);

  return [...given].map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
};
