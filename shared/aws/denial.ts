/**
 * What to do about a denied call that a grant to the role does not fix. AWS ends its message with the reason
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html):
 *
 *     with an explicit deny in a service control policy[: arn:aws:organizations::…:policy/…]
 *     because no permissions boundary allows the apprunner:UpdateService action
 *     because no identity-based policy allows the apprunner:UpdateService action
 *
 * @returns `undefined` where a grant is the remedy, or the message has no reason.
 */
export function denialRemedy(message: string): string | undefined {
  const explicit =
    /with an explicit deny in (?:an? )?((?:[a-z-]+ )*?(?:policy|boundary))(?::? (arn:[^\s,]*[^\s,.]))?/i.exec(message);
  if (explicit !== null) {
    const [, kind = 'policy', arn] = explicit;
    const where = `the ${kind}${arn === undefined ? '' : ` ${arn}`}`;
    return `A grant does not help: change the Deny statement in ${where}, or exempt the role named.${ownerOf(kind)}`;
  }
  const [, limit] = /because no ((?:[a-z-]+ )*?(?:policy|boundary)) allows/i.exec(message) ?? [];
  if (limit === undefined || /^(identity|resource)-based/i.test(limit)) return undefined;
  return `A grant to the role does not help: allow the action in the ${limit}.${ownerOf(limit)}`;
}

/** Who can change a kind of policy. */
function ownerOf(kind: string): string {
  if (/control policy/i.test(kind)) return ' The management account of the organization owns it.';
  if (/boundary/i.test(kind)) return ' Whoever administers roles in the account owns it.';
  return '';
}
