import { parseArgs } from 'node:util';
import { isBucketName } from './names.ts';
import { BUCKET_ACLS, type BucketAcl, type EmulatorOptions } from './types.ts';

/** An option that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line. Throws UsageError, which names the option. */
export function readOptions(args: string[]): EmulatorOptions | 'help' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  const bucket = values.bucket?.find((name) => !isBucketName(name));
  if (bucket !== undefined)
    throw new UsageError(
      `--bucket: expected 3 to 63 of a-z, 0-9 and -, first and last no -, got ${bucket}`,
    );
  for (const name of ['data-dir', 'region', 'access-key-id', 'access-key-secret'] as const)
    if (values[name] === '') throw new UsageError(`--${name}: expected a value`);
  return {
    ...(values.port !== undefined && { port: readPort(values.port) }),
    ...(values['data-dir'] !== undefined && { dataDir: values['data-dir'] }),
    ...(values.bucket !== undefined && { buckets: values.bucket }),
    ...(values.region !== undefined && { region: values.region }),
    ...(values.acl !== undefined && { acl: readAcl(values.acl) }),
    ...((values.domain ?? values.endpoint) !== undefined && {
      addressing: {
        domains: readPairs('domain', values.domain),
        endpoints: readPairs('endpoint', values.endpoint),
      },
    }),
    ...(values['access-key-id'] !== undefined && { accessKeyId: values['access-key-id'] }),
    ...(values['access-key-secret'] !== undefined && {
      accessKeySecret: values['access-key-secret'],
    }),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        bucket: { type: 'string', multiple: true },
        region: { type: 'string' },
        acl: { type: 'string' },
        domain: { type: 'string', multiple: true },
        endpoint: { type: 'string', multiple: true },
        'access-key-id': { type: 'string' },
        'access-key-secret': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node's messages name the option in their first sentence, and go on with advice that does not apply.
    const [sentence = ''] = error instanceof Error ? error.message.split(/[.\n]/) : [];
    throw new UsageError(`${sentence}; see --help`);
  }
}

function readAcl(text: string): BucketAcl {
  const acl = BUCKET_ACLS.find((candidate) => candidate === text);
  if (acl !== undefined) return acl;
  throw new UsageError(`--acl: expected one of ${BUCKET_ACLS.join(', ')}, got ${text}`);
}

/** `HOST=NAME`, as often as it is given. */
function readPairs(option: string, pairs: readonly string[] = []): Record<string, string> {
  const entries = pairs.map((pair) => {
    const [, host, name] = /^([^=\s]+)=([a-z0-9-]+)$/.exec(pair) ?? [];
    if (host === undefined || name === undefined)
      throw new UsageError(`--${option}: expected HOST=NAME, got ${pair}`);
    return [host, name] as const;
  });
  return Object.fromEntries(entries);
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port: expected a number from 0 to 65535, got ${text}`);
}
