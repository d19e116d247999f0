/**
 * Tokens of pages that go on after an item, for the services whose tokens are opaque.
 * @param scope operation and filter: a token is only good for the request it was made for.
 */
export function pageToken(scope: string, after: number): string {
  return Buffer.from(JSON.stringify([scope, after])).toString('base64url');
}

/** What the page continues after; `undefined` for a token that was not made here, or for another scope. */
export function readPageToken(token: string, scope: string): number | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(content) && content[0] === scope && typeof content[1] === 'number' ? content[1] : undefined;
  } catch {
    return undefined;
  }
}
