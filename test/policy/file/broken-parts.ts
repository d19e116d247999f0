import type { BrokenFile } from './broken-file.ts';
import { completed } from './valid.ts';

const network = (lines: string) =>
  completed(`networks:\n  - account: "111111111111"\n    region: eu-west-1\n    vpc: vpc-0123456789abcdef0\n${lines}`);
const zone = (lines: string) =>
  completed(`zones:\n  - name: corp.example.com\n    id: Z1\n    visibility: private\n${lines}`);
const rule = (lines: string) => completed(`rules:\n  - name: all\n    private: required\n${lines}`);
const domain = (template: string) => rule(`    domains: ["${template}"]\n`);

/** Parts that contradict each other, and settings that never have an effect. */
export const brokenParts: readonly BrokenFile[] = [
  {
    what: 'no accounts',
    text: 'version: 1\nowner: platform\nregions: [eu-west-1]\nrules: [{ name: all, private: by-tag }]\n',
    problems: ['1:1: no accounts are in scope; expected "accounts" with their ids, or "organization: {}"'],
  },
  {
    what: 'accounts given in two ways',
    text: completed('organization: {}\n'),
    problems: ['1:1: both "accounts" and "organization" are given; expected one of them'],
  },
  {
    what: 'an account twice',
    text: completed('accounts: ["111111111111", "222222222222", "111111111111"]\n'),
    problems: ['1:44: 111111111111 is given twice; expected it once'],
  },
  {
    what: 'a region twice',
    text: completed('regions: [eu-west-1, ap-northeast-1, eu-west-1]\n'),
    problems: ['1:38: eu-west-1 is given twice; expected it once'],
  },
  {
    what: 'a network of an account and a region that are not in scope',
    text: completed('networks:\n  - account: "333333333333"\n    region: us-east-1\n    vpc: vpc-0123456789abcdef0\n'),
    problems: [
      '2:14: account 333333333333 is not in scope; expected one of "accounts" (111111111111, 222222222222)',
      '3:13: region us-east-1 is not in scope; expected one of "regions" (ap-northeast-1, eu-west-1)',
    ],
  },
  {
    what: 'a network of an excluded account',
    text: completed('organization:\n  except: ["111111111111"]\n').replace(/^accounts.*\n/m, ''),
    problems: ['7:14: account 111111111111 is excluded by "organization.except"'],
  },
  {
    what: 'a network of a region that is not in scope of the organisation',
    text: completed(
      'organization: {}\nnetworks:\n  - account: "333333333333"\n    region: us-east-1\n    vpc: vpc-0123456789abcdef0\n',
    ).replace(/^accounts.*\n/m, ''),
    problems: ['4:13: region us-east-1 is not in scope; expected one of "regions" (ap-northeast-1, eu-west-1)'],
  },
  {
    what: 'a rule behind one for all regions in scope',
    text: completed(
      'rules:\n  - { name: a, match: { regions: [eu-west-1, ap-northeast-1] }, private: by-tag }\n  - { name: b, private: by-tag }\n',
    ),
    problems: ['3:5: the rule "b" never applies, because "a" before it matches every service that it matches'],
  },
  {
    what: 'an enforced rule for a region without a network',
    text: completed('rules:\n  - { name: a, match: { regions: [eu-west-1] }, private: required, mode: enforce }\n'),
    problems: ['2:74: the rule needs a VPC for region eu-west-1, and no network has one'],
  },
  {
    what: 'a network twice',
    text: network('  - account: "111111111111"\n    region: eu-west-1\n    vpc: vpc-0123456789abcdef0\n'),
    problems: [
      '7:10: vpc-0123456789abcdef0 is given twice for 111111111111 in eu-west-1; expected one network for each VPC',
    ],
  },
  {
    what: 'an endpoint of two networks',
    text: network(
      '    endpoint: vpce-01234567\n  - account: "222222222222"\n    region: eu-west-1\n    vpc: vpc-abcdef01\n    endpoint: vpce-01234567\n',
    ),
    problems: ['9:15: vpce-01234567 is given to another network already; expected the endpoint of vpc-abcdef01'],
  },
  {
    what: 'settings of an endpoint that is not created',
    text: network('    endpoint: vpce-01234567\n    subnets: [subnet-01234567]\n    allowFrom: [10.0.0.0/8]\n'),
    problems: [
      '6:5: "subnets" has no effect beside "endpoint", because no endpoint is created; expected one or the other',
      '7:5: "allowFrom" has no effect beside "endpoint"',
    ],
  },
  {
    what: 'settings of a security group that is not created',
    text: network('    securityGroups: [sg-01234567]\n    allowFrom: [10.0.0.0/8]\n'),
    problems: ['6:5: "allowFrom" has no effect beside "securityGroups", because no group is created'],
  },
  {
    what: 'a zone twice',
    text: zone(
      '    allowedNames: ["*.corp.example.com"]\n  - name: corp.example.com\n    id: Z1\n    visibility: public\n    allowedNames: ["*.corp.example.com"]\n',
    ),
    problems: ['7:9: zone Z1 is given twice; expected each zone once'],
  },
  {
    what: 'names that are not of the zone',
    text: zone('    allowedNames: ["*.corp.example.com", "*.example.com", "xcorp.example.com", corp.example.com]\n'),
    problems: [
      '5:42: *.example.com is not a name of the zone corp.example.com; expected corp.example.com or names below it',
      '5:59: xcorp.example.com is not a name of the zone corp.example.com',
    ],
  },
  {
    what: 'an external id without a role',
    text: zone('    externalId: secret-1\n    allowedNames: ["*.corp.example.com"]\n'),
    problems: ['5:5: "externalId" has no effect without "role"; expected both'],
  },
  {
    what: 'two external ids of one role',
    text: zone(
      '    role: arn:aws:iam::111111111111:role/zones\n    externalId: one\n    allowedNames: ["*.corp.example.com"]\n  - name: corp.example.com\n    id: Z2\n    visibility: public\n    role: arn:aws:iam::111111111111:role/zones\n    allowedNames: ["*.corp.example.com"]\n',
    ),
    problems: ['11:11: another zone has this role with the external id one; expected the same here'],
  },
  {
    what: 'two rules of a name',
    text: completed(
      'rules:\n  - { name: web, private: by-tag, match: { services: [web] } }\n  - { name: web, private: required }\n',
    ),
    problems: ['3:13: another rule has the name "web"; expected a name of its own'],
  },
  {
    what: 'a rule after one that matches everything',
    text: completed(
      'rules:\n  - name: all\n    private: by-tag\n  - name: payments\n    match: { services: [pay-*] }\n    private: required\n',
    ),
    problems: [
      '4:5: the rule "payments" never applies, because "all" before it matches every service that it matches; expected it further up',
    ],
  },
  {
    what: 'a rule after one with a wider pattern',
    text: completed(
      'rules:\n  - { name: wide, private: by-tag, match: { services: ["pay-*"] } }\n  - { name: narrow, private: required, match: { services: [pay-api, pay-db-?], regions: [eu-west-1] } }\n',
    ),
    problems: ['3:5: the rule "narrow" never applies, because "wide" before it'],
  },
  {
    what: 'a rule after one that names all accounts there are',
    text: completed(
      'rules:\n  - { name: both, private: by-tag, match: { accounts: ["111111111111", "222222222222"] } }\n  - { name: rest, private: required }\n',
    ),
    problems: ['3:5: the rule "rest" never applies, because "both" before it'],
  },
  {
    what: 'a rule for an account and a region that are not in scope',
    text: completed(
      'rules:\n  - name: all\n    private: by-tag\n    match:\n      accounts: ["333333333333"]\n      regions: [us-east-1]\n',
    ),
    problems: ['5:18: account 333333333333 is not in scope', '6:17: region us-east-1 is not in scope'],
  },
  {
    what: 'a pattern twice',
    text: rule('    match: { services: [web, web] }\n'),
    problems: ['4:30: web is given twice; expected it once'],
  },
  {
    what: 'ignored, and settings without effect',
    text: completed('rules:\n  - name: all\n    private: ignored\n    strategy: auto\n    onDetach: keep-private\n'),
    problems: [
      '4:5: "strategy" has no effect where services are ignored',
      '5:5: "onDetach" has no effect where services are ignored',
    ],
  },
  {
    what: 'names that cannot be claimed',
    text: completed(
      'rules:\n  - name: all\n    private: by-tag\n    names: ["{team}.corp.example.com", "*.example.org", corp.example.com, "_wildcard.example.org", "-.corp.example.com"]\n',
    ),
    problems: [
      '4:13: {team} is not a variable; expected {service}, {account}, {region}',
      '4:40: no zone allows this name; expected a name that matches one of *.corp.example.com',
      '4:57: no zone allows this name',
      '4:75: no zone allows this name',
      '4:100: it does not expand to a domain name',
    ],
  },
  {
    what: 'a name to claim twice',
    text: completed(
      'rules:\n  - { name: all, private: by-tag, names: ["*.corp.example.com", "*.corp.example.com"] }\n',
    ),
    problems: ['2:65: *.corp.example.com is given twice; expected it once'],
  },
  {
    what: 'ignored, and names to claim',
    text: completed(
      'rules:\n  - name: all\n    private: ignored\n    names: ["*.corp.example.com"]\n    adopt: true\n',
    ),
    problems: [
      '4:5: "names" has no effect where services are ignored',
      '5:5: "adopt" has no effect where services are ignored',
    ],
  },
  {
    what: 'ignored, and a cutover',
    text: completed('rules:\n  - name: all\n    private: ignored\n    cutover: auto\n'),
    problems: ['4:5: "cutover" has no effect where services are ignored'],
  },
  {
    what: 'a deadline of a cutover that the tag decides',
    text: completed('rules:\n  - name: all\n    private: by-tag\n    cutoverDeadline: 3d\n'),
    problems: ['4:5: "cutoverDeadline" has no effect where a tag decides; expected "private: required"'],
  },
  {
    what: 'a deadline of a cutover that waits for nothing',
    text: completed(
      'rules:\n  - name: all\n    private: required\n    cutover: immediately\n    cutoverDeadline: 3d\n',
    ),
    problems: ['5:5: "cutoverDeadline" has no effect beside "cutover: immediately"; expected one or the other'],
  },
  {
    what: 'enforced where there is no network',
    text: rule(
      '    mode: enforce\n    match: { accounts: ["111111111111", "222222222222"], regions: [ap-northeast-1] }\n',
    ),
    problems: [
      '4:11: the rule needs a VPC for account 222222222222, region ap-northeast-1, and no network has one; expected it under "networks"',
    ],
  },
  {
    what: 'enforced without any network',
    text: completed('networks: []\nrules:\n  - { name: all, private: required, mode: enforce }\n'),
    problems: ['3:43: the rule needs a VPC, and no network has one; expected it under "networks"'],
  },
  {
    what: 'an unknown variable',
    text: domain('{servce}.corp.example.com'),
    problems: ['4:15: {servce} is not a variable; expected {service}'],
  },
  {
    what: 'a brace alone',
    text: domain('{service.corp.example.com'),
    problems: ['4:15: there is a { or } without the other; expected variables written {service}'],
  },
  {
    what: 'what cannot be a domain name',
    text: domain('{service}.corp_.example.com'),
    problems: ['4:15: it does not expand to a domain name: the label "corp_" has characters other than letters'],
  },
  {
    what: 'a star in the middle',
    text: domain('{service}.*.corp.example.com'),
    problems: ['4:15: it does not expand to a domain name: a wildcard is written _wildcard.example.com'],
  },
  {
    what: 'a template below no zone',
    text: domain('{service}.example.com'),
    problems: ['4:15: no zone allows this name; expected a name that matches one of *.corp.example.com'],
  },
  {
    what: 'a template that never becomes the one name that is allowed',
    text: `${zone('    allowedNames: [app.corp.example.com]\n')}`.replace('{service}.{account}', '{account}'),
    problems: ['17:15: no zone allows this name; expected a name that matches one of app.corp.example.com'],
  },
  {
    what: 'domains without any zone',
    text: completed('zones: []\n'),
    problems: ['13:15: there is no zone to write it in; expected one under "zones"'],
  },
  {
    what: 'one name for every service',
    text: domain('{account}.corp.example.com'),
    problems: ['4:15: every service of this rule would have the same name; expected {service} in it'],
  },
  {
    what: 'a domain twice',
    text: rule('    domains: ["{service}.corp.example.com", "{service}.corp.example.com"]\n'),
    problems: ['4:45: {service}.corp.example.com is given twice'],
  },
  {
    what: 'an exception that has ended',
    text: completed('exceptions:\n  - match: { services: [old] }\n    reason: moving\n    until: 2025-12-31\n'),
    problems: ['4:12: the exception ended on 2025-12-31; expected a later day, or no exception'],
  },
  {
    what: 'an exception for everything',
    text: completed('exceptions:\n  - match: {}\n    reason: holidays\n    until: 2026-12-31\n'),
    problems: ['2:12: the exception is for every service; expected "services", "accounts" or another part'],
  },
  {
    what: 'an exception for an account that is not in scope',
    text: completed(
      'exceptions:\n  - match: { accounts: ["333333333333"] }\n    reason: moving\n    until: 2026-12-31\n',
    ),
    problems: ['2:25: account 333333333333 is not in scope'],
  },
  {
    what: 'an exception from nothing',
    text: completed(
      'exceptions:\n  - { match: { services: [old] }, reason: moving, until: 2026-12-31 }\nrules:\n  - { name: all, private: by-tag }\n',
    ),
    problems: ['2:5: the exception has no effect, because no rule has "private: required"'],
  },
  {
    what: 'an invalid value, and parts that contradict each other',
    text: completed(
      'owner: Platform\nzones:\n  - name: corp.example.com\n    id: Z1\n    visibility: private\n    allowedNames: [example.org]\n',
    ),
    problems: [
      '1:8: "Platform" is invalid',
      '6:20: example.org is not a name of the zone corp.example.com',
      '17:15: no zone allows this name',
    ],
  },
  {
    what: 'an invalid zone: no template is reported because of it',
    text: zone('    allowedNames: ["corp example com"]\n'),
    problems: ['5:20: "corp example com" is invalid; expected a domain name in lower case'],
  },
];
