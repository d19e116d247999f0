/** A word as a POSIX shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

type Value = string | number | true | object;

/**
 * A line for the AWS CLI, ready to paste: structures and lists as JSON, `true` as a bare option.
 *
 * `awsCommand('ec2 modify-vpc-attribute', { 'vpc-id': 'vpc-1', 'enable-dns-support': { Value: true } })`
 */
export function awsCommand(operation: string, options: Readonly<Record<string, Value | readonly string[]>>): string {
  const words = Object.entries(options).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
      return [`--${name}`, ...value.map(shellWord)];
    return [`--${name}`, shellWord(typeof value === 'object' ? JSON.stringify(value) : String(value))];
  });
  return ['aws', operation, ...words].join(' ');
}
