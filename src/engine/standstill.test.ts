import { beforeEach, describe, expect, test } from 'vitest';
import type { UploadError } from '../errors.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { SimulatedLink, seededRandom } from '../testing/simulated-link.ts';
import { Pace, Standstill } from './standstill.ts';
import { Traffic } from './traffic.ts';
import { underWatch } from './watchdog.ts';

const SECOND = 1000;
const KIB = 1024;
const KBIT = 1000 / 8;
const LANES = 6;
const LONG_LIMIT = 30 * SECOND;

let clock: SimulatedClock;
let traffic: Traffic;
/** When attempts were given up, since the start, and by which code. */
let ends: { readonly part: number; readonly at: number; readonly code: string | undefined }[];

beforeEach(() => {
  clock = new SimulatedClock();
  traffic = new Traffic(clock);
  ends = [];
});

interface Sending {
  readonly link: SimulatedLink;
  readonly parts: number;
  readonly size: number;
  /** Whether the system's buffers take a body whole, so that nothing is seen to move until its answer. */
  readonly isBuffered?: boolean;
  /** Attempts that never get on, by part and attempt from 0. */
  readonly stalls?: (part: number, attempt: number) => boolean;
}

/** Sends parts over some lanes, each again until it is through. How long it took, in milliseconds. */
async function send({ link, parts, size, isBuffered, stalls }: Sending): Promise<number> {
  const start = clock.now();
  const watchdog = {
    clock,
    traffic,
    concurrency: LANES,
    stall: LONG_LIMIT,
    queue: 1e9,
    complete: 1e9,
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < parts) {
      const part = next;
      next += 1;
      const ended = { timeouts: 0, stalls: 0 };
      for (let attempt = 0; ; attempt += 1) {
        const request = {
          ...ended,
          operation: 'UploadPart',
          partNumber: part,
          size,
          isRepeatable: true,
        } as const;
        try {
          await underWatch(watchdog, request, ({ signal, onStart, onSent }) => {
            onStart();
            // A browser tells of the first bytes after a tenth of a second.
            clock.after(100, () => onSent(isBuffered === true ? size : 1));
            if (stalls?.(part, attempt) === true) {
              return new Promise((_resolve, reject) => {
                signal.addEventListener('abort', () => reject(signal.reason));
              });
            }
            return link.carry(size, signal, isBuffered === true ? () => undefined : onSent);
          });
          break;
        } catch (error) {
          const { code } = error as UploadError;
          ends.push({ part, at: clock.now() - start, code });
          ended[code === 'ConnectionStalled' ? 'stalls' : 'timeouts'] += 1;
        }
      }
    }
  };
  const sending = watch(Promise.all(Array.from({ length: LANES }, lane)));
  let elapsed = 0;
  for (; !sending.isSettled && elapsed < 3600 * SECOND; elapsed += SECOND)
    await clock.advance(SECOND);
  expect(sending.isSettled).toBe(true);
  return elapsed;
}

function earlyEnds(): typeof ends {
  return ends.filter(({ code }) => code === 'ConnectionStalled');
}

const inTurn = (): number => 0;

/** Round and round, one step each. */
function roundRobin(): (waiting: readonly { readonly number: number }[]) => number {
  let last = 0;
  return (waiting) => {
    const after = waiting.findIndex(({ number }) => number > last);
    const chosen = after === -1 ? 0 : after;
    last = waiting[chosen]?.number ?? 0;
    return chosen;
  };
}

/** One at random until it is through, then another. */
function oneAtRandom(seed: number): (waiting: readonly { readonly number: number }[]) => number {
  const random = seededRandom(seed);
  let current = 0;
  return (waiting) => {
    const known = waiting.findIndex(({ number }) => number === current);
    if (known !== -1) return known;
    const chosen = Math.floor(random() * waiting.length);
    current = waiting[chosen]?.number ?? 0;
    return chosen;
  };
}

