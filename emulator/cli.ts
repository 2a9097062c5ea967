#!/usr/bin/env node
import { CALLBACK_HELP, readCallbackOptions } from './cli-callback.ts';
import { readOptions, UsageError } from './cli-options.ts';
import { createEmulator } from './create-emulator.ts';
import type { EmulatorOptions } from './types.ts';

const HELP = `An emulator of Alibaba Cloud OSS.

  --port NUMBER               port to listen on, 0 for any (default 0)
  --data-dir DIR              keep parts and objects there (default: in memory)
  --bucket NAME               a bucket that exists; may be given again (default partway-demo)
  --acl ACL                   ACL of all buckets: private, public-read or public-read-write
  --domain HOST=BUCKET        a bucket's custom domain; may be given again
  --endpoint HOST=REGION      host name of a region's endpoint; may be given again
  --region REGION             region that signatures name (default cn-hangzhou)
  --access-key-id ID          the permanent key (default emulator-key-id)
  --access-key-secret SECRET  its secret (default emulator-key-secret)
  --help                      this text

  callback URL --object KEY   send one signed callback to your own server; see callback --help
`;

await run(process.argv.slice(2));

async function run(args: string[]): Promise<void> {
  try {
    if (args[0] === 'callback') return await sendCallback(args.slice(1));
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

/** The exit code is 0 when the server's answer is one that an upload can be answered with. */
async function sendCallback(args: string[]): Promise<void> {
  const read = readCallbackOptions(args);
  if (read === 'help') {
    process.stdout.write(CALLBACK_HELP);
    return;
  }
  const emulator = await createEmulator(read.options);
  try {
    const { isGood, answer, hint, status, milliseconds } = await emulator.sendCallback(read.trial);
    const verdict = isGood ? '200' : '203 CallbackFailed';
    process.stdout.write(`answered ${status ?? 'nothing'} after ${milliseconds} ms\n`);
    process.stdout.write(`an upload would be answered ${verdict}: ${answer}\n`);
    if (hint !== undefined) process.stdout.write(`${hint}\n`);
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await emulator.close();
  }
}
