import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bandwidth } from '../../emulator/bandwidth.ts';
import { type Answer, Bucket, failure } from './bucket.ts';
import { type FaultPlan, Faults } from './faults.ts';
import { Ledger, type Traffic } from './ledger.ts';
import { type Operation, perform, put, readOperation } from './operation.ts';
import { servePage } from './page.ts';

/** How the sink behaves in one run. */
export interface SinkSettings {
  /** Milliseconds by which each answer comes late. */
  readonly latency?: number | undefined;
  /** Of all requests together; no limit when absent. */
  readonly bytesPerSecond?: number | undefined;
  readonly faults?: FaultPlan | undefined;
  /** Of the faults: another one has other requests fail. @default 0 */
  readonly seed?: number | undefined;
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Date, x-oss-hash-crc64ecma, x-oss-request-id',
  'x-oss-request-id': '0123456789ABCDEF01234567',
};

/**
 * Answers uploads as OSS does, and does as little as it can for it: bytes are counted and dropped, sums are known from
 * sizes. It listens on as many ports of 127.0.0.1 as it is told to, each an origin of its own.
 */
export class Sink {
  readonly #servers: readonly Server[];
  readonly #pageFolder: string;
  #run = beginRun({});

  /** @param pageFolder what is served below `/page/`. */
  constructor(ports: number, pageFolder: string) {
    this.#pageFolder = pageFolder;
    this.#servers = Array.from({ length: ports }, () =>
      // A stalled request is the client's to give up, and its sockets are the client's to close.
      createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
        this.#handle(request, response).catch(() => response.destroy());
      }),
    );
  }

  /** Returns the origins. */
  async listen(): Promise<string[]> {
    const listening = this.#servers.map(async (server) => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    return await Promise.all(listening);
  }

  /** Forgets everything and behaves so from now on. */
  begin(settings: SinkSettings): void {
    this.#run = beginRun(settings);
  }

  traffic(): Traffic {
    return this.#run.ledger.traffic();
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all(
      this.#servers.filter(({ listening }) => listening).map((server) => once(server, 'close')),
    );
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/page/') === true) {
      await servePage(this.#pageFolder, request.url, response);
      return;
    }
    // What is left over from the run before is counted there.
    const { ledger, bucket, settings } = this.#run;
    const operation = readOperation(request);
    const { kind, key, place } = operation;
    ledger.arrived(kind);
    const taken = kind === 'UploadPart' || kind === 'PutObject' ? place : undefined;
    const answer =
      taken === undefined
        ? perform(bucket, operation, await text(request))
        : await this.#take(request, operation);
    if (answer === undefined) return;
    if (settings.latency !== undefined) await sleep(settings.latency);
    const { status, headers, body } = answer;
    response.writeHead(status, { ...CORS, ...headers });
    response.end(body);
    await once(response, 'finish');
    if (status !== 200) return;
    if (taken !== undefined) ledger.acknowledged(taken);
    ledger.stored(key, bucket.sizeOf(key));
  }

  /** Takes a body that carries a file's bytes. Returns nothing when it is not to be answered. */
  async #take(request: IncomingMessage, operation: Operation): Promise<Answer | undefined> {
    const { ledger, bucket, bandwidth, faults } = this.#run;
    ledger.began(operation.place);
    const fault = faults.next(operation.place);
    if (fault === 'stall') return undefined;
    const limit = fault === 'reset' ? Number(request.headers['content-length']) / 2 : Infinity;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      ledger.received(chunk.length);
      if (size >= limit) request.socket.resetAndDestroy();
      const wait = bandwidth.take(chunk.length);
      if (wait === undefined) return;
      request.pause();
      void wait.then(() => request.resume());
    });
    await once(request, 'end');
    return fault === '500' ? failure(500, 'InternalError') : put(bucket, operation, size);
  }
}

/** What belongs to one run. */
interface Run {
  readonly settings: SinkSettings;
  readonly bucket: Bucket;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly bandwidth: Bandwidth;
}

function beginRun(settings: SinkSettings): Run {
  return {
    settings,
    bucket: new Bucket(),
    ledger: new Ledger(),
    faults: new Faults(settings.faults, settings.seed ?? 0),
    bandwidth: new Bandwidth(settings.bytesPerSecond),
  };
}
