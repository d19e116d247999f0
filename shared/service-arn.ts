/** The parts of an ARN `arn:aws:apprunner:REGION:ACCOUNT:service/NAME/ID` (docs/facts.md#service-arn). */
export interface ServiceIdentity {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly id: string;
}

/** Characters of the name as the API model has them: no line end, space or control character gets into a log or a terminal by an ARN. */
const SERVICE_ARN =
  /^arn:(aws[a-z-]*):apprunner:([a-z0-9-]+):(\d{12}):service\/([A-Za-z0-9][A-Za-z0-9_-]{0,39})\/([0-9a-f]{32})$/;

/** `undefined` when `arn` is not the ARN of an App Runner service. */
export function parseServiceArn(arn: string): ServiceIdentity | undefined {
  const match = SERVICE_ARN.exec(arn);
  if (match === null) return undefined;
  const [, partition = '', region = '', account = '', name = '', id = ''] = match;
  return { arn, partition, region, account, name, id };
}
