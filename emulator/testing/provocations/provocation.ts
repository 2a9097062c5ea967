import type { EmulatorOptions } from '../../index.ts';
import { bytes, type Call, type Reply } from '../client.ts';
import type { Bench } from '../harness.ts';

/** One way to get an error, told and done. */
export interface Provocation {
  /** As `ERRORS.md` tells it. */
  readonly how: string;
  readonly options?: EmulatorOptions;
  provoke(bench: Bench): Promise<Reply>;
}

/** A single request. */
export function by(how: string, call: Call, options?: EmulatorOptions): Provocation {
  return {
    how,
    ...(options !== undefined && { options }),
    provoke: ({ client }) => client.send(call),
  };
}

export function put(key = 'k', headers: Record<string, string> = {}): Call {
  return { method: 'PUT', key, headers, body: 'content' };
}

/** A request on a bucket's sub-resource. */
export function onBucket(method: string, name: string, body?: string): Call {
  return { method, query: { [name]: null }, ...(body !== undefined && { body }) };
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

/** An upload with parts of these sizes, and the list of them. */
export async function uploadOf({ client }: Bench, ...sizes: number[]) {
  const uploadId = await client.initiate('k');
  const list: [number, string][] = [];
  for (const [index, size] of sizes.entries()) {
    const reply = await client.uploadPart('k', uploadId, index + 1, bytes(size));
    list.push([index + 1, reply.headers.etag ?? '']);
  }
  return { uploadId, list };
}
