import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { PERMANENT_KEYS } from '../../testing/client.ts';
import { startEmulator } from '../../testing/harness.ts';

const SDK = 'github.com/aliyun/aliyun-oss-go-sdk/oss';

/** Where Debian's package golang-github-aliyun-aliyun-oss-go-sdk-dev puts it. */
const ENVIRONMENT = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };

const isInstalled = spawnSync('go', ['list', SDK], { env: ENVIRONMENT }).status === 0;
if (!isInstalled)
  process.stdout.write(
    'The SDK for Go does not judge the emulator: install golang-go and golang-github-aliyun-aliyun-oss-go-sdk-dev.\n',
  );

test.skipIf(!isInstalled)(
  'the service’s own SDK for Go finds nothing wrong',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'emulator-go-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { emulator } = await startEmulator();
    const { accessKeyId, accessKeySecret } = PERMANENT_KEYS;
    const program = fileURLToPath(new URL('judge.go', import.meta.url));
    const where = [emulator.origin, accessKeyId, accessKeySecret, 'partway-demo', directory];
    const { stdout } = await promisify(execFile)('go', ['run', program, ...where], {
      env: ENVIRONMENT,
    });
    const results = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(results.filter(([, result]) => result !== 'ok')).toEqual([]);
    expect(results).toHaveLength(12);
  },
  120_000,
);
