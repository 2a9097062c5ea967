import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { answerTo, type Call, type Reply } from '../client.ts';
import type { Bench } from '../harness.ts';
import { by, type Provocation, put } from './provocation.ts';

/** What any request may be refused for. */
export const REQUESTS = {
  EntityTooLarge: by(
    'send more than `limits.maxBodySize`; or a form with a larger file than its policy allows',
    put(),
    { limits: { maxBodySize: 3 } },
  ),
  IncompleteBody: {
    how: 'end the connection’s sending side before Content-Length bytes are sent',
    provoke: sendHalf,
  },
  InvalidArgument: by('a malformed Authorization header, and much else: see ArgumentName', {
    key: 'k',
    tamper: (headers) => {
      headers['authorization'] = 'Bearer x';
    },
  }),
  InvalidCRC64: by('`x-oss-hash-crc64ecma` that is not that of the body', {
    ...put('k', { 'x-oss-hash-crc64ecma': '1' }),
  }),
  InvalidDigest: by('Content-MD5 that is not that of the body, or the fault `corrupt-body`', {
    ...put('k', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }),
  }),
  InvalidEncryptionAlgorithmError: by('`x-oss-server-side-encryption: ROT13`', {
    ...put('k', { 'x-oss-server-side-encryption': 'ROT13' }),
  }),
  InvalidObjectName: by('a key that begins with `/` or has more than 1023 bytes', {
    ...put('x'.repeat(1024)),
  }),
  InvalidTag: by('`x-oss-tagging` with more than ten tags, or characters that are not allowed', {
    ...put('k', { 'x-oss-tagging': 'a=%23' }),
  }),
  KmsServiceNotEnabled: by('`x-oss-server-side-encryption: KMS`', {
    ...put('k', { 'x-oss-server-side-encryption': 'KMS' }),
  }),
  MethodNotAllowed: by('`PATCH` on anything', { method: 'PATCH', key: 'k' }),
  MissingContentLength: {
    how: 'a PutObject with neither Content-Length nor chunks',
    provoke: async (bench) => await sendRaw(bench, { method: 'PUT', key: 'k' }, ''),
  },
  NotImplemented: by('a header that PutObject does not know, such as If-Match', {
    ...put('k', { 'if-match': '"x"' }),
  }),
  RequestTimeout: {
    how: 'the option `idleTimeout`, and a body that stops coming',
    options: { idleTimeout: 30 },
    provoke: async ({ client }) => {
      const headers = { 'content-length': '10' };
      const outgoing = client.open({ method: 'PUT', key: 'k', headers });
      outgoing.write('abc');
      const reply = await answerTo(outgoing);
      outgoing.destroy();
      return reply;
    },
  },
} satisfies Record<string, Provocation>;

function sendHalf(bench: Bench): Promise<Reply> {
  return sendRaw(bench, { method: 'PUT', key: 'k', headers: { 'content-length': '10' } }, 'abc');
}

/** Sends exactly the head of the call and these bytes, and ends its side. */
async function sendRaw({ client, emulator }: Bench, call: Call, body: string): Promise<Reply> {
  const { method, path, headers } = client.prepare(call);
  const head = Object.entries({ connection: 'close', ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const socket = connect(Number(new URL(emulator.origin).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.end(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
  await once(socket, 'close');
  return readRaw(Buffer.concat(chunks).toString());
}

function readRaw(answer: string): Reply {
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers: IncomingHttpHeaders = Object.fromEntries(
    lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.slice(line.indexOf(': ') + 2)]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: Buffer.from(text), text };
}
