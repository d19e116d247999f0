/** What a family of disturbances tries, and what one may rely on because of it. */
export interface Promised {
  /** One line: what is disturbed. */
  readonly about: string;
  readonly promise: string;
  /** Under which condition. */
  readonly condition: string;
  readonly notPromised: string;
}

export const promises = {
  checks: {
    about:
      'the tests of the parts that decide, and the quick ones of the API, the command line, the report and the stack; in a full run also the conformance of the embedded cloud, and the privileges of every role',
    promise: 'Each rule of planner, policy, records, protocol and sweep holds; no role may do what nothing uses.',
    condition: 'None.',
    notPromised: 'That AWS behaves as the embedded cloud does: see docs/conformance.md and docs/unverified.md.',
  },
  situations: {
    about: 'every situation that is known, each in every world that AWS leaves open',
    promise: 'What docs/behaviour.md says of it happens.',
    condition: 'AWS behaves as docs/facts.md says, or in one of the ways that it leaves open.',
    notPromised: 'Situations that are not in docs/behaviour.md.',
  },
  crash: {
    about: 'a reconciliation dies before or after any of its calls, or a reply is lost: all single points, and pairs',
    promise:
      'The end is the same as without: nothing is doubled, nothing is left, and no record, domain, connection or change of visibility is lost track of.',
    condition: 'SQS delivers the message again, as it does until the message was received five times.',
    notPromised:
      'How long it takes: a message comes back after two minutes. The ledger may keep the entry of a validation record that is gone, until the domain goes.',
  },
  faults: {
    about:
      'AWS throttles, fails, does not answer, hangs, takes credentials for expired, answers garbage, or lists what was the case 1, 5 or 60 s ago; a person deploys the service in between; the clock jumps by half a minute; DNS fails, is silent, cuts its answer short, answers what was the case before, or the truth and something else: singly at every call and every question of every story, and mixed',
    promise:
      'Once the faults are over the service comes to the same end as without them, by itself, and it never becomes `ready` while its name does not lead to the endpoint.',
    condition:
      'The faults end, and tags are listed as they are ([not known](facts.md#app-runner-read-lag)): the embedded cloud has no lag of theirs.',
    notPromised:
      'That a message is not given up when its table fails five times, and that tags which AWS still lists as they were are noticed: then the next sweep goes on. That what is only said, such as `endpoint-unused`, is right before it.',
  },
  histories: {
    about:
      'random histories of two services on the wire: people tag, delete and change things by hand, a second installation publishes in the same zones, events are lost, doubled, late and reordered, listings lag by up to a minute, DNS does not answer, clocks jump by up to 30 s, AWS throttles, reconciliations overlap, and any call may be disturbed',
    promise:
      'After two sweeps everything is as people last wanted it, and nothing else: no record, domain or connection is left or missing, no record of another is touched, and nothing is called ready that does not answer.',
    condition: 'What is ill is well again in the end, and each thing is undone by hand once only.',
    notPromised:
      'That a thing which is undone again and again is repaired again: it is `contested` for a day. That drift which no event reports is seen before the next sweep.',
  },
  disorder: {
    about:
      'reconciliations overlap, die and are slow, messages come twice, and events come at any moment, in random histories; in half of them events are lost and late, people change records by hand, and a second installation publishes in the same zone',
    promise:
      'One writer at a time, no event lost, the ledger written before what it describes, one line of reconciliations, and the last state that was wanted is the one that stands. A name is published by one installation, whole, and no record of another is touched.',
    condition: 'A process ends before its lease does, as the time-outs of the stack see to.',
    notPromised: 'That two things that go wrong with the same message at once are noticed before the next sweep.',
  },
  load: {
    about: 'services tagged within a minute, 60 and 1,000, and sweeps of up to 10,000, under the rate limits of AWS',
    promise:
      'No service is private without a way in for more than a minute longer than one alone, and none of a sweep stays uncompared; memory and rows stay small.',
    condition:
      'Route 53 answers five calls a second, AWS throttles as documented, and no more than about two hundred services are enabled at a time, or no event is lost.',
    notPromised:
      'How long it takes, and, where more services are enabled within a minute, the way in of one whose event is lost, which may have none for minutes: see docs/performance.md.',
  },
  hostile: {
    about:
      'hostile events, messages, tags, policies, probe answers, rows, ARNs, answers of DNS, requests to the API and replies of AWS',
    promise:
      'Each is answered or put aside with its reason, and nothing is ever written, nor tried to be, outside of the zones, names, services and VPCs that the policy allows. When replies are true again, a service is ready or has a finding that says why not.',
    condition: 'None.',
    notPromised: 'That the reason is the one a person would give.',
  },
} as const satisfies Readonly<Record<string, Promised>>;
