import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createEmulator, type Emulator } from '../../emulator/index.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Traffic } from '../engine/traffic.ts';
import { UploadError } from '../errors.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { PostObjectEvent, PostObjectOptions } from '../post-object/options.ts';
import { type PostObjectResult, postObjectOn } from '../post-object/post-object.ts';
import { fetchTransport } from './fetch-transport.ts';
import { signedFields } from './post-fields.ts';

export const BUCKET = 'videos';
export const FILE: File = new File(['content'], 'a b.txt', { type: 'text/plain' });

/** An emulator for all tests of a file, reset before each, and forms posted to it. */
export class PostBench {
  /** What was told of the forms of this test. */
  events: PostObjectEvent[] = [];
  #emulator: Emulator | undefined;

  constructor() {
    beforeAll(async () => {
      this.#emulator = await createEmulator({ buckets: [BUCKET] });
    });
    beforeEach(async () => {
      await this.emulator.reset();
      this.events = [];
    });
    afterAll(() => this.emulator.close());
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error('The tests have not begun.');
    return this.#emulator;
  }

  /** Posts in Node; what is different in a browser is the transport. */
  post(
    options: Partial<PostObjectOptions> = {},
    file: File = FILE,
    at: Emulator = this.emulator,
  ): Promise<PostObjectResult> {
    const platform = {
      transport: fetchTransport,
      clock: systemClock,
      connectivity: { probe: () => Promise.resolve(true), onOnline: () => () => undefined },
      scheduler: new Scheduler(6),
      traffic: new Traffic(systemClock),
      loadTrouble: () => import('../engine/try-again.ts'),
    };
    return postObjectOn(platform, file, {
      url: `${at.origin}/${BUCKET}`,
      fields: signedFields(),
      retry: { baseDelay: 1, maxDelay: 5 },
      onEvent: (event) => this.events.push(event),
      ...options,
    });
  }

  /** Posts in vain. */
  async failure(
    options: Partial<PostObjectOptions> = {},
    file?: File,
    at?: Emulator,
  ): Promise<UploadError> {
    const reason: unknown = await this.post(options, file, at).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (reason instanceof UploadError) return reason;
    throw new Error(`An UploadError was expected; got ${String(reason)}.`);
  }

  /** Whether the object is there, byte for byte. */
  async isStored(key: string, content = 'content'): Promise<boolean> {
    const expected = createHash('sha256').update(content).digest('hex');
    return (await this.emulator.sha256(BUCKET, key)) === expected;
  }

  /** Statuses of the forms that were sent. */
  statuses(): (number | undefined)[] {
    const forms = this.emulator.log.filter(({ operation }) => operation === 'PostObject');
    return forms.map(({ status }) => status);
  }
}
