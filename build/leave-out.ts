import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of the functions what they do not use of their dependencies: modules are rewritten as they are loaded, and
 * nothing in `node_modules` changes (docs/decisions/bundles-leave-out.md).
 */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/].*dist-es[\\/].*schemas_0\.js$/ }, async ({ path }) => ({
      contents: await shakable(path),
    }));
    // A client reads its version, for the header User-Agent.
    build.onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version }: { readonly version?: unknown } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    // Each schema of zod has methods that make a JSON Schema; a function only checks its input.
    build.onLoad(
      { filter: /zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => {
        const exported = (await readFile(path, 'utf8')).matchAll(/^export (?:const|function) (\w+)/gm);
        return { contents: [...exported].map(([, name]) => `export const ${name} = () => undefined;`).join('\n') };
      },
    );
    for (const { module, contents } of standIns)
      build.onLoad({ filter: module }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
  },
};

/** What stands in for modules that a function loads and never needs. */
const standIns: readonly { readonly module: RegExp; readonly contents: string }[] = [
  {
    // A function's credentials are in its environment; the chain of providers is for other machines: profiles, SSO, EC2.
    module: /@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/,
    contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // No operation that is called has an event stream.
    module: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
    contents: `
      export const eventStreamSerdeProvider = () => undefined;
      export const resolveEventStreamSerdeConfig = (config) => config;
      export class EventStreamSerde {
        constructor() { throw new Error('The bundles of the functions have no event streams (build/leave-out.ts).'); }
      }`,
  },
  {
    // For a Node built without cryptography, which could make no call over TLS either.
    module: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]checksum[\\/](sha256[\\/]Sha256Js|md5[\\/]Md5Js)\.js$/,
    contents: 'export { Hash as Sha256Js, Hash as Md5Js } from "node:crypto";',
  },
  {
    // Files of a person's home directory, which a function does not have.
    module: /@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]loadSharedConfigFiles\.js$/,
    contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants.js';
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
  },
  {
    // For answers of a browser's fetch; Node's are its own streams.
    module: /@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]sdk-stream-mixin\.browser\.js$/,
    contents: 'export const sdkStreamMixin = () => { throw new TypeError("not a stream of Node"); };',
  },
  {
    // Says that this Node is too old for the SDK; the stack says which Node runs.
    module: /@aws-sdk[\\/]core[\\/]dist-es[\\/].*[\\/]emitWarningIfUnsupportedVersion\.js$/,
    contents: `export const state = {};
      export const emitWarningIfUnsupportedVersion = () => {};`,
  },
  {
    // Of the adaptive way to retry, which is no client's here.
    module: /@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]DefaultRateLimiter\.js$/,
    contents: `export class DefaultRateLimiter {
      constructor() { throw new Error('The bundles of the functions retry in the standard way (build/leave-out.ts).'); }
    }`,
  },
  {
    // A function's region is in its environment, not in the metadata of a machine.
    module: /@smithy[\\/]core[\\/]dist-es[\\/].*[\\/]getInstanceMetadataRegion\.js$/,
    contents: 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  {
    // What signs for several regions at once is in no bundle, and no operation that is called wants it.
    module: /@aws-sdk[\\/]signature-v4-multi-region[\\/]dist-es[\\/]index\.js$/,
    contents: `
      import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials.js';
      export { SignatureV4SignWithCredentials };
      export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
        static sigv4aDependency() { return 'none'; }
      }`,
  },
  {
    // DynamoDB's client could discover endpoints; no operation that is called asks it to.
    module: /@aws-sdk[\\/]middleware-endpoint-discovery[\\/]dist-es[\\/]resolveEndpointDiscoveryConfig\.js$/,
    contents: 'export const resolveEndpointDiscoveryConfig = (config) => config;',
  },
];

const known = new Map<string, Promise<string>>();

/** Every function has the same clients, so each module is rewritten once. */
function shakable(path: string): Promise<string> {
  const contents = known.get(path) ?? rewritten(path);
  known.set(path, contents);
  return contents;
}

async function rewritten(path: string): Promise<string> {
  const beside = (file: string) => readFile(join(dirname(path), '..', file), 'utf8').catch(() => '');
  return shakableSchemas(await readFile(path, 'utf8'), {
    errors: await beside('models/errors.js'),
    configuration: await beside('runtimeConfig.shared.js'),
  });
}

/**
 * Rewrites the schemas of a client so that a bundler can drop those of the operations that are not called.
 *
 *     export var X$ = [3, n0, _X, { [_e]: _c }, …];
 *
 * A computed key calls `toString` on what it is given, so a bundler must take the array for a side effect. In a call marked as
 * pure it goes unless it is used. An error goes too where the SDK makes an equal one without its schema: of the class of the
 * service's errors, with the name and the texts that AWS sent.
 *
 * @param client its error classes and its configuration, as source text.
 */
export function shakableSchemas(
  schemas: string,
  client: { readonly errors: string; readonly configuration: string },
): string {
  const strings = new Map([...schemas.matchAll(/^const (\w+) = "(.*)";$/gm)].map(([, name, value]) => [name, value]));
  // With these protocols AWS sends a code, which may not be the name of the error.
  const hasCodes = /AwsQueryProtocol|awsQueryCompatible/.test(client.configuration);
  const needed = new Set<string>();
  for (const [, error = '', shape, traits = '', members = ''] of schemas.matchAll(ERROR_SCHEMA)) {
    const code = hasCodes ? /\[_aQE\]: \[`([^`]*)`/.exec(traits)?.[1] : undefined;
    const isRenamed = code !== undefined && code !== strings.get(shape);
    // A text arrives without a schema; lists, structures, numbers in XML, and headers do not.
    const hasMore = !/^(0(, 0)*)?$/.test(members);
    const isRetryable = new RegExp(`^export class ${error} [^}]*\\$retryable`, 'm').test(client.errors);
    if (isRenamed || hasMore || isRetryable) needed.add(error);
  }
  return schemas
    .replaceAll(/^n0_registry\.registerError\(\w+\$, (\w+)\);\n/gm, (line, error: string) =>
      needed.has(error) ? line : '',
    )
    .replaceAll(/^((?:export )?var [\w$]+ = )(\[[\s\S]*?\]);$/gm, '$1/* @__PURE__ */ (() => $2)();');
}

/** Error, name of its shape, traits, schemas of its members. */
const ERROR_SCHEMA = /^export var (\w+)\$ = \[-3, n0, (\w+),\s*(.+),\s*\[.*\],\s*\[(.*)\](?:, \d+)?\s*\];$/gm;
