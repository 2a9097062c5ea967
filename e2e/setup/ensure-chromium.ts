import { spawnSync } from 'node:child_process';
import { findChromium } from './find-chromium.ts';

// Run before the end-to-end tests: installs a Chromium where there is none.

if (findChromium() === undefined) {
  install();
  if (findChromium() === undefined) {
    process.stderr.write(
      'No Chromium was found and none could be installed: install Chromium or Chrome, and name it in CHROMIUM_PATH if it is in an unusual place.\n',
    );
    process.exitCode = 1;
  }
}

function install(): void {
  process.stdout.write('No Chromium found: installing one.\n');
  const isDebianRoot = process.getuid?.() === 0 && run('apt-get', ['--version'], 'ignore');
  const isDone =
    isDebianRoot &&
    run('apt-get', ['update']) &&
    run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium']);
  if (!isDone) run('npx', ['playwright', 'install', '--with-deps', 'chromium']);
}

function run(
  command: string,
  args: readonly string[],
  stdio: 'inherit' | 'ignore' = 'inherit',
): boolean {
  return spawnSync(command, args, { stdio }).status === 0;
}
