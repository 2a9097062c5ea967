import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { transformWithOxc } from 'vite';
import { afterEach, expect, test } from 'vitest';
import { CONTROLS } from './control/controls.ts';
import { createEmulator, type Emulator, type TemporaryCredentials } from './index.ts';
import { answerTo, bytes, type Reply, TestClient, until } from './testing/client.ts';
import { useEmulator } from './testing/harness.ts';

// What the README shows is run here as it stands there.

const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');

const bench = useEmulator({ buckets: ['videos'] });

const started: Emulator[] = [];

afterEach(async () => {
  for (const emulator of started.splice(0)) await emulator.close();
});

/** What samples call to start an emulator of their own. */
async function startForSample(...given: Parameters<typeof createEmulator>): Promise<Emulator> {
  const emulator = await createEmulator(...given);
  started.push(emulator);
  return emulator;
}

/** The code under test of the samples: three parts, all in flight at one time, each sent again if its connection dies. */
async function uploadWith(origin: string, keys: TemporaryCredentials): Promise<void> {
  const emulator = [bench.emulator, ...started].find((each) => each.origin === origin);
  if (emulator === undefined) throw new Error(`nothing runs at ${origin}`);
  const client = new TestClient(emulator);
  const call = { bucket: 'videos', keys };
  const key = 'holiday.mp4';
  const uploadId = await client.initiate(key, call);
  const bodies = [1, 2, 3].map((seed) => bytes(110_000, seed));
  const earlier = emulator.log.length;
  const attempts = bodies.map((body, index) => {
    const query = { partNumber: String(index + 1), uploadId };
    const outgoing = client.open({ ...call, method: 'PUT', key, query, headers: lengthOf(body) });
    outgoing.write(body.subarray(0, 1));
    return { outgoing, answer: answerTo(outgoing), body, number: index + 1 };
  });
  await until(() => emulator.log.length === earlier + 3);
  const parts = attempts.map(async ({ outgoing, answer, body, number }) => {
    outgoing.end(body.subarray(1));
    const again = (): Promise<Reply> => client.uploadPart(key, uploadId, number, body, call);
    const { headers } = await answer.catch(again);
    return [number, headers.etag ?? ''] as [number, string];
  });
  expect((await client.complete(key, uploadId, await Promise.all(parts), call)).status).toBe(200);
  client.close();
}

function lengthOf(body: Buffer): Record<string, string> {
  return { 'content-length': String(body.length) };
}

/** The fenced blocks of a language. */
function blocks(language: string): string[] {
  const fences = README.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...fences].filter(([, name]) => name === language).map(([, , code = '']) => code);
}

/** The code spans in the first column of the table that begins so. */
function firstColumn(header: string): string[] {
  const [, rows = ''] = README.split(`| ${header} |`);
  const table = rows.slice(0, rows.indexOf('\n\n'));
  const cells = table
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ')[0] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
}

/** Runs code as the body of an asynchronous function that knows these names. */
async function runCode(code: string, names: Record<string, unknown>): Promise<unknown> {
  const { constructor: AsyncFunction } = Object.getPrototypeOf(runCode) as {
    constructor: new (...parts: string[]) => (...values: unknown[]) => Promise<unknown>;
  };
  return new AsyncFunction(...Object.keys(names), code)(...Object.values(names));
}

const SAMPLES = blocks('ts').map((code) => [code.trim().split('\n', 2).join(' '), code] as const);

test.each(SAMPLES)('%s', async (_, code) => {
  const { code: plain } = await transformWithOxc(`{${code.replace(/^import .*$/gm, '')}}`, 'a.ts');
  const end = runCode(plain, {
    createEmulator: startForSample,
    emulator: bench.emulator,
    credentials: bench.emulator.issueCredentials(),
    uploadWith,
    expect,
    console: { log: () => undefined },
  });
  expect(await end).toBeUndefined();
});

test.each(firstColumn('`fault`'))('%s', async (code) => {
  const fault: unknown = await runCode(`return ${code}`, {});
  await control('POST', '/faults', JSON.stringify({ fault }));
  expect(bench.emulator.faults.list()).toMatchObject([{ rule: { fault } }]);
});

const CALLS = blocks('sh').flatMap((code) =>
  code.split('\n').filter((line) => line.startsWith('curl')),
);

test.each(CALLS)('%s', async (line) => {
  const [, method, body, path = ''] =
    /^curl (?:-X (\w+) )?(?:-d '(.*)' )?http:\/\/127\.0\.0\.1:9000\/__emulator(\S*)$/.exec(line) ??
    [];
  expect(await control(method ?? (body === undefined ? 'GET' : 'POST'), path, body)).toBe(
    'understood',
  );
});

/** What the table of requests leaves out. */
const BODIES: Readonly<Record<string, string>> = {
  '/faults': '{ "fault": { "type": "reset" } }',
  '/users': '{ "accessKeyId": "alice", "accessKeySecret": "secret", "statements": [] }',
  '/roles': '{ "name": "uploader", "statements": [] }',
};

const REQUESTS = firstColumn('request').map((text) => {
  const [, names = '', path = '', body] = /^([A-Z, ]*)(\/\S*)(?: (\{.*\}))?$/.exec(text) ?? [];
  return { names, path, body: body ?? BODIES[path] };
});

test.each(REQUESTS.map(({ names, path, body }) => [names, path, body] as const))(
  '%s%s',
  async (names, path, body) => {
    const id = path.startsWith('/keys') ? 'emulator-key-id' : addRule();
    for (const method of names.split(',').map((name) => name.trim()))
      expect(await control(method, path.replace('ID', id), body)).toBe('understood');
  },
);

test('the table has all requests', () => {
  const inTable = REQUESTS.flatMap(({ names, path }) =>
    names.split(',').map((name) => `${name.trim()} ${path.replace(/^\/$|\?.*$/, '')}`),
  );
  const missing = CONTROLS.filter(
    ({ method, path }) =>
      !inTable.some((line) => {
        const [name = '', where = ''] = line.split(' ');
        return name === method && path.test(where);
      }),
  );
  expect(missing.map(({ method, path }) => `${method} ${path.source}`)).toEqual([]);
});

function addRule(): string {
  return bench.emulator.faults.add({ fault: { type: 'reset' } });
}

/** Sends a request to the control API. Returns `understood`, or what it said. */
async function control(method: string, path: string, body?: string): Promise<string> {
  const url = `${bench.emulator.origin}/__emulator${path}`;
  // On connections of their own: one of the requests cuts all that are open.
  const outgoing = request(url, { method, agent: false });
  outgoing.end(method === 'GET' || method === 'DELETE' ? undefined : body);
  const { status, text } = await answerTo(outgoing);
  return status < 300 ? 'understood' : text;
}
