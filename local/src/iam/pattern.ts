/** Condition keys are looked up without case, in lower case. */
export type ConditionValues = ReadonlyMap<string, readonly string[]>;

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Expressions of patterns without variables: every call is checked against the same few policies. */
const compiled = { '': new Map<string, RegExp>(), i: new Map<string, RegExp>() };

/**
 * Puts policy variables (`${aws:PrincipalAccount}`) and wildcards into a regular expression. `${*}`, `${?}` and `${$}`
 * are those characters themselves. A variable without a value makes the pattern match nothing, as in IAM (documented).
 */
function expression(pattern: string, values: ConditionValues, flags: keyof typeof compiled): RegExp | undefined {
  const known = compiled[flags].get(pattern);
  if (known !== undefined) return known;
  let source = '';
  for (const [piece, variable] of pattern.matchAll(/\$\{([^}]*)\}|[*?]|[^*?$]+|\$/g)) {
    if (variable !== undefined) {
      const literal = /^[*?$]$/.test(variable) ? variable : values.get(variable.toLowerCase())?.[0];
      if (literal === undefined) return undefined;
      source += escaped(literal);
    } else {
      source += piece === '*' ? '.*' : piece === '?' ? '.' : escaped(piece);
    }
  }
  const made = new RegExp(`^${source}$`, `s${flags}`);
  if (!pattern.includes('${')) compiled[flags].set(pattern, made);
  return made;
}

/** Whether `text` fits a pattern with `*`, `?` and policy variables. */
export const matches = (pattern: string, text: string, values: ConditionValues): boolean =>
  expression(pattern, values, '')?.test(text) ?? false;

/** Action names are compared without case. */
export const matchesAction = (pattern: string, action: string): boolean =>
  expression(pattern, new Map(), 'i')?.test(action) ?? false;

const ARN_PARTS = 6;

/** Colons inside a policy variable do not part anything. */
function arnParts(arn: string): readonly string[] {
  const parts = arn.split(/:(?![^{]*\})/);
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}

/** ARN operators compare each of the six parts separately, so that no wildcard matches across a colon. */
export function matchesArn(pattern: string, arn: string, values: ConditionValues): boolean {
  const texts = arnParts(arn);
  const parts = arnParts(pattern);
  return parts.length === texts.length && parts.every((part, index) => matches(part, texts[index] ?? '', values));
}
