import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Emulator } from './index.ts';
import { bytes, TestClient } from './testing/client.ts';

// How fast the emulator takes parts, and what memory it needs for large objects. Client and server are two processes.

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));
const MIB = 1024 ** 2;
const CONNECTIONS = 6;
const ROUNDS = 3;
const PART = bytes(MIB);
const KEY = 'object';

interface Server {
  readonly child: ChildProcess;
  readonly client: TestClient;
}

async function start(...args: string[]): Promise<Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const origin = /http:\S+/.exec(line.toString())?.[0];
  if (origin === undefined) throw new Error(`the emulator said ${line.toString()}`);
  return { child, client: new TestClient({ origin } as Emulator) };
}

async function stop({ child, client }: Server): Promise<void> {
  client.close();
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Uploads that many parts of 1 MiB, several at a time, and completes. Returns MiB per second, of the parts alone. */
async function upload({ client }: Server, count: number): Promise<number> {
  const uploadId = await client.initiate(KEY);
  const etags: [number, string][] = [];
  let next = 1;
  const connection = async (): Promise<void> => {
    for (let part = next++; part <= count; part = next++) {
      const { status, headers, text } = await client.uploadPart(KEY, uploadId, part, PART);
      if (status !== 200) throw new Error(text);
      etags.push([part, headers.etag ?? '']);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - begin) / 1000;
  etags.sort(([a], [b]) => a - b);
  const { status, text } = await client.complete(KEY, uploadId, etags);
  if (status !== 200) throw new Error(text);
  return count / seconds;
}

/** Resident memory in MiB. */
async function residentMemory({ child }: Server): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
  return Number(stdout) / 1024;
}

async function measureSpeed(): Promise<void> {
  const server = await start();
  await upload(server, 64);
  for (let round = 1; round <= ROUNDS; round += 1)
    print(`in memory, round ${round}: ${(await upload(server, 512)).toFixed(0)} MiB/s`);
  await stop(server);
}

async function measureMemory(count: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-benchmark-'));
  const server = await start('--data-dir', dataDir);
  const samples: Promise<number>[] = [];
  const timer = setInterval(() => samples.push(residentMemory(server)), 20);
  const rate = await upload(server, count);
  clearInterval(timer);
  const memory = (await Promise.all(samples)).toSorted((a, b) => a - b);
  const median = memory[memory.length >> 1] ?? 0;
  print(
    `on disk, ${count} MiB: ${rate.toFixed(0)} MiB/s, resident memory ${median.toFixed(0)} MiB, at most ${memory.at(-1)?.toFixed(0)} MiB`,
  );
  await stop(server);
  await rm(dataDir, { recursive: true, force: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await measureSpeed();
for (const count of [64, 2048]) await measureMemory(count);
