import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../conformance/options.ts';

const parsed = (text: string, environment = {}) => parseOptions(text.split(' ').filter(Boolean), environment);
const AWS = '--aws --region eu-west-1 --vpc vpc-1';

describe('the options of conformance', () => {
  it('ask an embedded cloud by default, and nothing of AWS whatever the environment says', () => {
    expect(parsed('--json a.json', { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toEqual({
      command: 'embedded',
      json: 'a.json',
      markdown: undefined,
    });
  });

  it('ask AWS with a report of its own, and ask first', () => {
    expect(parsed(AWS)).toMatchObject({
      command: 'remote',
      yes: false,
      json: 'conformance-report.json',
      markdown: 'conformance-report.md',
      remote: { endpoint: undefined, region: 'eu-west-1', vpcId: 'vpc-1', journal: '.conformance' },
    });
    expect(parsed(`${AWS} --yes`)).toMatchObject({ yes: true });
    expect(parsed('--aws --vpc vpc-1', { AWS_REGION: 'us-east-1' })).toMatchObject({ remote: { region: 'us-east-1' } });
  });

  it('never take another endpoint for AWS', () => {
    const environment = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
    expect(parsed(AWS, environment)).toMatchObject({
      remote: { endpoint: 'http://127.0.0.1:4566' },
      yes: true,
      json: undefined,
    });
    expect(parsed('--endpoint https://aws.example.com --region eu-west-1')).toMatchObject({ yes: false });
  });

  it('remove what is left', () => {
    expect(parsed('--aws --region eu-west-1 --clean --yes')).toMatchObject({ command: 'clean', yes: true });
  });

  it('print help, and record a report', () => {
    expect(parsed('--help --nothing=1'.split(' ')[0] ?? '')).toEqual({ command: 'help' });
    expect(parsed('--record a.json')).toEqual({ command: 'record', report: 'a.json' });
  });

  it.each([
    ['--aws --vpc vpc-1', 'Pass --region, or set AWS_REGION.'],
    ['--aws --region eu-west-1', 'Pass the VPC of the endpoint: --vpc vpc-…'],
    ['--endpoint 4566 --region eu-west-1', '"4566" is not a URL.'],
    ['--vpc vpc-1', '--vpc is an option of --aws and --endpoint.'],
    ['--clean', '--clean is an option of --aws and --endpoint.'],
    ['--nothing', "Unknown option '--nothing'"],
  ])('refuse %s', (text, message) => {
    expect(() => parsed(text)).toThrow(message);
  });
});
