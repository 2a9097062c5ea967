import { readSession } from '../engine/session-record.ts';
import type { UploadEvent, UploadResult, UploadSnapshot } from '../events.ts';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import type { CheckpointStore, SessionRecord } from '../ports.ts';
import type { Upload } from '../upload.ts';
import { type FakeAnswer, type Incoming, partOf } from './fake-oss.ts';
import type { FakeTab } from './fake-tabs.ts';
import { Fates, networkGone, SKEW } from './fates.ts';
import { Knowledge } from './knowledge.ts';
import { watch } from './promises.ts';
import { untilIdle } from './real-work.ts';
import type { Action, Scenario } from './scenario.ts';
import { seededRandom } from './simulated-link.ts';
import { KEY, UNIT, World } from './world.ts';

/** How long the browser takes to keep a checkpoint for good, in milliseconds. What is not kept dies with the page. */
const COMMIT = 30;
/** A scenario that takes more turns than this has no end. */
const MOST_TURNS = 100_000;
const PATH = `/${KEY}`;

/** What a scenario has come to. */
export interface Outcome {
  /** Of the last page's upload. */
  readonly result: UploadResult | undefined;
  readonly reason: unknown;
  readonly isCancelled: boolean;
  /** What the key holds in the end, when all that was late has come. */
  readonly object: Uint8Array | undefined;
  /** Uploads that are open on the server although somebody knew of them. */
  readonly left: readonly string[];
  readonly locks: readonly string[];
  readonly sessions: readonly SessionRecord[];
  /** Parts that were sent again although the page knew that the server had them, in words. */
  readonly sentAgain: readonly string[];
  readonly requests: readonly Incoming[];
  readonly events: readonly UploadEvent[];
  /** Of the last page's upload. */
  readonly snapshot: UploadSnapshot;
  /** Progress that was less than before, in words. */
  readonly steppedBack: readonly string[];
  readonly reloads: number;
  readonly pauses: number;
}

/** Plays a scenario to its end in simulated time, the same at every run. Rejects when it has none. */
export async function play(scenario: Scenario): Promise<Outcome> {
  const { random } = Math;
  Math.random = seededRandom(1);
  try {
    return await new Stage(scenario).play();
  } finally {
    Math.random = random;
  }
}

/** The bytes of a scenario's file. */
export function fileBytes(size: number): Uint8Array<ArrayBuffer> {
  return BYTES.slice(0, size);
}

/** What the key held before. */
export function olderBytes(size: number): Uint8Array<ArrayBuffer> {
  return BYTES.slice(1, size + 1).map((byte) => byte ^ 255);
}

const BYTES = noise(2 * 1024 * 1024);

interface Page {
  readonly tab: FakeTab;
  readonly gone: AbortController;
  readonly upload: Upload;
  readonly state: ReturnType<typeof watch<UploadResult>>;
  /** Ids of uploads that it was told. */
  readonly told: Set<string>;
}

class Stage {
  readonly #scenario: Scenario;
  readonly #world = new World();
  readonly #store = createMemoryCheckpoints();
  readonly #file: File;
  readonly #fates: Fates;
  readonly #waiting: Action[];
  readonly #events: UploadEvent[] = [];
  readonly #sentAgain: string[] = [];
  readonly #steppedBack: string[] = [];
  /** Ids of uploads that a checkpoint was kept of. */
  readonly #kept = new Map<string, string>();
  readonly #knowledge = new Knowledge(this.#world.oss);
  #network = new AbortController();
  #page: Page | undefined;
  #cancelled: { isSettled: boolean } | undefined;
  #reloads = 0;
  #pauses = 0;

