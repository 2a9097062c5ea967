import { createHash } from 'node:crypto';
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';
import type { Emulator } from '../index.ts';
import { encode, type Keys, SIGNERS, type SignedBy, writeQuery } from './signing.ts';

export type { Keys, SignedBy };

export const PERMANENT_KEYS: Keys = {
  accessKeyId: 'emulator-key-id',
  accessKeySecret: 'emulator-key-secret',
};

/** A request to send; everything has a default. */
export interface Call {
  method?: string;
  bucket?: string | null;
  key?: string;
  /** Names to values; null writes the name without `=`. */
  query?: Record<string, string | null>;
  headers?: Record<string, string>;
  body?: Buffer | string;
  keys?: Keys | null;
  additionalHeaders?: string[];
  region?: string;
  /** Default `header-v4`. */
  signedBy?: SignedBy;
  /** Signing time, epoch milliseconds. */
  time?: number;
  /** Life of a signed URL, in seconds. Default 60. */
  lifetime?: number;
  /** Signs the time of the Date header, and sends no `x-oss-date`. */
  signsWithDate?: boolean;
  /** Last chance to spoil what was signed. */
  tamper?: (headers: Record<string, string>) => void;
  /** The same for the query. */
  tamperQuery?: (query: Record<string, string | null>) => void;
  /** Takes the Host header's place: `BUCKET.localhost` addressing. */
  virtualHost?: boolean;
  agent?: Agent;
  signal?: AbortSignal;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
}

/** Sends signed requests to one emulator over real sockets. */
export class TestClient {
  readonly #emulator: Emulator;
  readonly agent = new Agent({ keepAlive: true });

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  close(): void {
    this.agent.destroy();
  }

  /** Method, path and headers of a call, signed. */
  prepare(call: Call): { method: string; path: string; headers: Record<string, string> } {
    const { method = 'GET', key = '', virtualHost = false, keys = PERMANENT_KEYS } = call;
    const bucket = call.bucket === undefined ? 'partway-demo' : call.bucket;
    const query = { ...call.query };
    const { port } = new URL(this.#emulator.origin);
    const headers: Record<string, string> = {
      host: virtualHost ? `${bucket}.localhost:${port}` : `127.0.0.1:${port}`,
      ...call.headers,
    };
    const defaults = { additionalHeaders: [], region: 'cn-hangzhou', time: Date.now() };
    const unsigned = { ...defaults, lifetime: 60, signsWithDate: false, ...call };
    if (keys !== null)
      SIGNERS[call.signedBy ?? 'header-v4']({
        ...unsigned,
        method,
        bucket,
        key,
        query,
        headers,
        keys,
      });
    call.tamper?.(headers);
    call.tamperQuery?.(query);
    const keyPath = encode(key).replaceAll('%2F', '/');
    const path = virtualHost || bucket === null ? `/${keyPath}` : `/${bucket}/${keyPath}`;
    const parameters = writeQuery(query);
    return {
      method,
      path: parameters.length === 0 ? path : `${path}?${parameters.join('&')}`,
      headers,
    };
  }

  /** Sends a call and reads the answer; rejects when the connection dies. */
  send(call: Call): Promise<Reply> {
    const outgoing = this.open(call);
    outgoing.end(call.body);
    return answerTo(outgoing);
  }

  /** Begins a call and leaves its body, and its end, to the caller. */
  open(call: Call): ClientRequest {
    const { hostname, port } = new URL(this.#emulator.origin);
    const { agent = this.agent, signal } = call;
    const options = { hostname, port, agent, ...this.prepare(call) };
    return request({ ...options, ...(signal && { signal }) });
  }

  async initiate(key: string, call: Call = {}): Promise<string> {
    const reply = await this.send({ ...call, method: 'POST', key, query: { uploads: null } });
    return element(reply.text, 'UploadId');
  }

  uploadPart(key: string, uploadId: string, partNumber: number, body: Buffer, call: Call = {}) {
    const query = { partNumber: String(partNumber), uploadId };
    return this.send({ ...call, method: 'PUT', key, query, body });
  }

  listParts(key: string, uploadId: string, query: Record<string, string> = {}) {
    return this.send({ key, query: { uploadId, ...query } });
  }

  complete(key: string, uploadId: string, parts: [number, string][], call: Call = {}) {
    return this.send({
      ...call,
      method: 'POST',
      key,
      query: { uploadId },
      body: partListXml(parts),
    });
  }
}

/** The answer to a call that was opened. */
export function answerTo(outgoing: ClientRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      readReply(incoming).then(resolve, reject);
    });
  });
}

async function readReply(incoming: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { statusCode: status = 0, headers } = incoming;
  return { status, headers, body, text: body.toString('utf8') };
}

/** Body of CompleteMultipartUpload. */
export function partListXml(parts: [number, string][]): string {
  const items = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${items.join('')}</CompleteMultipartUpload>`;
}

/** Text of the first element of that name; fails the test when there is none. */
export function element(xml: string, name: string): string {
  const match = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml);
  if (match?.[1] === undefined) throw new Error(`no <${name}> in: ${xml}`);
  return match[1];
}

/** Upper-case hex MD5, as an ETag without quotes. */
export function md5Hex(body: Buffer | string): string {
  return createHash('md5').update(body).digest('hex').toUpperCase();
}

/** Bytes that differ everywhere and from seed to seed. */
export function bytes(size: number, seed = 1): Buffer {
  const buffer = Buffer.alloc(size);
  for (let index = 0; index < size; index++)
    buffer[index] = (index * 31 + seed * 17 + (index >> 8)) & 255;
  return buffer;
}

/** What Node says of a connection that died, depending on what it was just doing. */
export const DEAD: RegExp = /ECONNRESET|EPIPE|hang up/;

/** Resolves as soon as the condition holds; rejects after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not true: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
