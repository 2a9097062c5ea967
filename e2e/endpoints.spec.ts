import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Emulator } from '../emulator/index.ts';
import { test as base, expect, expectStored, MIB, PART, requests } from './fixtures.ts';
import type { Tab, UploaderSettings } from './tab.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 24 * PART };

/** A way to the emulator, with an origin of its own, that can be cut. */
class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #isCut = false;

  constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = createServer((near) => {
      if (this.#isCut) return void near.destroy();
      const far = connect(Number(port), hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Breaks all connections, and each new one. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

const test = base.extend<{ near: Line; far: Line }>({
  near: async ({ emulator }, use) => await lend(emulator, use),
  far: async ({ emulator }, use) => await lend(emulator, use),
});

async function lend(emulator: Emulator, use: (line: Line) => Promise<void>): Promise<void> {
  const line = new Line(emulator.origin);
  await line.open();
  await use(line);
  await line.close();
}

/** Numbers of the parts that were confirmed, or sent, by that line. */
function partsBy(emulator: Emulator, line: Line, status?: number): number[] {
  return requests(emulator, 'UploadPart')
    .filter(({ headers }) => headers['host'] === `127.0.0.1:${line.port}`)
    .filter((entry) => status === undefined || entry.status === status)
    .map(({ partNumber = 0 }) => partNumber);
}

/** Starts to upload the file; the link is slow enough for something to happen in the middle. */
async function begin(tab: Tab, emulator: Emulator, settings: UploaderSettings): Promise<void> {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open({ partSize: PART, ...settings });
  await tab.start({ key: KEY, file: FILE });
  await tab.untilConfirmed(KEY, 0.3);
}

test('a file goes on at the other endpoint when its own is cut', async ({
  tab,
  emulator,
  near,
  far,
}) => {
  await begin(tab, emulator, { endpoints: [near.origin, far.origin] });
  expect(partsBy(emulator, far)).toEqual([]);
  near.cut();
  emulator.faults.bandwidth(undefined);

  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const before = new Set(partsBy(emulator, near, 200));
  expect(before.size).toBeGreaterThan(6);
  // An answer may have been on its way when the line was cut: such parts are sent again, and no others.
  const again = partsBy(emulator, far).filter((partNumber) => before.has(partNumber));
  expect(again.length).toBeLessThanOrEqual(6);
  const confirmed = await tab.events(KEY, 'part-confirmed');
  expect(confirmed).toHaveLength(24);
  const switched = await tab.events(KEY, 'endpoint-switched');
  expect(switched).toHaveLength(1);
  expect(switched[0]?.from).toContain(near.origin);
  expect(switched[0]?.endpoint).toContain(far.origin);
  expect(await tab.events(KEY, 'retry')).toEqual([]);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});

test('and comes back when that is well again', async ({ tab, emulator, near, far }) => {
  emulator.faults.bandwidth(3 * MIB);
  near.cut();
  await tab.open({ endpoints: [near.origin, far.origin], partSize: PART });
  await tab.start({ key: KEY, file: FILE });
  await expect.poll(() => partsBy(emulator, far, 200).length).toBeGreaterThan(0);
  near.mend();
  await expect.poll(() => partsBy(emulator, near).length, { timeout: 15_000 }).toBeGreaterThan(0);
  emulator.faults.bandwidth(undefined);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  const recovered = await tab.events(KEY, 'endpoint-recovered');
  expect(recovered).toHaveLength(1);
  expect(recovered[0]?.endpoint).toContain(near.origin);
  await tab.expectNothingLeft();
});

test('spread parts go by both endpoints, more at a time than one host bears', async ({
  tab,
  emulator,
  near,
  far,
}) => {
  emulator.faults.bandwidth(8 * MIB);
  await tab.open({ endpoints: [near.origin, far.origin], spread: true, partSize: PART });
  await tab.start({ key: KEY, file: FILE });
  await expect
    .poll(
      () => requests(emulator, 'UploadPart').filter((entry) => entry.outcome === 'pending').length,
    )
    .toBeGreaterThan(6);
  emulator.faults.bandwidth(undefined);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(partsBy(emulator, near).length).toBeGreaterThan(6);
  expect(partsBy(emulator, far).length).toBeGreaterThan(6);
  expect(requests(emulator, 'UploadPart')).toHaveLength(24);
  await tab.expectNothingLeft();
});

test('spread parts go by one when the other is cut', async ({ tab, emulator, near, far }) => {
  await begin(tab, emulator, { endpoints: [near.origin, far.origin], spread: true });
  far.cut();
  emulator.faults.bandwidth(undefined);
  expect((await tab.outcome(KEY)).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'endpoint-switched')).toHaveLength(1);
  expect(requests(emulator, 'UploadPart').length).toBeLessThanOrEqual(24 + 6);
  await tab.expectNothingLeft();
});

test('a page with the endpoints in another order finds what an earlier one has begun', async ({
  tab,
  emulator,
  near,
  far,
}) => {
  await begin(tab, emulator, { endpoints: [near.origin, far.origin] });
  near.cut();
  await tab.reload({ endpoints: [far.origin, near.origin], partSize: PART });
  emulator.faults.bandwidth(undefined);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(await tab.events(KEY, 'resumed')).toHaveLength(1);
  expect(requests(emulator, 'InitiateMultipartUpload')).toHaveLength(1);
  await tab.expectNothingLeft();
});
