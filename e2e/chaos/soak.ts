import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { createEmulator, type Emulator } from '../../emulator/index.ts';
import { startAppServer } from '../app-server.ts';
import { BUCKET } from '../expectations.ts';
import type { Outcome } from '../page/kit.ts';
import { Tab } from '../tab.ts';
import { Journal, rulesOf } from './journal.ts';
import type { Disturbance, TabPlan } from './schedule.ts';
import { type UploadReport, verify } from './verify.ts';

/** What became of one tab. */
export interface TabReport {
  readonly seed: number;
  readonly milliseconds: number;
  /** How often each kind of fault has hit, and each disturbance was made. */
  readonly happened: Readonly<Record<string, number>>;
  /** Requests for objects, and those that a fault has hit. */
  readonly requests: number;
  readonly faulty: number;
  readonly uploads: readonly UploadReport[];
}

/** Within this time a tab is done with its files, however it is treated. Milliseconds. */
const PATIENCE = 150_000;

/** Small, so that a tab is done soon; an app may set the same. */
const LIMITS = {
  retry: { baseDelay: 30, maxDelay: 300 },
  timeout: { stall: 2500, queue: 10_000, complete: 3000, probe: 2000, credentials: 5000 },
};

/** Carries a plan out. Rejects with all that went otherwise than it should. */
export async function soak(page: Page, plan: TabPlan): Promise<TabReport> {
  const { clockOffset, bandwidth, keepAlive, hidesHeaders, uploads } = plan;
  const emulator = await createEmulator({ keepAlive });
  const app = await startAppServer(emulator, BUCKET);
  app.clockOffset = clockOffset;
  try {
    emulator.setClockOffset(clockOffset);
    emulator.faults.bandwidth(bandwidth);
    if (hidesHeaders) emulator.setCorsRules([NOTHING_EXPOSED]);
    for (const rule of uploads.flatMap(rulesOf)) emulator.faults.add(rule);
    const began = performance.now();
    const soaked = new SoakedTab(page, plan, { emulator, app: app.origin });
    const outcomes = await soaked.run();
    const milliseconds = performance.now() - began;
    const reports = await verify(plan, outcomes, { emulator, journal: soaked.journal });
    await soaked.expectNoCheckpoints();
    return { seed: plan.seed, milliseconds, ...soaked.count(), uploads: reports };
  } finally {
    await app.close();
    await emulator.close();
  }
}

const NOTHING_EXPOSED = {
  allowedOrigins: ['*'],
  allowedMethods: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
  allowedHeaders: ['*'],
  exposeHeaders: [],
};

class SoakedTab {
  readonly journal: Journal;
  readonly #page: Page;
  readonly #tab: Tab;
  readonly #plan: TabPlan;
  readonly #emulator: Emulator;
  readonly #app: string;
  readonly #disturbed: Disturbance['type'][] = [];
  #isOver = false;

  constructor(
    page: Page,
    plan: TabPlan,
    { emulator, app }: { readonly emulator: Emulator; readonly app: string },
  ) {
    this.#page = page;
    this.#tab = new Tab(page, emulator);
    this.#plan = plan;
    this.#emulator = emulator;
    this.#app = app;
    this.journal = new Journal(emulator, plan.clockOffset);
  }

  /** What each upload came to; nothing for those that did not end in time. */
  async run(): Promise<Record<string, Outcome | undefined>> {
    const { uploads, disturbances } = this.#plan;
    const keys = uploads.map(({ key }) => key);
    await this.#load();
    await this.#begin();
    const over = this.#page
      .waitForFunction((of) => of.every((key) => sessionStorage.getItem(key) !== null), keys, {
        timeout: PATIENCE,
      })
      // What did not end is told with all that is known of it.
      .catch(() => undefined)
      .finally(() => {
        this.#isOver = true;
      });
    for (const disturbance of disturbances) await this.#disturb(disturbance);
    await over;
    return await this.#page.evaluate(
      (of) =>
        Object.fromEntries(
          of.map((key) => [key, JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined]),
        ),
      keys,
    );
  }

  async expectNoCheckpoints(): Promise<void> {
    const left = await this.#tab.storedCheckpoints();
    if (left.length > 0) throw new Error(`Checkpoints were left: ${JSON.stringify(left)}`);
  }

  count(): Pick<TabReport, 'happened' | 'requests' | 'faulty'> {
    const happened: Record<string, number> = {};
    for (const type of this.#disturbed) happened[type] = (happened[type] ?? 0) + 1;
    const entries = this.#plan.uploads.flatMap(({ key }) => this.journal.of(key));
    const hits = entries.flatMap((entry) => entry.happened ?? []);
    for (const { type } of hits) happened[type] = (happened[type] ?? 0) + 1;
    return { happened, requests: entries.length, faulty: hits.length };
  }

  /** Loads the page, or loads it anew. */
  async #load(): Promise<void> {
    const { way, partSize, concurrency, integrity, hasWorker, tokenLife } = this.#plan;
    const worker = hasWorker ? {} : { worker: false as const };
    const settings = { partSize, concurrency, integrity, ...worker, ...LIMITS };
    if (way === 'sign') return await this.#tab.openWithout('sign', this.#app, settings);
    const signatureVersion = way === 'v1' ? 1 : 4;
    await this.#tab.open({ ...settings, signatureVersion, tokenLife });
  }

  /** Starts whatever no earlier page has brought to an end. What ends is written down before a reload can take it. */
  async #begin(): Promise<void> {
    const starts = this.#plan.uploads.map(({ key, file }) => ({ key, file }));
    await this.#page.evaluate((given) => {
      const { kit } = window;
      for (const start of given) {
        if (sessionStorage.getItem(start.key) !== null) continue;
        kit.start(start);
        void kit
          .outcome(start.key)
          .then((outcome) => sessionStorage.setItem(start.key, JSON.stringify(outcome)));
      }
    }, starts);
  }

  async #disturb(disturbance: Disturbance): Promise<void> {
    await this.#untilReceived(disturbance.at);
    if (this.#isOver) return;
    const { type } = disturbance;
    this.#disturbed.push(type);
    switch (type) {
      case 'reload':
        await this.journal.during(type, () => this.#load());
        return await this.#begin();
      case 'pause':
        return await this.journal.during(type, () => this.#pause(disturbance), disturbance.key);
      case 'offline':
        return await this.journal.during(type, async () => {
          await this.#emulator.faults.refuse('until-restored');
          await sleep(disturbance.milliseconds);
          await this.#emulator.faults.restore();
        });
    }
  }

  async #pause({ key, milliseconds }: Extract<Disturbance, { type: 'pause' }>): Promise<void> {
    await this.#page.evaluate(
      async ([of, time]) => {
        // An upload that an earlier page has ended is not there.
        if (sessionStorage.getItem(of) !== null) return;
        const upload = window.kit.upload(of);
        upload.pause();
        await new Promise((resolve) => setTimeout(resolve, time));
        upload.resume();
      },
      [key, milliseconds] as const,
    );
  }

  async #untilReceived(share: number): Promise<void> {
    const sizes = this.#plan.uploads.map(({ file }) => file.size);
    const wanted = share * sizes.reduce((sum, size) => sum + size, 0);
    while (!this.#isOver && this.#emulator.traffic().bodyBytes < wanted) await sleep(10);
  }
}
