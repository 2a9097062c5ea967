import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

/** A process that we started, and that does not outlive us. */
export interface Started {
  /** What it first says. */
  firstLine(): Promise<string>;
  /** Ends it. Resolves when it is gone. */
  stop(): Promise<void>;
}

export function startProcess(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  const ended = once(child, 'exit');
  // Read to its end, whether anybody asks or not: a full pipe would hold the process up.
  const output = createInterface(child.stdout);
  return {
    async firstLine() {
      const [line] = await Promise.race([once(output, 'line'), once(output, 'close')]);
      if (typeof line !== 'string') throw new Error(`${program} ended without a word.`);
      return line;
    },
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return address.port;
}
