import { describe, expect, test } from 'vitest';
import { STACK_NAME } from '../../demo/product-stack.ts';
import { run } from '../demo/program.ts';
import { start, TAGS } from '../installation/worlds.ts';
import { type } from './command-line.ts';
import { planIn } from './embedded.ts';

const SERVICE = 'arn:aws:apprunner:ap-northeast-1:123456789012:service/hello/0123456789abcdef0123456789abcdef';

describe('npm run plan says what is wrong', () => {
  test.each([
    ['no service', [], "missing required argument 'service'\nSee private-ingress plan --help."],
    ['two ARNs', [SERVICE, SERVICE], 'too many arguments'],
    [
      'an ARN of something else',
      ['arn:aws:s3:::bucket'],
      '"arn:aws:s3:::bucket" is neither the name nor the ARN of an App Runner service',
    ],
    ['a slip in an option', [SERVICE, '--jsno'], "unknown option '--jsno'\n(Did you mean --json?)"],
  ])('%s: 2', async (_, args, message) => {
    const { code, stdout, stderr } = await type(['plan', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('an endpoint where nothing answers: 1, with the variable that says so', async () => {
    // Nothing listens on port 1.
    const AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const { code, stdout, stderr } = await run('cli/main.ts', ['plan', SERVICE], { AWS_ENDPOINT_URL });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Nothing answers at AWS_ENDPOINT_URL \(http:\/\/127\.0\.0\.1:1\): .*npm start/);
  });

  test('a stack that is not there: 1, with what to give instead', async () => {
    const world = await start();
    const { code, stdout, stderr } = await planIn(world, [SERVICE, '--function', 'none']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      "There is no function none in ap-northeast-1: name the stack's reconcile function with --function, or, without a stack, set ALLOWED_ZONES and ALLOWED_NAMES.\nA stack in another region or account says itself what it would do: status <service>.\n",
    );
  });

  test('settings of the environment that do not do: 1, with every one of them', async () => {
    const world = await start();
    const settings = { ALLOWED_ZONES: 'Z1', DETACH_GRACE: 'soon' };
    const { code, stdout, stderr } = await planIn(world, [SERVICE, '--function', 'none'], settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('ALLOWED_NAMES is not set');
    expect(stderr).toContain('DETACH_GRACE: takes a number and a unit');
  });

  test('a key that may not read: 1, with the call that was refused', async () => {
    const world = await start();
    const { iam, lambda } = world.cloud;
    // The role of the function that may do least.
    const { roleArn } = lambda.get(`arn:aws:lambda:ap-northeast-1:123456789012:function:${STACK_NAME}-probe`);
    const { accessKeyId, secretAccessKey, sessionToken } = iam.issueRoleCredentials(roleArn);
    const { code, stdout, stderr } = await planIn(world, [SERVICE], {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/cannot be read in ap-northeast-1: .*is not authorized to perform/);
    expect(stderr).toContain('the call is lambda:GetFunctionConfiguration');
  });
});

describe('npm run plan without a stack', () => {
  test('takes its settings from the environment, and knows of nothing that was written', async () => {
    const world = await start();
    const arn = await world.createService('hello', TAGS);
    const { privateZoneId, publicZoneId, vpcId } = world.network;
    const { code, stdout, stderr } = await planIn(world, [arn, '--json', '--function', 'none'], {
      ALLOWED_ZONES: `${privateZoneId},${publicZoneId}`,
      ALLOWED_NAMES: '*.example.com',
      VPC_ID: vpcId,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      settingsFrom: 'environment; policy: the parameters',
      desired: { kind: 'private', vpcId },
      timeline: [],
    });
  });

  test('--help shows how to give them', async () => {
    const { code, stdout, stderr } = await type(['plan', '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Wherever its lines end.
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('ALLOWED_ZONES, ALLOWED_NAMES, VPC_ID');
  });
});
