import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CallbackTrial } from './callbacks/trial.ts';
import { UsageError } from './cli-options.ts';
import type { EmulatorOptions } from './types.ts';

export const CALLBACK_HELP = `Sends one signed callback to your own server, and judges its answer.

  callback URL                the server's address; several are separated by ;
  --object KEY                the object's key
  --bucket NAME               its bucket (default partway-demo)
  --size NUMBER               its size in bytes (default 1024)
  --mime-type TYPE            its type (default text/plain)
  --body TEMPLATE             the body, with variables such as \${object} and \${x:name}
  --body-type TYPE            application/x-www-form-urlencoded (default) or application/json
  --var x:NAME=VALUE          a custom variable; may be given again
  --port NUMBER               where the public key is served meanwhile, 0 for any (default 0)
  --private-key FILE          RSA key that signs, as PEM (default: a new one)
  --public-key-url URL        what x-oss-pub-key-url says (default: this emulator)
  --timeout MILLISECONDS      how long the server may take (default 5000)
  --anywhere                  call other machines too
  --help                      this text
`;

/** Reads the command line after `callback`. Throws UsageError. */
export function readCallbackOptions(
  args: string[],
): { trial: CallbackTrial; options: EmulatorOptions } | 'help' {
  const { values, positionals } = parse(args);
  if (values.help === true) return 'help';
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw new UsageError('callback: expected one URL');
  if (values.object === undefined) throw new UsageError('--object: expected a key');
  const file = values['private-key'];
  const keyUrl = values['public-key-url'];
  return {
    trial: {
      url,
      object: values.object,
      ...(values.bucket !== undefined && { bucket: values.bucket }),
      ...(values.size !== undefined && { size: count(values.size, '--size') }),
      ...(values['mime-type'] !== undefined && { mimeType: values['mime-type'] }),
      ...(values.body !== undefined && { body: values.body }),
      ...(values['body-type'] !== undefined && { bodyType: values['body-type'] }),
      variables: Object.fromEntries((values.var ?? []).map(readVariable)),
    },
    options: {
      ...(values.port !== undefined && { port: count(values.port, '--port') }),
      callbacks: {
        ...(values.anywhere === true && { reach: 'anywhere' }),
        ...(values.timeout !== undefined && { timeout: count(values.timeout, '--timeout') }),
        ...(file !== undefined && { privateKey: readFileSync(file, 'utf8') }),
        ...(keyUrl !== undefined && { publicKeyUrl: keyUrl }),
      },
    },
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        object: text,
        bucket: text,
        size: text,
        'mime-type': text,
        body: text,
        'body-type': text,
        port: text,
        'private-key': text,
        'public-key-url': text,
        timeout: text,
        var: { type: 'string', multiple: true },
        anywhere: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split(/[.\n]/) : [];
    throw new UsageError(`${sentence}; see callback --help`);
  }
}

function count(value: string, option: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new UsageError(`${option}: expected a number, got ${value}`);
}

function readVariable(pair: string): [string, string] {
  const [, name, value] = /^(x:[^=A-Z]+)=(.*)$/s.exec(pair) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--var: expected x:name=value, the name in lower case, got ${pair}`);
}
