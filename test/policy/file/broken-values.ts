import type { BrokenFile } from './broken-file.ts';
import { completed } from './valid.ts';

/** Invalid keys and values. Their lines come first in a policy that is valid otherwise. */
export const brokenValues: readonly BrokenFile[] = [
  { what: 'another version', text: completed('version: 2\n'), problems: ['1:10: 2 is a number; expected 1'] },
  {
    what: 'a key misspelled',
    text: completed('owner: platform\nrule: []\n'),
    problems: ['2:1: "rule" is not a key here; expected "rules"'],
  },
  {
    what: 'a key misspelled far inside, not reported as missing as well',
    text: completed('rules:\n  - name: all\n    privat: required\n'),
    problems: ['3:5: "privat" is not a key here; expected "private"'],
  },
  {
    what: 'a key of something else',
    text: completed(
      'zones:\n  - name: example.com\n    id: Z1\n    visibility: public\n    allowedNames: [example.com]\n    ttl: 5\nrules: [{ name: all, private: by-tag }]\n',
    ),
    problems: ['6:5: "ttl" is not a key here; expected one of name, id, visibility, role, externalId, allowedNames'],
  },
  {
    what: 'a key twice',
    text: completed('owner: platform\nowner: team\n'),
    problems: ['2:1: the key owner is given twice; expected each key once'],
  },
  {
    what: 'a key twice far inside, once in quotes',
    text: completed("limits:\n  changes: 5\n  'changes': 6\n"),
    problems: ["3:3: the key 'changes' is given twice"],
  },
  {
    what: 'an owner in capitals',
    text: completed('owner: Platform\n'),
    problems: ['1:8: "Platform" is invalid; expected 1 to 32 of a-z'],
  },
  {
    what: 'an owner that is null',
    text: completed('owner:\n'),
    problems: ['1:7: the value is empty; expected 1 to 32'],
  },
  {
    what: 'an owner that is a boolean',
    text: completed('owner: true\n'),
    problems: ['1:8: true is a boolean; expected 1 to 32'],
  },
  {
    what: 'an account id without quotes',
    text: completed('accounts:\n  - 111111111111\n  - "222222222222"\n'),
    problems: ['2:5: 111111111111 is a number; expected an account id, 12 digits in quotes'],
  },
  {
    what: 'an account id without quotes that loses its zero',
    text: completed('accounts: ["111111111111", 012345678901]\n'),
    problems: [
      '1:28: 012345678901 is a number and loses its leading zero; expected an account id, 12 digits in quotes',
    ],
  },
  {
    what: 'an account id too short',
    text: completed('accounts: ["111111111111", "12345678901"]\n'),
    problems: ['1:28: "12345678901" is invalid; expected an account id'],
  },
  {
    what: 'one account, not a list',
    text: completed('accounts: "111111111111"\n'),
    problems: ['1:11: "111111111111" is invalid; expected a list of account ids'],
  },
  {
    what: 'no accounts in the list',
    text: completed('accounts: []\n'),
    problems: ['1:11: the list is empty; expected a list of account ids, at least one'],
  },
  {
    what: 'a region misspelled',
    text: completed('regions: [ap-northest-1, ap-northeast-1]\n'),
    problems: ['1:11: "ap-northest-1" is invalid; expected a region, such as ap-northeast-1'],
  },
  {
    what: 'an availability zone as a region',
    text: completed('regions: [ap-northeast-1, eu-west-1a]\n'),
    problems: ['1:27: "eu-west-1a" is invalid; expected a region'],
  },
  {
    what: 'rules as a mapping',
    text: completed('rules:\n  all:\n    private: required\n'),
    problems: ['2:3: this is a mapping; expected a list of rules'],
  },
  {
    what: 'a rule that is a word',
    text: completed('rules:\n  - required\n'),
    problems: ['2:5: "required" is invalid; expected a rule'],
  },
  {
    what: 'an unknown value',
    text: completed('rules:\n  - name: all\n    private: requierd\n'),
    problems: ['3:14: "requierd" is invalid; expected required, by-tag or ignored; did you mean required?'],
  },
  {
    what: 'a boolean where a word is expected',
    text: completed('rules:\n  - name: all\n    private: true\n'),
    problems: ['3:14: true is a boolean; expected required, by-tag or ignored'],
  },
  {
    what: 'a mode misspelled',
    text: completed('rules:\n  - name: all\n    private: required\n    mode: enforced\n'),
    problems: ['4:11: "enforced" is invalid; expected audit or enforce; did you mean enforce?'],
  },
  {
    what: 'a strategy that is not known',
    text: completed('rules:\n  - { name: all, private: by-tag, strategy: cname }\n'),
    problems: ['2:45: "cname" is invalid; expected auto, endpoint or apprunner'],
  },
  {
    what: 'a cutover that is not known',
    text: completed('rules:\n  - { name: all, private: by-tag, cutover: immediate }\n'),
    problems: ['2:44: "immediate" is invalid; expected auto, when-possible or immediately; did you mean immediately?'],
  },
  {
    what: 'a deadline without a unit',
    text: completed('rules:\n  - { name: all, private: required, cutoverDeadline: "7" }\n'),
    problems: ['2:54: "7" is invalid; expected a number and a unit, such as 7d'],
  },
  {
    what: 'names that are no patterns',
    text: completed(
      'rules:\n  - name: all\n    private: by-tag\n    names: ["Team.corp.example.com", "a.*.corp.example.com", corp]\n',
    ),
    problems: [
      '4:13: "Team.corp.example.com" is invalid; expected a domain name in lower case',
      '4:38: "a.*.corp.example.com" is invalid',
      '4:62: "corp" is invalid',
    ],
  },
  {
    what: 'adopting by a word',
    text: completed('rules:\n  - { name: all, private: by-tag, adopt: "yes" }\n'),
    problems: ['2:42: "yes" is invalid; expected true or false'],
  },
  {
    what: 'no name',
    text: completed('rules:\n  - private: by-tag\n'),
    problems: ['2:5: "name" is missing; expected a name of 1 to 64 characters'],
  },
  {
    what: 'a pattern with a character that no service name has',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match:\n      services: ["pay.*"]\n'),
    problems: ['5:18: "pay.*" is invalid; expected a pattern of a service name: letters, digits, hyphen'],
  },
  {
    what: 'an empty pattern',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match: { services: [""] }\n'),
    problems: ['4:25: "" is invalid; expected a pattern of a service name'],
  },
  {
    what: 'an unknown way to match',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match: { service: ["a*"] }\n'),
    problems: ['4:14: "service" is not a key here; expected "services"'],
  },
  {
    what: 'tags as a list',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match:\n      tags: [stage]\n'),
    problems: ['5:13: this is a list; expected tag keys, each with a pattern of its value'],
  },
  {
    what: 'a tag value that is a number',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match:\n      tags: { tier: 1 }\n'),
    problems: ['5:21: 1 is a number; expected a pattern of a tag value, in quotes'],
  },
  {
    what: 'a tag key that cannot be one',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    match:\n      tags: { "tier!": "1" }\n'),
    problems: ['5:15: "tier!" is invalid; expected the key of a tag, 1 to 128 characters'],
  },
  {
    what: 'the name of a unit, not its id',
    text: completed('organization: { units: [Production] }\naccounts_: 1\n').replace(/^accounts.*\n/gm, ''),
    problems: ['1:25: "Production" is invalid; expected the id of an organisational unit or of the root'],
  },
  {
    what: 'the id of something else',
    text: completed(
      'networks:\n  - account: "111111111111"\n    region: eu-west-1\n    vpc: subnet-0123456789abcdef0\n',
    ),
    problems: ['4:10: "subnet-0123456789abcdef0" is invalid; expected the id of a VPC'],
  },
  {
    what: 'ranges that are none',
    text: completed(
      'networks:\n  - account: "111111111111"\n    region: eu-west-1\n    vpc: vpc-0123456789abcdef0\n    allowFrom: [10.0.0.0, 10.0.0.0/33, 10.0.0.256/8, "::/0"]\n',
    ),
    problems: [
      '5:17: "10.0.0.0" is invalid; expected a range of addresses in CIDR form',
      '5:27: "10.0.0.0/33" is invalid',
      '5:40: "10.0.0.256/8" is invalid',
    ],
  },
  {
    what: 'a role that is a name only',
    text: completed(
      'zones:\n  - name: corp.example.com\n    id: Z1\n    visibility: private\n    role: dns-writer\n    allowedNames: ["*.corp.example.com"]\n',
    ),
    problems: ['5:11: "dns-writer" is invalid; expected the ARN of an IAM role'],
  },
  {
    what: 'the id of a zone with its prefix',
    text: completed(
      'zones:\n  - name: corp.example.com\n    id: /hostedzone/Z1\n    visibility: private\n    allowedNames: ["*.corp.example.com"]\n',
    ),
    problems: ['3:9: "/hostedzone/Z1" is invalid; expected the id of a hosted zone'],
  },
  {
    what: 'a share over the whole',
    text: completed('limits: { changes: 101%, detaches: 5 }\n'),
    problems: ['1:20: "101%" is invalid; expected a number of services, 0 or more, or a share of them from 1% to 100%'],
  },
  {
    what: 'a number below nothing, and a fraction',
    text: completed('limits:\n  changes: -1\n  detaches: 0.5\n'),
    problems: [
      '2:12: -1 is a number; expected a number of services',
      '3:13: 0.5 is a number; expected a number of services',
    ],
  },
  {
    what: 'six domains',
    text: completed(
      'rules:\n  - name: all\n    private: by-tag\n    domains: ["{service}-1.corp.example.com", "{service}-2.corp.example.com", "{service}-3.corp.example.com", "{service}-4.corp.example.com", "{service}-5.corp.example.com", "{service}-6.corp.example.com"]\n',
    ),
    problems: ['4:14: there are 6; expected at most 5 domains, which is what App Runner allows'],
  },
  {
    what: 'an exception without a reason',
    text: completed('exceptions:\n  - match: { services: [old] }\n    until: 2026-06-30\n'),
    problems: ['2:5: "reason" is missing; expected the reason, in words'],
  },
  {
    what: 'an exception whose reason is empty',
    text: completed('exceptions:\n  - match: { services: [old] }\n    until: 2026-06-30\n    reason: " "\n'),
    problems: ['4:13: " " is invalid; expected the reason, in words'],
  },
  {
    what: 'days that do not exist, or are written another way',
    text: completed(
      'exceptions:\n  - { match: { services: [a] }, reason: moving, until: 2026-02-30 }\n  - { match: { services: [b] }, reason: moving, until: 30.06.2026 }\n  - { match: { services: [c] }, reason: moving, until: 20260630 }\n',
    ),
    problems: [
      '2:56: "2026-02-30" is invalid; expected a day that exists, such as 2026-03-31',
      '3:56: "30.06.2026" is invalid',
      '4:56: 20260630 is a number; expected a day that exists',
    ],
  },
  {
    what: 'several errors, all reported at once',
    text: completed('owner: Platform\nregions: [eu-west]\nlimit: {}\nrules:\n  - name: all\n'),
    problems: [
      '1:8: "Platform" is invalid',
      '2:11: "eu-west" is invalid',
      '3:1: "limit" is not a key here; expected "limits"',
      '5:5: "private" is missing; expected required, by-tag or ignored',
    ],
  },
];
