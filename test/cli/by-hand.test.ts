import { ListTagsForResourceCommand } from '@aws-sdk/client-apprunner';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { functionArn } from '../installation/installation.ts';
import { DOMAIN, readyService, start, TAGS } from '../installation/worlds.ts';
import { deskAt } from './embedded-desk.ts';
import { Screen } from './screen.ts';

const lines = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('by hand, against the API of an installation', () => {
  test('a new service is attached by its name, watched until it is ready, and detached', async () => {
    const world = await start();
    const arn = await world.createService('hello');
    const type = await deskAt(world);

    const attached = await type(['attach', 'hello', DOMAIN, '--wait']);
    expect({ code: attached.code, stderr: attached.stderr }).toEqual({ code: 0, stderr: '' });
    expect(attached.stdout).toContain(`  + private-ingress = enabled\n  + private-ingress:domains = ${DOMAIN}\n`);
    expect(attached.stdout).toMatch(/Z {2}requested attach: .* \(by arn:aws:iam::\d+:root\)\n/);
    for (const step of ['create the App Runner interface endpoint', 'make the service private', `create A ${DOMAIN}`]) {
      expect(attached.stdout.split(`Z  ${step}`), step).toHaveLength(2);
    }
    expect(attached.stdout).toMatch(/Z {2}waiting, at most until .*: the endpoint vpce-\w+ is pending\n/);
    expect(attached.stdout).toMatch(/\nready after \d+ s\n$/);
    expect(await world.row(arn)).toMatchObject({ phase: 'ready' });

    expect((await type(['list'])).stdout).toMatch(
      new RegExp(
        `^NAME +PHASE +FINDINGS +DOMAINS.*\nhello +ready +${DOMAIN} +123456789012 +ap-northeast-1 +\\w{32}\n$`,
      ),
    );
    const status = await type(['status', 'hello']);
    expect({ code: status.code, stderr: status.stderr }).toEqual({ code: 0, stderr: '' });
    expect(status.stdout).toContain('phase            ready, answers over HTTPS from inside the VPC\n');
    expect(status.stdout).toMatch(/What happened\n {2}\S+Z {2}[\s\S]*Z {2}requested attach: [\s\S]*Z {2}ready\n$/);
    expect(lines((await type(['status', arn, '--json'])).stdout)).toMatchObject([{ arn, phase: 'ready' }]);

    const detached = await type(['detach', 'hello', '--wait', '--json']);
    expect({ code: detached.code, stderr: detached.stderr }).toEqual({ code: 0, stderr: '' });
    const [accepted, ...events] = lines(detached.stdout);
    expect(accepted).toMatchObject({ asked: 'detach', tags: { set: { 'private-ingress': 'disabled' } } });
    expect(events.at(-1)).toMatchObject({ event: 'ended', arn, phase: 'detached' });
    expect(events).toContainEqual(expect.objectContaining({ event: 'phase', phase: 'detaching' }));
    expect(world.dig(DOMAIN)).toEqual([]);
  });

  test('in a terminal, what is under way is drawn in place, and only what happened stays', async () => {
    const world = await start();
    await world.createService('hello', TAGS);
    const type = await deskAt(world);
    const { code, stdout } = await type(['watch', 'hello'], {
      terminal: { columns: 100, rows: 24 },
      environment: { NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    // Drawn again and again …
    expect(stdout.split('\u001b[J').length).toBeGreaterThan(8);
    expect(stdout).toMatch(/[⠀-⣿] attaching {2}\d+ s/u);
    // … and in the end, nothing of it is left.
    const screen = new Screen(stdout, 100);
    expect(screen.cursorIsHidden).toBe(false);
    expect(screen.text).not.toMatch(/[⠀-⣿]/u);
    expect(screen.text).toMatch(/^\S+ {2}waiting-for-service\n[\s\S]* {2}ready\nready after \d+ s$/);
  });

  test('what needs a person: findings, and 3', async () => {
    const world = await start();
    const domains = `hello.example.org ${DOMAIN}`;
    const arn = await world.createService('hello', { ...TAGS, 'private-ingress:domains': domains });
    await world.until(arn, 'blocked');
    const type = await deskAt(world);
    const found = await type(['findings']);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(
      /^error domain-not-allowed {2}hello \(123456789012 ap-northeast-1\) {2}since .*\n {2}hello\.example\.org .*\n {2}Use a name/,
    );
    expect((await type(['findings', '--severity', 'info'])).code).toBe(0);
    expect((await type(['findings', '--finding', 'contested'])).stderr).toBe('No open finding matches.\n');
    expect((await type(['status', 'hello'])).code).toBe(3);
    const watched = await type(['watch', 'hello']);
    expect(watched.code).toBe(3);
    expect(watched.stdout).toMatch(/blocked after 0 s, with 1 finding that needs a person\n$/);
    expect(lines((await type(['list', '--phase', 'blocked', '--json'])).stdout)).toMatchObject([
      { arn, phase: 'blocked' },
    ]);
    expect((await type(['list', '--phase', 'ready'])).stderr).toContain('No known service matches.');
  });

  test('what is not allowed is refused, with the place and what to do, and what is allowed is requested', async () => {
    const { world, arn } = await readyService();
    const type = await deskAt(world);
    const { code, stdout, stderr } = await type(['attach', 'hello', 'hello.example.org', '--yes']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Request not allowed\n {2}domain: .*hello\.example\.org does not match/);
    expect(stderr).toMatch(/\(not-allowed in docs\/api-errors\.md, urn:request:/);
    expect((await world.row(arn))?.desired).toMatchObject({ domains: [DOMAIN] });
    for (const [option, id, command] of [
      ['--vpc', 'vpc-0123456789abcdef0', 'describe-vpcs'],
      ['--endpoint', 'vpce-0123456789abcdef0', 'describe-vpc-endpoints'],
    ] as const) {
      const missing = await type(['attach', 'hello', option, id]);
      expect({ code: missing.code, stdout: missing.stdout }).toEqual({ code: 2, stdout: '' });
      expect(missing.stderr).toMatch(
        new RegExp(`\\n {2}${option}: \\w+-not-found: ${id} .*\\n.*"aws ec2 ${command} --region`),
      );
    }
    expect((await world.row(arn))?.desired).toMatchObject({ vpcId: world.network.vpcId });

    for (const [words, asked, set] of [
      [['adopt', 'hello', DOMAIN], 'adopt', { 'private-ingress:adopt': DOMAIN }],
      [['attach', 'hello', '--strategy', 'endpoint'], 'attach', { 'private-ingress:alias': 'endpoint' }],
      [['attach', 'hello', '--clear', 'strategy'], 'attach', {}],
      [['reconcile', 'hello'], 'reconcile', {}],
      [['release', 'hello'], 'release', { 'private-ingress': 'released' }],
    ] as const) {
      const answer = await type([...words, '--json']);
      expect({ code: answer.code, stderr: answer.stderr }).toEqual({ code: 0, stderr: '' });
      expect(lines(answer.stdout)).toMatchObject([{ asked, tags: { set } }]);
    }
  });

  test('a list of domains replaces the old one only when confirmed; --add and --remove keep the others', async () => {
    const { world, arn } = await readyService();
    const type = await deskAt(world);
    const domains = async () => {
      const { Tags = [] } = await world.appRunner.send(new ListTagsForResourceCommand({ ResourceArn: arn }));
      return Tags.find(({ Key }) => Key === 'private-ingress:domains')?.Value;
    };

    const refused = await type(['attach', 'hello', 'new.example.com']);
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`hello loses ${DOMAIN}: the stack removes the record and the certificate.`);
    expect(refused.stderr).toContain('Pass --yes to replace the list, or --add <domain>');
    const declined = await type(['attach', 'hello', 'new.example.com'], { answer: 'n' });
    expect(declined).toMatchObject({ code: 0, stdout: 'Nothing was changed.\n' });
    expect(await domains()).toBe(DOMAIN);

    expect((await type(['attach', 'hello', '--add', 'new.example.com'])).code).toBe(0);
    expect(await domains()).toBe(`${DOMAIN} new.example.com`);
    expect(await type(['attach', 'hello', '--remove', 'old.example.com'])).toMatchObject({
      code: 2,
      stderr: `--remove old.example.com: hello has the domains ${DOMAIN}, new.example.com.\n`,
    });
    expect((await type(['attach', 'hello', '--remove', DOMAIN])).code).toBe(0);
    expect(await domains()).toBe('new.example.com');
    expect((await type(['attach', 'hello', DOMAIN], { answer: 'y' })).code).toBe(0);
    expect(await domains()).toBe(DOMAIN);
    expect((await type(['attach', 'hello', '--clear', 'domains'])).code).toBe(0);
    expect(await domains()).toBe('');
    expect((await type(['attach', 'hello', DOMAIN, '--add', DOMAIN])).code).toBe(2);
  });

  test('watching is given up after the time given: 1, and the service goes its way', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    const type = await deskAt(world);
    const { code, stderr } = await type(['watch', 'hello', '--timeout', '2s']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Timed out after \d s\. The service is still [a-z-]+; reconciliation continues\.\n$/);
    await world.until(arn, 'ready');
  });

  test('the kill switch is on: status and plan say so, and watching ends', async () => {
    const { world } = await readyService();
    const type = await deskAt(world);
    expect(await type(['kill-switch', 'on'])).toMatchObject({ code: 0 });
    const kept = /Kept, because the kill switch .* is on/;
    expect((await type(['status', 'hello'])).stdout.replace(/\s+/g, ' ')).toMatch(kept);
    // Nothing is kept of a service that is as it should be.
    expect((await type(['status', 'hello'])).code).toBe(0);
    const attached = await type(['attach', 'hello', '--add', 'www.example.com', '--wait']);
    expect(attached).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/ after \d+ .*\nKept, because the kill switch/),
    });
    expect((await type(['status', 'hello'])).code).toBe(3);
    expect((await type(['plan', 'hello'])).stdout.replace(/\s+/g, ' ')).toMatch(/Would be done if nothing kept it 1\./);
    expect((await type(['watch', 'hello', '--json'])).stdout).toMatch(/"event":"ended".*"waitsFor":"Kept, because/);
  });

  test('a service whose name is nearly right: did you mean', async () => {
    const { world } = await readyService();
    const type = await deskAt(world);
    expect(await type(['status', 'helo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "hello"?'),
    });
    expect(await type(['plan', 'helo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "hello"?'),
    });
  });

  test('an unknown service: 2, and how to name one', async () => {
    const world = await start();
    const type = await deskAt(world);
    expect(await type(['status', 'nobody'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No service is named "nobody"'),
    });
    expect(await type(['status', 'arn:aws:s3:::bucket'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not a service: give its ARN'),
    });
  });

  test('without --local: the API of the stack, found by its outputs, as AWS_ENDPOINT_URL and the keys say', async () => {
    const { world, arn } = await readyService();
    const type = await deskAt(world);
    vi.stubEnv('AWS_ENDPOINT_URL', type.aws);
    expect(lines((await type(['list', '--json'])).stdout)).toMatchObject([{ arn }]);
    // The region is that of services, and not of the stack.
    expect(await type(['list', '--region', 'us-east-1'])).toMatchObject({ code: 0, stdout: '' });
    expect(await type(['findings', '--region', 'us-east-1'])).toMatchObject({ code: 0, stdout: '' });
    expect((await type(['list', '--stack', 'none'])).stderr).toMatch(
      /^There is no stack none in ap-northeast-1\. .*--api/,
    );

    // The role of the function that may do least.
    const { roleArn } = world.cloud.lambda.get(functionArn('probe'));
    const { accessKeyId, secretAccessKey, sessionToken } = world.cloud.iam.issueRoleCredentials(roleArn);
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
    const { code, stdout, stderr } = await type(['list']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The call is cloudformation:DescribeStacks; with --api it is not needed.');
    const api = `https://${world.stack.outputs.HttpApiId}.execute-api.ap-northeast-1.amazonaws.com`;
    expect((await type(['detach', arn, '--api', api])).stderr).toMatch(
      /^API Gateway refused the request: Forbidden \(.*execute-api:Invoke.*\)\n/,
    );
    expect(await world.row(arn)).toMatchObject({ phase: 'ready' });
  });
});