  constructor(scenario: Scenario) {
    const { clock, oss } = this.#world;
    this.#scenario = scenario;
    const bytes = fileBytes(scenario.size);
    this.#file = new File([bytes], KEY, { lastModified: 1_600_000_000_000 });
    this.#waiting = scenario.actions.toSorted((a, b) => a.requests - b.requests);
    const cut = (): AbortSignal => this.#cut;
    this.#fates = new Fates({ scenario, clock, oss, cut });
    const isSkewed = scenario.faults.some(({ fate }) => fate === 'clock skewed');
    oss.now = () => clock.now() + (isSkewed ? SKEW : 0);
    oss.interfere = (incoming) => this.#serve(incoming);
    if (scenario.hidden.includes('ETag')) oss.hidden.add('etag');
    if (scenario.hidden.includes('CRC-64')) oss.hidden.add('x-oss-hash-crc64ecma');
    if (scenario.hasOlder) this.#putOlder();
  }

  async play(): Promise<Outcome> {
    const { oss, tabs } = this.#world;
    this.#openPage();
    this.#act();
    await this.#untilEnded();
    await this.#untilNothingIsLate();
    const { state, told, upload } = this.#openedPage;
    const known = new Set([...this.#kept.values(), ...told]);
    const content = oss.objects.get(PATH)?.content;
    return {
      result: state.value,
      reason: state.reason,
      isCancelled: this.#cancelled !== undefined,
      object: content === undefined ? undefined : joined(content),
      left: [...oss.uploads.keys()].filter((id) => known.has(id)),
      locks: tabs.held,
      sessions: (await this.#store.sessions()).flatMap((stored) => readSession(stored) ?? []),
      sentAgain: this.#sentAgain,
      requests: oss.requests,
      events: this.#events,
      snapshot: upload.snapshot,
      steppedBack: this.#steppedBack,
      reloads: this.#reloads,
      pauses: this.#pauses,
    };
  }

  get #openedPage(): Page {
    if (this.#page === undefined) throw new Error('No page is open.');
    return this.#page;
  }

  get #cut(): AbortSignal {
    return AbortSignal.any([this.#openedPage.gone.signal, this.#network.signal]);
  }

  #openPage(): void {
    const { partUnits, concurrency, integrity } = this.#scenario;
    const gone = new AbortController();
    const tab = this.#world.tabs.open();
    this.#world.checkpoints = this.#storeOf(gone.signal);
    const partSize = partUnits * UNIT;
    const page = this.#world.openPage({ partSize, concurrency, integrity }, undefined, tab);
    const upload = page.upload(this.#file, { key: KEY });
    let { snapshot } = upload;
    upload.subscribe((now, event) => {
      if (gone.signal.aborted) return;
      this.#compare(snapshot, now);
      snapshot = now;
      this.#hear(event);
    });
    this.#page = { tab, gone, upload, state: watch(upload.done), told: new Set() };
  }

  async #untilEnded(): Promise<void> {
    const { clock } = this.#world;
    const start = clock.now();
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      await untilIdle();
      if (this.#hasEnded) return;
      if (!clock.step()) await realTurn();
      if (clock.pending === 0 && !this.#hasEnded) {
        await untilIdle();
        if (clock.pending === 0 && !this.#hasEnded) throw new Error(`It hangs: ${this.#standing}.`);
      }
    }
    const hours = Math.round((clock.now() - start) / 3_600_000);
    throw new Error(`It has no end within ${hours} h: ${this.#standing}.`);
  }

  get #standing(): string {
    const { upload } = this.#openedPage;
    const last = this.#world.oss.requests.at(-1)?.operation ?? 'nothing';
    return `status ${upload.snapshot.status}, the last of ${this.#world.oss.requests.length} requests was ${last}`;
  }

  get #hasEnded(): boolean {
    return this.#openedPage.state.isSettled && this.#cancelled?.isSettled !== false;
  }

  async #untilNothingIsLate(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      await untilIdle();
      if (!this.#world.clock.step()) return;
    }
    throw new Error('Something goes on for ever after the end.');
  }

  async #serve(incoming: Incoming): Promise<FakeAnswer> {
    const { told, gone } = this.#openedPage;
    this.#sentAgain.push(...this.#knowledge.complain(incoming));
    this.#act();
    if (!this.#world.isReachable) throw networkGone();
    const answer = await this.#fates.answer(incoming);
    const id = /<UploadId>(.*)<\/UploadId>/.exec(answer.body ?? '')?.[1];
    const isHeard = !gone.signal.aborted && incoming.request.signal?.aborted !== true;
    if (id !== undefined && isHeard) told.add(id);
    return answer;
  }

  /** Starts what is due by the number of requests. */
  #act(): void {
    const { clock, oss } = this.#world;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.requests > oss.requests.length) return;
      const action = next;
      this.#waiting.shift();
      clock.after(action.plus, () => this.#do(action));
    }
  }

