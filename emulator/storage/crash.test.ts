import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../index.ts';
import { bytes, md5Hex, type Reply, TestClient, until } from '../testing/client.ts';
import { type Bench, startEmulator } from '../testing/harness.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const PART = 102_400;
const APPENDED = 1000;

/** What a killed process had acknowledged. */
interface Acknowledged {
  readonly objects: Map<string, string>;
  readonly completed: Set<string>;
}

// Each round dies after another number of answers, and goes on where the one before it died.
test('a process that is killed leaves no half objects, and loses nothing it has acknowledged', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-crash-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const acknowledged: Acknowledged = { objects: new Map(), completed: new Set() };
  for (const [round, answers] of [7, 23, 40].entries()) {
    await workUntilKilled(dataDir, round, answers, acknowledged);
    const survivor = await startEmulator({ dataDir });
    const { whole, pieces } = await judge(survivor, acknowledged);
    expect(whole).toBe(true);
    expect(await readdir(join(dataDir, 'incoming'))).toEqual([]);
    expect(await readdir(join(dataDir, 'blobs'))).toHaveLength(pieces);
    await survivor.emulator.close();
  }
}, 60_000);

async function workUntilKilled(
  dataDir: string,
  round: number,
  answers: number,
  acknowledged: Acknowledged,
): Promise<void> {
  const { child, origin } = await spawnEmulator(dataDir);
  const client = new TestClient({ origin } as Emulator);
  let answered = 0;
  const count = (reply: Reply): Reply => {
    answered++;
    return reply;
  };
  const workers = [
    ...[1, 2].map((worker) => putObjects(client, `${round}-${worker}`, acknowledged, count)),
    ...[3, 4].map((worker) => uploadInParts(client, `${round}-${worker}`, acknowledged, count)),
    appendForever(client, `${round}-log`, count),
  ];
  // Each worker ends with the error of the request that the kill cut off.
  const ends = Promise.allSettled(workers);
  await until(() => answered >= answers);
  child.kill('SIGKILL');
  for (const { status } of await ends) expect(status).toBe('rejected');
  client.close();
}

async function spawnEmulator(dataDir: string): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, '--data-dir', dataDir]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  while (!output.includes('\n')) await once(child.stdout, 'data');
  return { child, origin: output.replace(/^listening on (.*)\n$/, '$1') };
}

/** New objects, and one that is overwritten again and again. */
async function putObjects(
  client: TestClient,
  name: string,
  { objects }: Acknowledged,
  count: (reply: Reply) => Reply,
): Promise<never> {
  for (let index = 0; ; index++) {
    const key = index % 2 === 0 ? `put-${name}-${index}` : 'put-shared';
    const body = bytes(300_000 + index, index);
    expect(count(await client.send({ method: 'PUT', key, body })).status).toBe(200);
    if (index % 2 === 0) objects.set(key, md5Hex(body));
  }
}

async function uploadInParts(
  client: TestClient,
  name: string,
  { completed }: Acknowledged,
  count: (reply: Reply) => Reply,
): Promise<never> {
  for (let index = 0; ; index++) {
    const key = `multi-${name}-${index}`;
    const uploadId = await client.initiate(key);
    const list: [number, string][] = [];
    for (const number of [1, 2, 3]) {
      const part = bytes(PART, number + index);
      expect(count(await client.uploadPart(key, uploadId, number, part)).status).toBe(200);
      list.push([number, md5Hex(part)]);
    }
    expect(count(await client.complete(key, uploadId, list)).status).toBe(200);
    completed.add(key);
  }
}

async function appendForever(
  client: TestClient,
  key: string,
  count: (reply: Reply) => Reply,
): Promise<never> {
  for (let position = 0; ; position += APPENDED) {
    const query = { append: null, position: String(position) };
    const body = bytes(APPENDED);
    expect(count(await client.send({ method: 'POST', key, query, body })).status).toBe(200);
  }
}

/** Whether all that is stored is whole, and of how many pieces it is; what is open is completed and deleted. */
async function judge(
  { client, emulator }: Bench,
  { objects, completed }: Acknowledged,
): Promise<{ whole: boolean; pieces: number }> {
  const stored = new Map(emulator.objects().map((object) => [object.key, object]));
  let whole = [...completed].every((key) => stored.has(key));
  for (const [key, etag] of objects) whole &&= stored.get(key)?.etag === etag;
  let pieces = 0;
  for (const { key, size, etag, type } of stored.values()) {
    const { body } = await client.send({ key });
    whole &&= body.length === size && (type === 'Appendable' || etag === ETAGS[type](body));
    whole &&= type !== 'Appendable' || isRepeated(body, bytes(APPENDED));
    pieces += type === 'Normal' ? 1 : type === 'Multipart' ? 3 : size / APPENDED;
  }
  for (const { key, uploadId, parts } of emulator.uploads()) {
    whole &&= !stored.has(key);
    const list = parts.map(({ partNumber, etag }): [number, string] => [partNumber, etag]);
    if (list.length === 0) continue;
    whole &&= (await client.complete(key, uploadId, list)).status === 200;
    const { body, headers } = await client.send({ key });
    whole &&= headers.etag === `"${etagOfParts(body)}"`;
    await client.send({ method: 'DELETE', key });
  }
  return { whole, pieces };
}

const ETAGS = { Normal: md5Hex, Multipart: etagOfParts };

function isRepeated(body: Buffer, piece: Buffer): boolean {
  for (let start = 0; start < body.length; start += piece.length)
    if (!body.subarray(start, start + piece.length).equals(piece)) return false;
  return true;
}

/** Of an object in parts of the usual size, from its bytes alone. */
function etagOfParts(body: Buffer): string {
  const etags: string[] = [];
  for (let start = 0; start < body.length; start += PART)
    etags.push(md5Hex(body.subarray(start, start + PART)));
  const hash = createHash('md5').update(etags.join('')).digest('hex').toUpperCase();
  return `${hash}-${etags.length}`;
}
