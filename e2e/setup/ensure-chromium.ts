import { installPackages, run } from './debian.ts';
import { findChromium, findHeadlessShell } from './find-chromium.ts';

// Run before the end-to-end tests: installs a Chromium where there is none.

const isNamed = (process.env['CHROMIUM_PATH'] ?? '') !== '';
if (!isNamed && findHeadlessShell() === findChromium()) {
  process.stdout.write('No headless shell of Chromium found: installing one.\n');
  if (!installPackages(['chromium-headless-shell']) && findChromium() === undefined) {
    run('npx', ['playwright', 'install', '--with-deps', 'chromium']);
  }
  if (findHeadlessShell() === undefined) {
    process.stderr.write(
      'No Chromium was found and none could be installed: install Chromium or Chrome, and name it in CHROMIUM_PATH if it is in an unusual place.\n',
    );
    process.exitCode = 1;
  }
}
