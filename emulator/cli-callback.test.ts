import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { verifyCallback } from './callbacks/signature.ts';
import { readCallbackOptions } from './cli-callback.ts';
import { answerWith, startAppServer } from './testing/app-server.ts';
import { readFixture } from './testing/fixtures.ts';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'callback', ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

async function readText(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

test('a good server: it can fetch the key, and its JSON is shown', async () => {
  const { ownKey } = readFixture('callbacks.json') as {
    ownKey: { publicKeyPem: string; privateKeyPem: string };
  };
  const directory = await mkdtemp(join(tmpdir(), 'emulator-callback-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'key.pem'), ownKey.privateKeyPem);
  let pem = '';
  const app = await startAppServer((message, response) => {
    const url = Buffer.from(String(message.headers['x-oss-pub-key-url']), 'base64').toString();
    void readText(url).then((text) => {
      pem = text;
      return answerWith('{"Status":"OK"}')(message, response);
    });
  });
  const body = ['--body', '{"key":${object},"size":${size},"v":${x:v}}'];
  const more = ['--body-type', 'application/json', '--size', '5', '--var', 'x:v=a=b'];
  const key = ['--private-key', join(directory, 'key.pem')];
  const result = await run(app.url, '--object', 'a/中.mp4', ...body, ...more, ...key);
  expect(result.stderr).toBe('');
  expect(result.stdout).toMatch(
    /^answered 200 after \d+ ms\nan upload would be answered 200: \{"Status":"OK"\}\n$/,
  );
  expect(result.code).toBe(0);
  const seen = app.seen[0];
  expect(seen?.body).toBe('{"key":"a/中.mp4","size":5,"v":"a=b"}');
  expect(pem).toBe(ownKey.publicKeyPem);
  const signed = { path: '/cb', query: '', body: seen?.body ?? '' };
  expect(verifyCallback(signed, seen?.headers['authorization'] ?? '', pem)).toBe(true);
});

test('a bad server: the service’s message, and a hint', async () => {
  const app = await startAppServer(answerWith('\ufeff{}'));
  const { code, stdout } = await run(app.url, '--object', 'k');
  expect(stdout).toMatch(
    /^answered 200 after \d+ ms\nan upload would be answered 203 CallbackFailed: Response body is not valid json format\.\n.*byte order mark/,
  );
  expect(code).toBe(1);
});

test('a server that is silent', async () => {
  const app = await startAppServer(() => undefined);
  const { code, stdout } = await run(app.url, '--object', 'k', '--timeout', '50');
  expect(stdout).toMatch(/^answered nothing after \d+ ms\n.*reply timeout, cost:50ms/);
  expect(code).toBe(1);
});

test('what no upload could ask for', async () => {
  const { code, stdout, stderr } = await run('http://93.184.216.34/', '--object', 'k');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('Foreign address is forbidden');
});

test('--help', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--object KEY');
});

test.each([
  [[], 'expected one URL'],
  [['http://a', 'http://b', '--object', 'k'], 'expected one URL'],
  [['http://a'], '--object: expected a key'],
  [['http://a', '--object', 'k', '--size', 'big'], '--size: expected a number, got big'],
  [['http://a', '--object', 'k', '--var', 'v=1'], '--var: expected x:name=value'],
  [['http://a', '--object', 'k', '--var', 'x:V=1'], '--var: expected x:name=value'],
  [['http://a', '--objekt', 'k'], "Unknown option '--objekt'; see callback --help"],
])('%j is refused', (args, message) => {
  expect(() => readCallbackOptions(args)).toThrow(message);
});
