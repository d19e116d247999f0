/** Something that CloudFormation would refuse, or that cannot be meant so. */
export interface Mistake {
  /** `Resources/Table/Properties/KeySchema/0` */
  readonly path: string;
  readonly message: string;
}

export type LintedValue = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is LintedValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const json = (value: unknown): LintedValue => (isJson(value) ? value : {});

/** One of CloudFormation's functions. */
export interface Intrinsic {
  /** `Ref`, `Fn::GetAtt` … */
  readonly name: string;
  readonly argument: unknown;
}

/** An object whose only member is `Ref` or begins with `Fn::`. */
export function intrinsic(value: unknown): Intrinsic | undefined {
  const [[name, argument] = ['', undefined], ...others] = isJson(value) ? Object.entries(value) : [];
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::')) ? { name, argument } : undefined;
}

/** Documented: "Pseudo parameters reference". */
export const PSEUDO_PARAMETERS = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];
