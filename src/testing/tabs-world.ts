import type { Upload } from '../upload.ts';
import type { Uploader } from '../uploader.ts';
import { race } from '../waiting.ts';
import type { FakeTab } from './fake-tabs.ts';
import { type Controlled, controlled } from './promises.ts';
import { fileOf, KEY, SECOND, UNIT, World } from './world.ts';

/** How many parts the file has that all tabs upload. */
export const PARTS = 6;
export const FILE: File = fileOf(PARTS * UNIT);

/** A world for tests of several tabs with one file. Each of them sends one part at a time. */
export class TabsWorld extends World {
  openTab(tab: FakeTab = this.tabs.open()): Uploader {
    return this.openPage({ concurrency: 1 }, undefined, tab);
  }

  /** A tab that has sent some parts and waits for the answer to the next. Everybody else is answered. */
  async beginInTab(
    parts: number,
  ): Promise<{ readonly tab: FakeTab; readonly page: Uploader; readonly upload: Upload }> {
    this.stopAfter(parts);
    const tab = this.tabs.open();
    const page = this.openTab(tab);
    const upload = page.upload(FILE, { key: KEY });
    await this.untilSent(parts + 1);
    this.oss.interfere = ({ process }) => process();
    return { tab, page, upload };
  }

  /** The server answers so many parts, and the others when it is let. */
  stopAfter(parts: number): Controlled<void> {
    const gate = controlled();
    this.oss.interfere = async ({ operation, request, process }) => {
      const { signal } = request;
      if (operation === 'part' && this.oss.count('part') > parts && signal !== undefined)
        await race(gate.promise, signal);
      return await process();
    };
    return gate;
  }

  untilSent(parts: number): Promise<void> {
    return this.until(() => this.oss.count('part') >= parts);
  }

  untilWaiting(upload: Upload): Promise<void> {
    return this.until(() => upload.snapshot.status === 'waiting-for-tab');
  }

  /** How many requests of each operation there were. */
  counts(): Record<string, number> {
    const operations = ['initiate', 'part', 'list', 'complete', 'abort'] as const;
    return Object.fromEntries(operations.map((name) => [name, this.oss.count(name)]));
  }

  /** Numbers of the parts that came more than once. */
  partsSentAgain(): number[] {
    const sent = this.oss.requests.flatMap(({ partNumber }) =>
      partNumber === 0 ? [] : partNumber,
    );
    return sent.filter((number, index) => sent.indexOf(number) < index);
  }

  /** No lock, no upload on the server, no checkpoint, no timer. */
  async expectNothingLeft(): Promise<void> {
    await this.clock.advance(SECOND);
    // A last request may still be signed, which takes real time.
    await this.until(() => this.clock.pending === 0).catch(() => undefined);
    const left = {
      locks: this.tabs.held,
      uploads: [...this.oss.uploads.keys()],
      checkpoints: await this.checkpoints.sessions(),
      timers: this.clock.pending,
    };
    const text = JSON.stringify(left);
    if (text !== '{"locks":[],"uploads":[],"checkpoints":[],"timers":0}')
      throw new Error(`Something is left: ${text}`);
  }
}
