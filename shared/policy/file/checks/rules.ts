import { covers } from '../../covers.ts';
import type { PartialPolicyDocument, PartialRule, Placed } from '../partial-document.ts';
import { eachRepeated, type Report } from './report.ts';
import { listedAccounts } from './scope.ts';

/** Rules that have the same name, can never speak, say what has no effect, or ask for what cannot be done. */
export function checkRules(document: PartialPolicyDocument, report: Report): void {
  const { items } = document.rules;
  eachRepeated(
    items,
    ({ value }) => value.name,
    ({ path, value }) =>
      report([...path, 'name'], `another rule has the name "${value.name}" already; expected one of its own`),
  );
  const listed = listedAccounts(document);
  const everywhere = {
    ...(listed === undefined ? {} : { accounts: listed }),
    ...(document.regions.complete ? { regions: document.regions.items.map(({ value }) => value) } : {}),
  };
  for (const [index, rule] of items.entries()) {
    const { path, value } = rule;
    const earlier = items
      .slice(0, index)
      .find(({ value: { match } }) => covers(match, { ...everywhere, ...value.match }));
    if (earlier !== undefined) {
      report(
        path,
        `the rule "${value.name}" never speaks, as "${earlier.value.name}" before it matches everything it does; expected it further up, or another match`,
      );
    }
    if (value.private === 'ignored') {
      for (const key of (['domains', 'names', 'adopt', 'strategy', 'onDetach', 'cutover'] as const).filter(
        (key) => value[key] !== undefined,
      )) {
        report(
          [...path, key],
          `"${key}" has no effect where services are ignored; expected "private: required" or "private: by-tag"`,
          'key',
        );
      }
    }
    if (value.cutoverDeadline !== undefined && value.private !== 'required') {
      const message = '"cutoverDeadline" has no effect where a tag decides; expected "private: required"';
      report([...path, 'cutoverDeadline'], message, 'key');
    } else if (value.cutoverDeadline !== undefined && value.cutover === 'immediately') {
      const message = '"cutoverDeadline" has no effect beside "cutover: immediately"; expected one or the other';
      report([...path, 'cutoverDeadline'], message, 'key');
    }
    if (value.private === 'required' && value.mode === 'enforce') checkNetworkOf(rule, document, report);
  }
}

/** Where a rule names accounts or regions, there must be a VPC to be private from in each of them. */
function checkNetworkOf(
  { path, value: { match } }: Placed<PartialRule>,
  { networks }: PartialPolicyDocument,
  report: Report,
): void {
  if (!networks.complete) return;
  const has = (account: string | undefined, region: string | undefined) =>
    networks.items.some(
      ({ value }) => (account ?? value.account) === value.account && (region ?? value.region) === value.region,
    );
  for (const account of match.accounts ?? [undefined]) {
    for (const region of match.regions ?? [undefined]) {
      if (has(account, region)) continue;
      const place = [account && `account ${account}`, region && `region ${region}`].filter(Boolean).join(', ');
      report(
        [...path, 'mode'],
        `services have to be private here, and no network says from which VPC${place === '' ? '' : ` (${place})`}; expected one under "networks"`,
      );
    }
  }
}
