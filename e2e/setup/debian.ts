import { spawnSync } from 'node:child_process';

/** Installs packages on a Debian machine whose root we are; elsewhere does nothing. Whether they are there now. */
export function installPackages(packages: readonly string[]): boolean {
  const isDebianRoot = process.getuid?.() === 0 && run('apt-get', ['--version'], 'ignore');
  return (
    isDebianRoot &&
    run('apt-get', ['update']) &&
    run('apt-get', ['install', '--yes', '--no-install-recommends', ...packages])
  );
}

/** Whether the command ended well. */
export function run(
  command: string,
  args: readonly string[],
  stdio: 'inherit' | 'ignore' = 'inherit',
): boolean {
  return spawnSync(command, args, { stdio }).status === 0;
}
