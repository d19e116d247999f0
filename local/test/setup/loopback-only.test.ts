import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';

// 192.0.2.0/24 and example.com are reserved for documentation. No server would answer, but the query must not even leave.
describe('the network in tests', () => {
  it('is refused by TCP', () => {
    expect(() => connect(80, '192.0.2.1')).toThrow('a test wants to reach 192.0.2.1');
    expect(() => connect({ port: 80, host: 'example.com' })).toThrow('a test wants to reach example.com');
  });

  it('is refused to HTTP clients', async () => {
    await expect(fetch('http://example.com/')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('a test wants to reach example.com') },
    });
  });

  it('is refused by UDP', () => {
    const socket = createSocket('udp4');
    expect(() => socket.send('question', 53, '192.0.2.1')).toThrow('a test wants to reach 192.0.2.1');
    socket.close();
  });

  it('is open on loopback', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const [text] = await once(connect(port, '127.0.0.1').setEncoding('utf8'), 'data');
    expect(text).toBe('hello');
    server.close();
  });
});
