import assert from 'node:assert/strict';
import type { Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import type { DiagnoseOptions, Finding } from '../src/diagnose/index.ts';
import type {
  EndpointSettings,
  GeneralSettings,
  UploadOptions,
  UploadSnapshot,
} from '../src/index.ts';
import { BUCKET, eventually } from './expectations.ts';
import type { Outcome, ReportedEvent, StartOptions } from './page/kit.ts';
import type { FileSpec } from './page/make-file.ts';
import type { ReportedError } from './page/report.ts';

export { BUCKET } from './expectations.ts';

/** Settings of an uploader that a test wants otherwise than the defaults. */
export type UploaderSettings = Partial<GeneralSettings> &
  EndpointSettings & {
    readonly signatureVersion?: 4 | 1;
    readonly formLimit?: number;
    /** How long the credentials of this page live, in seconds. */
    readonly tokenLife?: number;
  };

type EventOf<Type extends ReportedEvent['type']> = Extract<ReportedEvent, { readonly type: Type }>;

/** What a tab needs of the driver of its browser. Functions run in the page, with arguments and results that JSON can carry. */
export interface DrivenPage {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<Result, Argument = void>(
    action: (argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>;
  /** Resolves when the condition holds, over navigations. */
  waitForFunction<Argument>(
    condition: (argument: Argument) => boolean,
    argument: Argument,
  ): Promise<unknown>;
}

/** One tab with the test page in it, as a test drives it. */
export class Tab<Driven extends DrivenPage = Page> {
  readonly page: Driven;
  readonly #emulator: Emulator;

  constructor(page: Driven, emulator: Emulator) {
    this.page = page;
    this.#emulator = emulator;
  }

  /** Loads the page and gives it an uploader. */
  async open(
    settings: UploaderSettings = {},
    address: string = process.env['TEST_PAGE'] ?? '',
  ): Promise<void> {
    await this.page.goto(address);
    await this.openHere(settings);
  }

  /** Loads the page and gives it an uploader without keys, for which the app's server signs requests or forms. */
  async openWithout(
    way: 'sign' | 'form',
    app: string,
    settings: UploaderSettings = {},
  ): Promise<void> {
    await this.page.goto(process.env['TEST_PAGE'] ?? '');
    const options = { bucket: BUCKET, ...placed(settings, this.#emulator.origin) };
    await this.#untilLoaded();
    await this.page.evaluate(([by, given, from]) => globalThis.kit.openWithout(by, given, from), [
      way,
      options,
      app,
    ] as const);
  }

  /** Reloads the page as a user does, and gives the new one an uploader. Returns when the old one was left. */
  async reload(settings: UploaderSettings = {}): Promise<number> {
    const moment = Date.now();
    await this.page.reload();
    await this.openHere(settings);
    return moment;
  }

  /** Waits for a reload that the page itself begins, and gives the new page an uploader. */
  async reloadedBy(action: () => Promise<unknown>): Promise<void> {
    const before = await this.page.evaluate(() => performance.timeOrigin);
    await action();
    await this.page.waitForFunction(
      (origin) => performance.timeOrigin !== origin && document.readyState === 'complete',
      before,
    );
    await this.openHere({});
  }

  /** Gives the page that is loaded an uploader. */
  async openHere({ tokenLife = 3600, ...settings }: UploaderSettings = {}): Promise<void> {
    const { origin, region } = this.#emulator;
    const options = { bucket: BUCKET, region, ...placed(settings, origin) };
    const sts = `${origin}/__emulator/sts?durationSeconds=${tokenLife}`;
    await this.#untilLoaded();
    await this.page.evaluate(([given, from]) => globalThis.kit.open(given, from), [
      options,
      sts,
    ] as const);
  }

  // Some drivers come back before the scripts of the page have run.
  async #untilLoaded(): Promise<void> {
    await this.page.waitForFunction(() => 'kit' in globalThis, undefined);
  }

  async start(options: StartOptions): Promise<void> {
    await this.page.evaluate((given) => globalThis.kit.start(given), options);
  }

  async startPicked(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.startPicked({ key: of }), key);
  }

  async resumePicked(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.resumePicked(of), key);
  }

  async startKept(options: StartOptions): Promise<void> {
    await this.page.evaluate((given) => globalThis.kit.startKept(given), options);
  }

  async resumeKept(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.resumeKept(of), key);
  }

  async upload(options: StartOptions): Promise<Outcome> {
    await this.start(options);
    return await this.outcome(options.key);
  }

  async outcome(key: string): Promise<Outcome> {
    return await this.page.evaluate((of) => globalThis.kit.outcome(of), key);
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
    await this.page.evaluate(
      ([of, spec, given]) => globalThis.kit.resumeUnfinished(of, spec, given),
      [key, file, options] as const,
    );
  }

  async discardUnfinished(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.discardUnfinished(of), key);
  }

  /** The keys of the unfinished uploads, with what was confirmed of each. */
  async unfinished(): Promise<{ readonly key: string; readonly confirmedBytes: number }[]> {
    return await this.page.evaluate(() => globalThis.kit.unfinished());
  }

  async pause(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.upload(of).pause(), key);
  }

  async resume(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.upload(of).resume(), key);
  }

  async cancel(key: string): Promise<void> {
    await this.page.evaluate((of) => globalThis.kit.upload(of).cancel(), key);
  }

  async snapshot(key: string): Promise<UploadSnapshot> {
    return await this.page.evaluate((of) => globalThis.kit.upload(of).snapshot, key);
  }

  async snapshots(key: string): Promise<readonly UploadSnapshot[]> {
    return await this.page.evaluate((of) => [...globalThis.kit.snapshots(of)], key);
  }

  /** The events of one type, in order. */
  async events<Type extends ReportedEvent['type']>(
    key: string,
    type: Type,
  ): Promise<EventOf<Type>[]> {
    const events = await this.page.evaluate((of) => [...globalThis.kit.events(of)], key);
    return events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** Waits until so much of the file is confirmed, from 0 to 1. */
  async untilConfirmed(key: string, share: number): Promise<void> {
    const wanted = { key, share };
    await this.page.waitForFunction((of) => {
      const { confirmedBytes, size } = globalThis.kit.upload(of.key).snapshot;
      return confirmedBytes >= size * of.share;
    }, wanted);
  }

  async untilStatus(key: string, status: UploadSnapshot['status']): Promise<void> {
    const wanted = { key, status };
    await this.page.waitForFunction(
      (of) => globalThis.kit.upload(of.key).snapshot.status === of.status,
      wanted,
    );
  }

  /** All that the browser keeps of this library. */
  async storedCheckpoints(): Promise<unknown[]> {
    return await this.page.evaluate(() => globalThis.kit.storedCheckpoints());
  }

  async uploadMany(sizes: readonly number[]): Promise<string[]> {
    return await this.page.evaluate((given) => globalThis.kit.uploadMany(given), sizes);
  }

  /** Everything that this library shows, stores and asks for in the page, as one text. */
  async everythingSeen(key: string): Promise<string> {
    return await this.page.evaluate(async (of) => {
      const { kit } = globalThis;
      const { href } = location;
      const asked = performance.getEntriesByType('resource').map(({ name }) => name);
      const pages = [localStorage, sessionStorage].map((storage) => JSON.stringify(storage));
      const stored = [await kit.storedCheckpoints(), pages];
      const told = [kit.events(of), kit.snapshots(of), await kit.outcome(of)];
      return JSON.stringify([href, asked, stored, told]);
    }, key);
  }

  async credentialCalls(): Promise<number> {
    return await this.page.evaluate(() => globalThis.kit.credentialCalls);
  }

  async diagnose(options: DiagnoseOptions = {}): Promise<Finding[]> {
    return await this.page.evaluate((given) => globalThis.kit.diagnose(given), options);
  }

  /** Neither an upload on the server nor a checkpoint in the browser. */
  async expectNothingLeft(): Promise<void> {
    await eventually(async () => {
      const checkpoints = await this.storedCheckpoints();
      assert.deepEqual({ uploads: this.#emulator.uploads(), checkpoints }, NOTHING);
    });
  }
}

const NOTHING = { uploads: [], checkpoints: [] };

function placed(settings: UploaderSettings, endpoint: string): UploaderSettings {
  return settings.endpoints === undefined ? { endpoint, ...settings } : settings;
}
