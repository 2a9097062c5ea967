import type { Readable, Writable } from 'node:stream';

/** What a browser says by itself. */
export interface DevToolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Pending {
  readonly sessionId: string | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The DevTools protocol over a pair of pipes, messages ended by NUL. Nothing is switched on that is not asked for: the
 * Network domain, which drivers switch on, makes uploads many times slower.
 */
export class DevTools {
  readonly #input: Writable;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: DevToolsEvent) => void>();
  #id = 0;
  #unread: Buffer[] = [];

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    output.on('data', (chunk: Buffer) => this.#read(chunk));
    output.on('close', () => this.#end());
  }

  /** @param sessionId the page or worker that is meant, else the browser. */
  async send<Result = unknown>(
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Result> {
    this.#id += 1;
    const id = this.#id;
    const replied = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { sessionId, resolve, reject });
    });
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return (await replied) as Result;
  }

  /** Returns what ends the subscription. */
  on(listener: (event: DevToolsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = Buffer.concat([...this.#unread, rest.subarray(0, end)]).toString();
      this.#unread = [];
      rest = rest.subarray(end + 1);
      this.#receive(JSON.parse(message) as Reply | DevToolsEvent);
    }
    if (rest.length > 0) this.#unread.push(rest);
  }

  #receive(message: Reply | DevToolsEvent): void {
    if ('method' in message) {
      if (message.method === 'Target.detachedFromTarget') this.#lose(message.params['sessionId']);
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error === undefined) pending?.resolve(message.result);
    else pending?.reject(new Error(message.error.message));
  }

  // What was asked of a worker that ended meanwhile is not answered.
  #lose(session: unknown): void {
    for (const [id, { sessionId, reject }] of this.#pending) {
      if (sessionId !== session) continue;
      this.#pending.delete(id);
      reject(new Error('The worker has ended.'));
    }
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(new Error('The browser has ended.'));
    this.#pending.clear();
  }
}
