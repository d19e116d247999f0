/**
 * `@peculiar/x509` wires itself with a container that insists on the metadata extensions of `Reflect` and, for classes
 * without constructor parameters as all of its are, only ever asks whether there is any metadata. There is none.
 * Import this before it.
 */
const metadata = {
  getMetadata: () => undefined,
  getOwnMetadata: () => undefined,
  defineMetadata: () => {},
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, metadata);
