import { readOptions, UsageError } from './cli-options.ts';
import { createEmulator } from './create-emulator.ts';
import type { EmulatorOptions } from './types.ts';

const HELP = `An emulator of Alibaba Cloud OSS.

  --port NUMBER               port to listen on, 0 for any (default 0)
  --data-dir DIR              keep parts and objects there (default: in memory)
  --bucket NAME               a bucket that exists; may be given again (default partway-demo)
  --region REGION             region that signatures name (default cn-hangzhou)
  --access-key-id ID          the permanent key (default emulator-key-id)
  --access-key-secret SECRET  its secret (default emulator-key-secret)
  --help                      this text
`;

await run(process.argv.slice(2));

async function run(args: string[]): Promise<void> {
  try {
    const options = readOptions(args);
    if (options === 'help') process.stdout.write(HELP);
    else await serve(options);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`emulator: ${message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function serve(options: EmulatorOptions): Promise<void> {
  const emulator = await createEmulator(options);
  process.stdout.write(`listening on ${emulator.origin}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void emulator.close());
}
