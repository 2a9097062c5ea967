import { expect, type Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import type { DiagnoseOptions, Finding } from '../src/diagnose/index.ts';
import type { UploaderSettings as Settings, UploadOptions, UploadSnapshot } from '../src/index.ts';
import type {
  ManyOutcome,
  Outcome,
  ReportedError,
  ReportedEvent,
  StartOptions,
} from './page/main.ts';
import type { FileSpec } from './page/make-file.ts';

export const BUCKET = 'partway-demo';

/** Settings of an uploader that a test wants otherwise than the defaults. */
export type UploaderSettings = Partial<Settings> & {
  readonly signatureVersion?: 4 | 1;
  /** How long the credentials of this page live, in seconds. */
  readonly tokenLife?: number;
};

type EventOf<Type extends ReportedEvent['type']> = Extract<ReportedEvent, { readonly type: Type }>;

/** One tab with the test page in it, as a test drives it. */
export class Tab {
  readonly page: Page;
  readonly #emulator: Emulator;

  constructor(page: Page, emulator: Emulator) {
    this.page = page;
    this.#emulator = emulator;
  }

  /** Loads the page and gives it an uploader. */
  async open(settings: UploaderSettings = {}): Promise<void> {
    await this.page.goto(process.env['TEST_PAGE'] ?? '');
    await this.#createUploader(settings);
  }

  /** Reloads the page as a user does, and gives the new one an uploader. Returns when the old one was left. */
  async reload(settings: UploaderSettings = {}): Promise<number> {
    const moment = Date.now();
    await this.page.reload();
    await this.#createUploader(settings);
    return moment;
  }

  /** Waits for a reload that the page itself begins, and gives the new page an uploader. */
  async reloadedBy(action: () => Promise<unknown>): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), action()]);
    await this.#createUploader({});
  }

  async #createUploader({ tokenLife = 3600, ...settings }: UploaderSettings): Promise<void> {
    const { origin, region } = this.#emulator;
    const options = { bucket: BUCKET, region, endpoint: origin, ...settings };
    const sts = `${origin}/__emulator/sts?durationSeconds=${tokenLife}`;
    await this.page.evaluate(([given, from]) => window.kit.open(given, from), [
      options,
      sts,
    ] as const);
  }

  async start(options: StartOptions): Promise<void> {
    await this.page.evaluate((given) => window.kit.start(given), options);
  }

  async upload(options: StartOptions): Promise<Outcome> {
    await this.start(options);
    return await this.outcome(options.key);
  }

  async outcome(key: string): Promise<Outcome> {
    return await this.page.evaluate((of) => window.kit.outcome(of), key);
  }

  /** Waits for the upload's failure. */
  async failure(key: string): Promise<ReportedError> {
    const { error } = await this.outcome(key);
    if (error === undefined) throw new Error(`Expected ${key} to fail; it succeeded.`);
    return error;
  }

  async resumeUnfinished(
    key: string,
    file: FileSpec,
    options: Pick<UploadOptions, 'callback'> = {},
  ): Promise<void> {
    await this.page.evaluate(([of, spec, given]) => window.kit.resumeUnfinished(of, spec, given), [
      key,
      file,
      options,
    ] as const);
  }

  async discardUnfinished(key: string): Promise<void> {
    await this.page.evaluate((of) => window.kit.discardUnfinished(of), key);
  }

  /** The keys of the unfinished uploads, with what was confirmed of each. */
  async unfinished(): Promise<{ readonly key: string; readonly confirmedBytes: number }[]> {
    return await this.page.evaluate(() => window.kit.unfinished());
  }

  async pause(key: string): Promise<void> {
    await this.page.evaluate((of) => window.kit.upload(of).pause(), key);
  }

  async resume(key: string): Promise<void> {
    await this.page.evaluate((of) => window.kit.upload(of).resume(), key);
  }

  async cancel(key: string): Promise<void> {
    await this.page.evaluate((of) => window.kit.upload(of).cancel(), key);
  }

  async snapshot(key: string): Promise<UploadSnapshot> {
    return await this.page.evaluate((of) => window.kit.upload(of).snapshot, key);
  }

  async snapshots(key: string): Promise<readonly UploadSnapshot[]> {
    return await this.page.evaluate((of) => [...window.kit.snapshots(of)], key);
  }

  /** The events of one type, in order. */
  async events<Type extends ReportedEvent['type']>(
    key: string,
    type: Type,
  ): Promise<EventOf<Type>[]> {
    const events = await this.page.evaluate((of) => [...window.kit.events(of)], key);
    return events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Waits until so much of the file is confirmed, from 0 to 1. */
  async untilConfirmed(key: string, share: number): Promise<void> {
    const wanted = { key, share };
    await this.page.waitForFunction((of) => {
      const { confirmedBytes, size } = window.kit.upload(of.key).snapshot;
      return confirmedBytes >= size * of.share;
    }, wanted);
  }

  async untilStatus(key: string, status: UploadSnapshot['status']): Promise<void> {
    const wanted = { key, status };
    await this.page.waitForFunction(
      (of) => window.kit.upload(of.key).snapshot.status === of.status,
      wanted,
    );
  }

  /** All that the browser keeps of this library. */
  async storedCheckpoints(): Promise<unknown[]> {
    return await this.page.evaluate(() => window.kit.storedCheckpoints());
  }

  async uploadMany(sizes: readonly number[]): Promise<ManyOutcome> {
    return await this.page.evaluate((given) => window.kit.uploadMany(given), sizes);
  }

  async credentialCalls(): Promise<number> {
    return await this.page.evaluate(() => window.kit.credentialCalls);
  }

  async diagnose(options: DiagnoseOptions = {}): Promise<Finding[]> {
    return await this.page.evaluate((given) => window.kit.diagnose(given), options);
  }

  /** Neither an upload on the server nor a checkpoint in the browser. */
  async expectNothingLeft(): Promise<void> {
    await expect.poll(() => this.#emulator.uploads(), { message: 'open uploads' }).toEqual([]);
    await expect
      .poll(() => this.storedCheckpoints(), {
        message: 'checkpoints',
      })
      .toEqual([]);
  }
}
