import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { ensurePackaged } from '../../build/package.ts';
import { logicalIds, type PackagedTemplate, properties, readTemplate } from './template.ts';

const STACK = 'apprunner-private-ingress-main';
let template: PackagedTemplate;
let runbook: string;
beforeAll(async () => {
  template = await readTemplate((await ensurePackaged()).template);
  runbook = await readFile(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
}, 120_000);

const alarms = () =>
  logicalIds(template, 'AWS::CloudWatch::Alarm').map((id) => [id, properties(template, id)] as const);
const nameOf = (alarm: Readonly<Record<string, unknown>>) => String(alarm.AlarmName).replace(`${STACK}-`, '');

it('each alarm has a page in the runbook, and each page an alarm', () => {
  const pages = [...runbook.matchAll(/^## (.+)$/gm)].map(([, name]) => name);
  expect(pages.toSorted()).toEqual(
    alarms()
      .map(([, alarm]) => nameOf(alarm))
      .toSorted(),
  );
});

it('each page says what the alarm means, what to look at with a command, and what to do', () => {
  for (const page of runbook.split(/^## /m).slice(1))
    expect(page).toMatch(/\*\*Means\.\*\* [\s\S]+\*\*Look at\*\*\n```sh\n[\s\S]+```[\s\S]*\*\*Do\.\*\* /);
});

it('the description of each alarm links to its page', () => {
  for (const [id, alarm] of alarms()) {
    const text = JSON.stringify(alarm.AlarmDescription);
    expect(text, id).toContain(`\${Docs}/runbook.md#${nameOf(alarm)}"`);
    expect(text, id).toContain('{"Fn::If":["HasDocsUrl",{"Ref":"DocsUrl"},"docs"]}');
  }
});

it('each alarm tells its topic when it begins and when it ends', () => {
  const actions = { 'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }] };
  for (const [id, alarm] of alarms()) expect(alarm, id).toMatchObject({ AlarmActions: actions, OKActions: actions });
});

it('the dashboard shows every alarm, and metrics that the stack has', () => {
  const [text] = Object(properties(template, 'Dashboard').DashboardBody)['Fn::Sub'];
  for (const [id] of alarms()) expect(text).toContain(`\${${id}.Arn}`);
});
