/** A condition on one member of an event: one of these values, or that it is not there. */
type Condition = readonly (string | { readonly exists: false })[];
export interface EventPattern {
  readonly [member: string]: Condition | EventPattern;
}

/** What EventBridge hands to on-service-event: the patterns of the rules in `stack/rules.yml`, which a test holds to these. */
export const eventRules = {
  'service-status': { source: ['aws.apprunner'], 'detail-type': ['AppRunner Service Status Change'] },
  'operation-status': { source: ['aws.apprunner'], 'detail-type': ['AppRunner Service Operation Status Change'] },
  'custom-domain': {
    source: ['aws.apprunner'],
    'detail-type': ['AppRunner Custom Domain Validation Status Update'],
  },
  'api-call': {
    source: ['aws.apprunner'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: {
      eventSource: ['apprunner.amazonaws.com'],
      eventName: [
        'CreateService',
        'UpdateService',
        'DeleteService',
        'PauseService',
        'ResumeService',
        'TagResource',
        'UntagResource',
        'AssociateCustomDomain',
        'DisassociateCustomDomain',
        'CreateVpcIngressConnection',
        'UpdateVpcIngressConnection',
        'DeleteVpcIngressConnection',
      ],
      errorCode: [{ exists: false }],
    },
  },
} as const satisfies Readonly<Record<string, EventPattern>>;

export interface RuleMatch {
  /** The rule that takes the event. */
  readonly rule: string | undefined;
  /** Why the others do not. */
  readonly mismatches: readonly { readonly rule: string; readonly because: string }[];
}

/** Which rule takes an event, and why the others do not. */
export function matchRules(event: Readonly<Record<string, unknown>>): RuleMatch {
  let taking: string | undefined;
  const mismatches: { rule: string; because: string }[] = [];
  for (const [rule, pattern] of Object.entries<EventPattern>(eventRules)) {
    const because = mismatch(pattern, event, '');
    if (because === undefined) taking = rule;
    else mismatches.push({ rule, because });
  }
  return { rule: taking, mismatches };
}

/** The first condition that does not hold, in words. As EventBridge compares: exactly, case included. */
function mismatch(pattern: EventPattern, event: unknown, path: string): string | undefined {
  const members = new Map(typeof event === 'object' && event !== null ? Object.entries(event) : []);
  for (const [name, wanted] of Object.entries(pattern)) {
    const at = path === '' ? name : `${path}.${name}`;
    const value = members.get(name);
    const because = isCondition(wanted) ? unmet(wanted, value, at) : mismatch(wanted, value, at);
    if (because !== undefined) return because;
  }
  return undefined;
}

function unmet(condition: Condition, value: unknown, at: string): string | undefined {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  const holds = condition.some((one) => (typeof one === 'string' ? given.includes(one) : value === undefined));
  if (holds) return undefined;
  const wanted = condition.map((one) => (typeof one === 'string' ? `"${one}"` : 'not there')).join(' or ');
  return `${at} is ${value === undefined ? 'not there' : JSON.stringify(value).slice(0, 200)}, and has to be ${wanted}`;
}

function isCondition(wanted: Condition | EventPattern): wanted is Condition {
  return Array.isArray(wanted);
}
