import { installPackages } from '../setup/debian.ts';
import { ENGINES } from './engines.ts';

// Run before the tests in all engines: installs those that are missing, and says which are left out.

for (const engine of ENGINES) {
  if (engine.isInstalled()) continue;
  process.stdout.write(`No ${engine.name} found: installing ${engine.packages.join(' and ')}.\n`);
  if (installPackages(engine.packages) && engine.isInstalled()) continue;
  process.stdout.write(
    `${engine.name} is left out: it is not here, and could not be installed as ${engine.packages.join(' and ')}.\n`,
  );
}
