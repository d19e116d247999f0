/** The parts of a policy that is right, by key. */
export const parts = {
  version: 'version: 1\n',
  owner: 'owner: platform\n',
  accounts: 'accounts: ["111111111111", "222222222222"]\n',
  regions: 'regions: [ap-northeast-1, eu-west-1]\n',
  networks: `networks:
  - account: "111111111111"
    region: ap-northeast-1
    vpc: vpc-0123456789abcdef0
`,
  zones: `zones:
  - name: corp.example.com
    id: Z0123456789ABCDEFGHIJ
    visibility: private
    allowedNames: ["*.corp.example.com"]
`,
  rules: `rules:
  - name: all
    private: required
    domains: ["{service}.{account}.corp.example.com"]
`,
} as const;

/** The lines given, and after them what they leave out of a policy that is right: so lines are counted from the first. */
export function completed(lines: string): string {
  const rest = Object.entries(parts).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(lines));
  return `${lines.endsWith('\n') ? lines : `${lines}\n`}${rest.map(([, text]) => text).join('')}`;
}