describe('on a slow link that moves, with six bodies on it, nothing is given up', () => {
  const LINKS = [
    ['100 kbit/s, parts of 100 KiB', 100 * KBIT, 100 * KIB, 30],
    ['100 kbit/s, parts of 1,000 KiB', 100 * KBIT, 1000 * KIB, 12],
    ['300 kbit/s, parts of 1,000 KiB', 300 * KBIT, 1000 * KIB, 18],
    ['2 Mbit/s, parts of 1,000 KiB', 2000 * KBIT, 1000 * KIB, 30],
  ] as const;

  test.each(LINKS)('%s: one body at a time, in turn', async (_name, rate, size, parts) => {
    for (const isBuffered of [true, false]) {
      const link = new SimulatedLink({ clock, bytesPerSecond: rate, choose: inTurn });
      await send({ link, parts, size, isBuffered });
    }
    expect(ends).toEqual([]);
  });

  test.each(LINKS)('%s: all bodies by turns', async (_name, rate, size, parts) => {
    for (const isBuffered of [true, false]) {
      const link = new SimulatedLink({ clock, bytesPerSecond: rate, choose: roundRobin() });
      await send({ link, parts, size, isBuffered });
    }
    // The long limit has its own tests: bodies that all stand still for eight minutes are beyond it.
    expect(earlyEnds()).toEqual([]);
  });

  test.each(LINKS)(
    '%s: one body at random until it is through',
    async (_name, rate, size, parts) => {
      for (const seed of [1, 2, 3]) {
        const link = new SimulatedLink({ clock, bytesPerSecond: rate, choose: oneAtRandom(seed) });
        await send({ link, parts, size, isBuffered: true });
      }
      expect(ends).toEqual([]);
    },
  );
});

describe('on a link that was fast and turns slow', () => {
  test('nothing is given up early', async () => {
    for (const choose of [inTurn, roundRobin(), oneAtRandom(5)]) {
      const link = new SimulatedLink({ clock, bytesPerSecond: 2_000_000, choose });
      clock.after(5 * SECOND, () => {
        link.bytesPerSecond = 100 * KBIT;
      });
      await send({ link, parts: 24, size: 1000 * KIB, isBuffered: true });
    }
    expect(earlyEnds()).toEqual([]);
  });

  test('a last body whose neighbours had just got through is given up early twice at most', async () => {
    const link = new SimulatedLink({ clock, bytesPerSecond: 2_000_000, choose: inTurn });
    // The wire turns slow when the last of the parts is the only one that is left on it.
    clock.after(5.9 * SECOND, () => {
      link.bytesPerSecond = 100 * KBIT;
    });
    const elapsed = await send({ link, parts: 12, size: 1000 * KIB, isBuffered: true });
    expect(earlyEnds().length).toBeLessThanOrEqual(2);
    expect(elapsed).toBeLessThan(200 * SECOND);
  });
});

describe('on a fast link', () => {
  test('one body that stalls is given up after two seconds, and costs no more', async () => {
    const link = new SimulatedLink({ clock, bytesPerSecond: 4_000_000, choose: roundRobin() });
    const stalls = (part: number, attempt: number): boolean => part === 2 && attempt === 0;
    await send({ link, parts: 30, size: 200 * KIB, stalls });
    expect(ends).toEqual([{ part: 2, at: 2100, code: 'ConnectionStalled' }]);
  });

  test('a last body that stalls is given up as soon', async () => {
    const link = new SimulatedLink({ clock, bytesPerSecond: 4_000_000, choose: inTurn });
    const stalls = (part: number, attempt: number): boolean => part === 11 && attempt === 0;
    const elapsed = await send({ link, parts: 12, size: 200 * KIB, stalls });
    expect(ends).toMatchObject([{ part: 11, code: 'ConnectionStalled' }]);
    expect(elapsed).toBeLessThanOrEqual(4 * SECOND);
  });

  test('a lane that always stalls holds nothing up but its own bodies', async () => {
    const link = new SimulatedLink({ clock, bytesPerSecond: 4_000_000, choose: roundRobin() });
    const stalls = (part: number, attempt: number): boolean => part % 6 === 0 && attempt === 0;
    const elapsed = await send({ link, parts: 60, size: 200 * KIB, stalls });
    expect(ends).toHaveLength(10);
    expect(elapsed).toBeLessThan(10 * SECOND);
  });

  test('what stalls again and again is given twice the time, and at last all there is, once', async () => {
    const link = new SimulatedLink({ clock, bytesPerSecond: 4_000_000, choose: roundRobin() });
    const stalls = (part: number, attempt: number): boolean => part === 2 && attempt < 5;
    await send({ link, parts: 700, size: 200 * KIB, stalls });
    const early = 'ConnectionStalled';
    expect(ends.map(({ code }) => code)).toEqual([early, early, early, early, undefined]);
    const times = ends.map(({ at }) => at);
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(waits.slice(0, 3)).toEqual([4100, 8100, 16_100]);
    // The long limit, from when the last of the others got through: early ends have not doubled it.
    expect(waits[3]).toBeGreaterThanOrEqual(LONG_LIMIT);
    expect(waits[3]).toBeLessThan(LONG_LIMIT + 10 * SECOND);
  });
});

