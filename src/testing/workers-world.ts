import type { UploaderSettings } from '../options.ts';
import type { Surroundings } from '../page/page-uploader.ts';
import type { CheckpointStore } from '../ports.ts';
import type { SigningOptions } from '../signing-options.ts';
import type { Upload } from '../upload.ts';
import type { Uploader } from '../uploader.ts';
import { FakeWorker } from './fake-worker.ts';
import { openUploader } from './open-uploader.ts';
import { watch } from './promises.ts';
import { FILE, TabsWorld } from './tabs-world.ts';
import { KEY, SECOND, UNIT } from './world.ts';

/** A world for tests of pages whose engine lives in a worker, as long as there is one. */
export class WorkersWorld extends TabsWorld {
  /** In the order in which they were started. */
  readonly workers: FakeWorker[] = [];
  /** What a worker does when it is started; it may throw in place of its constructor. */
  begins: (worker: FakeWorker) => void = (worker) => worker.start();
  /** What comes of loading the engine into the page. */
  loadHost: Surroundings['loadHost'] | undefined;

  /** The one that was started last. */
  get worker(): FakeWorker {
    const worker = this.workers.at(-1);
    if (worker === undefined) throw new Error('No worker was started.');
    return worker;
  }

  override openPage(
    options: Partial<UploaderSettings> = {},
    signing: SigningOptions = { credentials: () => this.credentials() },
  ): Uploader {
    return openUploader(
      { bucket: 'videos', region: 'cn-hangzhou', partSize: UNIT, ...options, ...signing },
      this.platformOf(this.tabs.open()),
      {
        clock: this.clock,
        startWorker: () => this.#startWorker(),
        ...(this.loadHost === undefined ? {} : { loadHost: this.loadHost }),
      },
    );
  }

  /** Begins an upload that stands still when so many parts are confirmed, until it is interfered with anew. */
  async uploadUntil(page: Uploader, parts: number): Promise<Upload> {
    this.stopAfter(parts);
    const upload = page.upload(FILE, { key: KEY });
    await this.untilSent(parts + 1);
    await this.clock.advance(SECOND);
    this.oss.interfere = ({ process }) => process();
    return upload;
  }

  /** Lets time pass until it is done. */
  async pass(doing: Promise<void> | undefined): Promise<void> {
    const state = watch(doing ?? Promise.reject(new Error('There is nothing to be done.')));
    for (let turn = 0; turn < 600 && !state.isSettled; turn += 1) {
      await this.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (!state.isSettled) throw new Error('It was not done within a minute.');
    await doing;
  }

  /** Ends the upload, which must come to the whole file. */
  async endWhole(upload: Upload): Promise<void> {
    const { value, reason } = await this.end(upload);
    if (value === undefined) throw reason;
    const size = this.oss.objects.get(`/${KEY}`)?.size;
    if (size !== FILE.size) throw new Error(`The object has ${size} bytes.`);
  }

  /** Closes the page: no lock, no upload on the server and no checkpoint is left. */
  async closeAndLookThatNothingIsLeft(page: Uploader): Promise<void> {
    await page.close();
    await this.clock.advance(SECOND);
    const left = {
      locks: this.tabs.held,
      uploads: [...this.oss.uploads.keys()],
      checkpoints: await this.checkpoints.sessions(),
      workers: this.workers.filter(({ isTerminated }) => !isTerminated).length,
    };
    const text = JSON.stringify(left);
    if (text !== '{"locks":[],"uploads":[],"checkpoints":[],"workers":0}')
      throw new Error(`Something is left: ${text}`);
  }

  #startWorker(): FakeWorker {
    const tab = this.tabs.open();
    let isGone = false;
    const checkpoints = cutOff(this.checkpoints, () => isGone);
    const worker = new FakeWorker({ ...this.platformOf(tab), checkpoints }, () => {
      isGone = true;
      tab.close();
    });
    this.workers.push(worker);
    try {
      this.begins(worker);
    } catch (error) {
      worker.terminate();
      throw error;
    }
    return worker;
  }
}

/** A store as a worker has it, which neither reads nor writes once it is gone. */
function cutOff(store: CheckpointStore, isGone: () => boolean): CheckpointStore {
  const unlessGone = <Value>(ask: () => Promise<Value>): Promise<Value> =>
    isGone() ? new Promise<never>(() => undefined) : ask();
  return {
    sessions: () => unlessGone(() => store.sessions()),
    parts: (id) => unlessGone(() => store.parts(id)),
    putSession: (record) => unlessGone(() => store.putSession(record)),
    putParts: (id, parts) => unlessGone(() => store.putParts(id, parts)),
    delete: (id) => unlessGone(() => store.delete(id)),
    link: (endpoint) => unlessGone(() => store.link(endpoint)),
    putLink: (record) => unlessGone(() => store.putLink(record)),
    close: () => store.close(),
  };
}
