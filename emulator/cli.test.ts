import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from './index.ts';
import { TestClient } from './testing/client.ts';

const CLI = fileURLToPath(new URL('cli.ts', import.meta.url));

interface Run {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  /** Exit code, once the process has ended. */
  exit: Promise<unknown>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, ...args]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece: Buffer) => {
    output.stdout += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    output.stderr += piece.toString();
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output, exit: once(child, 'close').then(([code]) => code as unknown) };
}

async function origin({ child, output }: Run): Promise<string> {
  while (!output.stdout.includes('\n'))
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close')]);
  return output.stdout.replace(/^listening on (.*)\n$/, '$1');
}

test('serves with the options it is given, and ends when told to', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'emulator-cli-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const places = ['--port', '0', '--data-dir', dataDir, '--bucket', 'one-bucket'];
  const names = [
    '--access-key-id',
    'id',
    '--access-key-secret',
    'secret',
    '--region',
    'cn-beijing',
  ];
  const started = run(...places, '--bucket', 'two-bucket', ...names);
  const client = new TestClient({ origin: await origin(started) } as Emulator);
  const keys = { accessKeyId: 'id', accessKeySecret: 'secret' };
  for (const bucket of ['one-bucket', 'two-bucket']) {
    const call = { method: 'PUT', bucket, key: 'k', body: 'x', keys, region: 'cn-beijing' };
    expect((await client.send(call)).status).toBe(200);
  }
  expect(await readdir(join(dataDir, 'blobs'))).toHaveLength(2);
  client.close();
  started.child.kill('SIGTERM');
  expect(await started.exit).toBe(0);
  expect(started.output.stdout).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(started.output.stderr).toBe('');
});

test('a port that is taken is told, and so is the end by SIGINT', async () => {
  const first = run();
  const port = new URL(await origin(first)).port;
  const second = run('--port', port);
  expect(await second.exit).toBe(1);
  expect(second.output.stderr).toMatch(/^emulator: .*EADDRINUSE.*\n$/);
  first.child.kill('SIGINT');
  expect(await first.exit).toBe(0);
});

test('an option that is not one', async () => {
  const { output, exit } = run('--prot', '1');
  expect(await exit).toBe(2);
  expect(output.stdout).toBe('');
  expect(output.stderr).toBe("emulator: Unknown option '--prot'; see --help\n");
});

test('--help', async () => {
  const { output, exit } = run('--help');
  expect(await exit).toBe(0);
  for (const option of [
    '--port',
    '--data-dir',
    '--bucket',
    '--domain',
    '--endpoint',
    '--region',
    '--access-key-id',
    '--access-key-secret',
  ])
    expect(output.stdout).toContain(option);
});
