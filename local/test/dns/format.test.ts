import { describe, expect, it } from 'vitest';
import { digFull, digShort } from '../../src/dns/format.ts';
import { alias, CREATE, record } from '../route53/client.ts';
import { dnsSetting, PUBLIC, SERVICE, TOKYO, VPC } from './setting.ts';

async function asked() {
  const made = dnsSetting();
  await made.change(
    await made.zone('example.com'),
    CREATE(alias('app.example.com', SERVICE, TOKYO)),
    CREATE(record('*.example.com', 'CNAME', 'app.example.com')),
  );
  return made.ask;
}

describe('dig', () => {
  it('+short prints the values, and nothing for no answer', async () => {
    const ask = await asked();
    expect(digShort(ask(VPC, 'www.example.com', 'A'))).toBe('app.example.com.\n10.0.22.10\n10.0.21.218');
    expect(digShort(ask(PUBLIC, 'app.example.com', 'A'))).toBe('');
  });

  it('prints the whole answer', async () => {
    const ask = await asked();
    expect(digFull({ name: '*.example.com', type: 'A' }, ask(VPC, '*.example.com', 'A'))).toBe(
      `;; ->>HEADER<<- opcode: QUERY, status: NOERROR
;; flags: qr rd ra; QUERY: 1, ANSWER: 3, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;*.example.com.\t\tIN\tA

;; ANSWER SECTION:
*.example.com.\t300\tIN\tCNAME\tapp.example.com.
app.example.com.\t60\tIN\tA\t10.0.22.10
app.example.com.\t60\tIN\tA\t10.0.21.218
`,
    );
  });

  it('prints who says no', async () => {
    const ask = await asked();
    const printed = digFull({ name: 'app.example.com', type: 'TXT' }, ask(PUBLIC, 'app.example.com', 'TXT'));
    expect(printed).toContain('status: NOERROR\n;; flags: qr aa rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1,');
    expect(printed).toMatch(
      /;; AUTHORITY SECTION:\nexample\.com\.\t900\tIN\tSOA\tns-\d+\.awsdns-\d+\.com\. awsdns-hostmaster/,
    );
    expect(printed).not.toContain('ANSWER SECTION');
  });
});