  #do({ what, lasts }: Action): void {
    const { clock } = this.#world;
    const { upload, state } = this.#openedPage;
    switch (what) {
      case 'pause':
        this.#pauses += 1;
        upload.pause();
        clock.after(lasts, () => this.#openedPage.upload.resume());
        return;
      case 'reload':
        if (!state.isSettled) this.#reload();
        return;
      case 'cancel':
        this.#cancelled = watch(upload.cancel());
        return;
      case 'network away':
        this.#world.isReachable = false;
        this.#network.abort(networkGone());
        clock.after(lasts, () => {
          this.#world.isReachable = true;
          this.#network = new AbortController();
        });
        return;
    }
  }

  #reload(): void {
    const { tab, gone } = this.#openedPage;
    this.#reloads += 1;
    gone.abort();
    tab.close();
    this.#knowledge.loseUnkept(this.#world.clock.now());
    this.#openPage();
  }

  #compare(before: UploadSnapshot, now: UploadSnapshot): void {
    for (const name of ['confirmedBytes', 'sentBytes'] as const)
      if (now[name] < before[name])
        this.#steppedBack.push(`Progress: ${name} from ${before[name]} to ${now[name]}`);
    if (now.sentBytes > now.size || now.confirmedBytes > now.sentBytes)
      this.#steppedBack.push(`${now.confirmedBytes} of ${now.sentBytes} of ${now.size}`);
  }

  /** Takes note of what the page knows, and of what excuses that it sends again. */
  #hear(event: UploadEvent): void {
    this.#events.push(event);
    if (['reopened', 'restarted', 'parts-differ'].includes(event.type)) this.#knowledge.excuse();
    if (event.type !== 'part-confirmed') return;
    const { partNumber, size } = event;
    const id = this.#openedPage.upload.snapshot.uploadId ?? '';
    if (!this.#fates.hasMistold(id, partNumber))
      this.#knowledge.confirm(id, partNumber, size, this.#world.clock.now());
  }

  #storeOf(gone: AbortSignal): CheckpointStore {
    const store = this.#store;
    const write = (apply: () => Promise<void>): Promise<void> =>
      new Promise((resolve, reject) => {
        this.#world.clock.after(COMMIT, () => {
          if (!gone.aborted) apply().then(resolve, reject);
        });
      });
    return {
      ...store,
      putSession: (record) =>
        write(() => {
          this.#kept.set(record.id, record.uploadId);
          return store.putSession(record);
        }),
      putParts: (sessionId, parts) => write(() => store.putParts(sessionId, parts)),
      delete: (sessionId) => write(() => store.delete(sessionId)),
      putLink: (record) => write(() => store.putLink(record)),
    };
  }

  #putOlder(): void {
    const bytes = olderBytes(this.#scenario.size);
    const { size, etag, crc64 } = partOf(0, bytes);
    const lastModified = this.#world.clock.now() - 3_600_000;
    this.#world.oss.objects.set(PATH, { size, etag, crc64, content: [bytes], lastModified });
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

function noise(size: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(7);
  const words = new Uint32Array(size / 4).map(() => random() * 2 ** 32);
  return new Uint8Array(words.buffer);
}

function realTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
