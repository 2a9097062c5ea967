import { installPackages, run } from './debian.ts';
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
  if (!installPackages(['chromium'])) {
    run('npx', ['playwright', 'install', '--with-deps', 'chromium']);
  }
}