test('when all stand still the link is at fault: nothing is given up before the long limit', async () => {
  const link = new SimulatedLink({ clock, bytesPerSecond: 4_000_000, choose: roundRobin() });
  // After a second the wire is dead for twenty seconds.
  clock.after(SECOND, () => {
    link.bytesPerSecond = 500;
  });
  clock.after(15 * SECOND, () => {
    link.bytesPerSecond = 4_000_000;
  });
  await send({ link, parts: 60, size: 200 * KIB });
  expect(ends).toEqual([]);
});

describe('a standstill', () => {
  const around = { usual: 0, bytesInFlight: 1000, isAlone: false, stalls: 0 };

  test('is not judged by what was on its way before it began', () => {
    const standstill = new Standstill(1000);
    standstill.confirmed({ size: 1000, sentAt: 900 }, 1100);
    expect(standstill.due(around)).toBeUndefined();
    standstill.confirmed({ size: 1000, sentAt: 1050 }, 1200);
    expect(standstill.due(around)).toBe(3000);
  });

  test('ends when something moves', () => {
    const standstill = new Standstill(1000);
    standstill.confirmed({ size: 1000, sentAt: 1050 }, 1200);
    standstill.moved(1300);
    expect(standstill.due({ ...around, isAlone: true })).toBeUndefined();
  });

  test('may last three times what is usual, what overtakers took, and what the link needs', () => {
    const standstill = new Standstill(0);
    standstill.confirmed({ size: 1000, sentAt: 1 }, 4001);
    // One body of a thousand bytes in four seconds.
    expect(standstill.due(around)).toBe(3 * 4001);
    expect(standstill.due({ ...around, bytesInFlight: 3000 })).toBe(3 * 3 * 4001);
    expect(standstill.due({ ...around, usual: 5000 })).toBe(15_000);
    expect(standstill.due({ ...around, usual: 5000, stalls: 1 })).toBe(30_000);
    expect(standstill.due({ ...around, stalls: 4 })).toBeUndefined();
  });
});

describe('the pace', () => {
  test('is what nine in ten of the latest parts took, larger ones by their size', () => {
    const pace = new Pace();
    expect(pace.usual(100)).toBe(0);
    for (let part = 1; part <= 10; part += 1) pace.note(100, part * 10);
    expect(pace.usual(100)).toBe(100);
    expect(pace.usual(50)).toBe(100);
    expect(pace.usual(200)).toBe(200);
    for (let part = 0; part < 32; part += 1) pace.note(100, 5);
    expect(pace.usual(100)).toBe(5);
  });

  test('is not known of parts far larger than those that were seen', () => {
    const pace = new Pace();
    pace.note(1, 14);
    expect(pace.usual(1)).toBe(14);
    expect(pace.usual(16)).toBe(16 * 14);
    expect(pace.usual(17)).toBe(0);
    pace.note(100_000, 50);
    expect(pace.usual(100_000)).toBe(50);
  });

  test('is another at each endpoint', () => {
    const pace = new Pace();
    const [near, far] = [{}, {}];
    for (let part = 0; part < 10; part += 1) pace.note(100, 5, near);
    pace.note(100, 500, far);
    expect(pace.usual(100, near)).toBe(5);
    expect(pace.usual(100, far)).toBe(500);
    expect(pace.slowest).toBe(500);
  });
});
