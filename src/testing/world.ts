import type { Trouble } from '../engine/context.ts';
import * as trouble from '../engine/trouble.ts';
import type { UploadEvent } from '../events.ts';
import type { Platform } from '../host/engine-uploader.ts';
import type { Hashing } from '../lazy-hasher.ts';
import type { UploaderSettings } from '../options.ts';
import { Crc64 } from '../oss/crc64.ts';
import type { CredentialsProvider } from '../oss/credentials.ts';
import { loadHashing } from '../platform/load-hashing.ts';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import type { CheckpointStore, Clock } from '../ports.ts';
import type { SigningOptions } from '../signing-options.ts';
import type { Upload } from '../upload.ts';
import type { Uploader } from '../uploader.ts';
import { FakeOss, silence } from './fake-oss.ts';
import { type FakeTab, FakeTabs } from './fake-tabs.ts';
import { openUploader } from './open-uploader.ts';
import { watch } from './promises.ts';
import { SimulatedClock } from './simulated-clock.ts';

export const SECOND = 1000;
/** Bytes of a unit, and of a part of the uploaders here. */
export const UNIT: number = 100 * 1024;
export const KEY = 'holiday.mp4';
export const SECRETS = {
  accessKeyId: 'STS.visible',
  accessKeySecret: 'MARKED-SECRET',
  securityToken: 'MARKED-TOKEN',
};

/** A server, a browser's storage and tabs, and a clock; pages come and go. */
export class World {
  readonly clock = new SimulatedClock();
  readonly oss = new FakeOss();
  readonly tabs = new FakeTabs();
  checkpoints: CheckpointStore = createMemoryCheckpoints();
  credentials: CredentialsProvider = () => Promise.resolve(SECRETS);
  /** Whether anybody answers a probe. */
  isReachable = true;
  /** What comes of a probe of an address. */
  answersProbe: (url: string) => Promise<boolean> = () => Promise.resolve(this.isReachable);
  loadHashing: () => Promise<Hashing> = loadHashing;
  loadTrouble: () => Promise<Trouble> = () => Promise.resolve(trouble);
  /** When there were probes, in epoch milliseconds. */
  readonly probes: number[] = [];

  constructor() {
    this.oss.now = () => this.clock.now();
  }

  /** What a page makes at its start, in a tab of its own unless one is given. */
  openPage(
    options: Partial<UploaderSettings> = {},
    signing: SigningOptions = { credentials: () => this.credentials() },
    tab: Tab = this.tabs.open(),
  ): Uploader {
    return openUploader(
      { bucket: 'videos', region: 'cn-hangzhou', partSize: UNIT, ...options, ...signing },
      this.platformOf(tab),
    );
  }

  /** What an uploader stands on in a tab. */
  platformOf(tab: Tab): Platform {
    return {
      createTransport: () => ({ send: (request) => reach(tab, this.oss.send(request)) }),
      checkpoints: this.checkpoints,
      clock: clockOf(tab, this.clock),
      connectivity: {
        probe: (url) => {
          this.probes.push(this.clock.now());
          return this.answersProbe(url);
        },
        onOnline: () => () => undefined,
      },
      pageLife: { isHidden: () => false, onHide: () => () => undefined },
      locks: tab.locks,
      channels: tab.channels,
      loadHashing: () => this.loadHashing(),
      loadTrouble: () => this.loadTrouble(),
    };
  }

  /** Waits for what needs no time of the simulated clock: signing takes some of the real one. */
  async until(isReached: () => boolean): Promise<void> {
    for (let turn = 0; turn < 5000 && !isReached(); turn += 1) {
      await this.clock.advance(0);
      await realTurn();
    }
    if (!isReached()) throw new Error('What the test waits for did not come.');
  }

  /** Lets time pass until the upload has ended, as it must within four hours. */
  async end(upload: Upload): Promise<{ value?: unknown; reason?: unknown }> {
    const state = watch(upload.done);
    // Small steps at first; whoever waits for longer than a minute waits for a watchdog.
    for (let turn = 0; turn < 4000 && !state.isSettled; turn += 1) {
      await this.clock.advance(turn < 600 ? 100 : 4000);
      await realTurn();
    }
    if (!state.isSettled) throw new Error('The upload has not ended within four hours.');
    return state;
  }

  /** Lets happen what needs no time of the simulated clock, and little of the real one. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) {
      await this.clock.advance(0);
      await realTurn();
    }
  }

  /** Lets time pass until that has settled, as it must within five minutes. */
  async settle(state: { readonly isSettled: boolean }): Promise<void> {
    for (let second = 0; second < 300 && !state.isSettled; second += 1) {
      await this.clock.advance(SECOND);
      await realTurn();
    }
    if (!state.isSettled) throw new Error('It has not settled within five minutes.');
  }

  /** Uploads some parts of a file, as a page does that is then closed. */
  async uploadSome(file: File, parts: number): Promise<void> {
    const page = this.openPage({ concurrency: 1 });
    this.oss.interfere = (incoming) =>
      incoming.operation === 'part' && this.oss.count('part') > parts
        ? silence(incoming)
        : incoming.process();
    const events = record(page.upload(file, { key: KEY }));
    await this.until(() => this.oss.count('part') > parts);
    const confirmed = events.filter(({ type }) => type === 'part-confirmed');
    if (confirmed.length !== parts) throw new Error(`${confirmed.length} parts are confirmed.`);
    await page.close();
    this.oss.interfere = ({ process }) => process();
  }
}

export function fileOf(size: number, fill = 7): File {
  const options = { lastModified: 1_600_000_000_000 };
  return new File([new Uint8Array(size).fill(fill)], 'holiday.mp4', options);
}

export async function crc64Of(file: Blob): Promise<string> {
  const crc64 = new Crc64();
  crc64.update(new Uint8Array(await file.arrayBuffer()));
  return crc64.digest();
}

export function record(upload: Upload): UploadEvent[] {
  const events: UploadEvent[] = [];
  upload.subscribe((_snapshot, event) => events.push(event));
  return events;
}

/** What a page has of its tab. */
type Tab = Pick<Platform, 'locks' | 'channels'> & Pick<FakeTab, 'deliver'>;

function reach<Value>(tab: Tab, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    promise.then(
      (value) => tab.deliver(() => resolve(value)),
      (reason: unknown) => tab.deliver(() => reject(reason)),
    );
  });
}

function clockOf(tab: Tab, clock: Clock): Clock {
  return {
    now: () => clock.now(),
    after(milliseconds, callback) {
      let isWanted = true;
      const takeBack = clock.after(milliseconds, () =>
        tab.deliver(() => {
          if (isWanted) callback();
        }),
      );
      return () => {
        isWanted = false;
        takeBack();
      };
    },
  };
}

function realTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
