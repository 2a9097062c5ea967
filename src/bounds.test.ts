import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import {
  errorAnswer,
  type FakeOperation,
  type FakeOss,
  type Incoming,
  noAnswer,
  silence,
} from './testing/fake-oss.ts';
import { fileOf, KEY, SECOND, UNIT, World } from './testing/world.ts';

// Whatever goes wrong for ever: no loop without a limit, no hammering, and one clear error in the end.

const MINUTE = 60 * SECOND;
const LANES = 3;

let world: World;
/** When requests were sent, in milliseconds since the start. */
let sentAt: number[];

beforeEach(() => {
  world = new World();
  sentAt = [];
});

/** From here on, these operations fail like that, for ever. */
function failForEver(operations: readonly FakeOperation[], fail: FakeOss['interfere']): void {
  const start = world.clock.now();
  world.oss.interfere = (incoming) => {
    sentAt.push(world.clock.now() - start);
    return operations.includes(incoming.operation) ? fail(incoming) : incoming.process();
  };
}

async function uploadInVain(): Promise<UploadError> {
  const page = world.openPage({ concurrency: LANES });
  const { reason } = await world.end(page.upload(fileOf(20 * UNIT), { key: KEY }));
  if (!(reason instanceof UploadError))
    throw new Error(`An UploadError was expected; got ${String(reason)}.`);
  return reason;
}

function perMinute(times: readonly number[]): number[] {
  const minutes = Array.from({ length: Math.ceil((Math.max(...times) + 1) / MINUTE) }, () => 0);
  for (const time of times) {
    const minute = Math.floor(time / MINUTE);
    minutes[minute] = (minutes[minute] ?? 0) + 1;
  }
  return minutes;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

const html = '<html><body>Sign in to the train</body></html>';
const date = (): string => new Date(world.clock.now()).toISOString();

/** Takes the whole body, and says nothing. */
function swallow(incoming: Incoming): Promise<never> {
  incoming.request.onSent?.(UNIT);
  return silence(incoming);
}

const FAULTS: readonly (readonly [
  string,
  FakeOperation[],
  FakeOss['interfere'],
  Partial<UploadError>,
])[] = [
  [
    'busy',
    ['part'],
    async () => errorAnswer(503, 'ServiceUnavailable'),
    { code: 'ServiceUnavailable' },
  ],
  [
    'at its limit',
    ['part'],
    async () => errorAnswer(429, 'QpsLimitExceeded'),
    { code: 'QpsLimitExceeded' },
  ],
  ['broken', ['part'], async () => errorAnswer(500, 'InternalError'), { code: 'InternalError' }],
  ['unknown', ['part'], async () => ({ status: 502, body: html }), { status: 502 }],
  ['cut off', ['part'], noAnswer, { kind: 'network' }],
  ['silent', ['part'], swallow, { kind: 'timeout' }],
  ['unreachable for want of a socket', ['part'], silence, { code: 'SocketQueueTimeout' }],
  ['silent when asked to open', ['initiate'], silence, { kind: 'timeout' }],
  [
    'a captive portal',
    ['initiate'],
    async () => ({ status: 200, body: html }),
    { kind: 'protocol' },
  ],
  [
    'a captive portal for parts',
    ['part'],
    async () => ({ status: 200, body: html }),
    { kind: 'protocol' },
  ],
  [
    'a truncated list',
    ['complete'],
    async () => ({ status: 200, body: '<Complete' }),
    { kind: 'protocol' },
  ],
  ['strict', ['part'], async () => errorAnswer(403, 'AccessDenied'), { code: 'AccessDenied' }],
  ['disabled', ['initiate'], async () => errorAnswer(403, 'UserDisable'), { code: 'UserDisable' }],
  [
    'suspicious',
    ['part'],
    async () => errorAnswer(403, 'SignatureDoesNotMatch'),
    { code: 'SignatureDoesNotMatch' },
  ],
  [
    'tired of the token',
    ['part'],
    async () => errorAnswer(403, 'SecurityTokenExpired'),
    { code: 'SecurityTokenExpired' },
  ],
  [
    'of another time',
    ['part'],
    async () => ({
      status: 403,
      body: `<Error><Code>RequestTimeTooSkewed</Code><ServerTime>${date()}</ServerTime></Error>`,
    }),
    { code: 'RequestTimeTooSkewed' },
  ],
  ['forgetful', ['part'], async () => errorAnswer(404, 'NoSuchUpload'), { code: 'NoSuchUpload' }],
  [
    'never content',
    ['complete'],
    async () => errorAnswer(400, 'InvalidPart', 3),
    { code: 'InvalidPart' },
  ],
  [
    'corrupting',
    ['part'],
    async () => errorAnswer(400, 'InvalidDigest'),
    { code: 'InvalidDigest' },
  ],
  [
    'in want of larger parts',
    ['complete'],
    async () => errorAnswer(400, 'EntityTooSmall'),
    { code: 'EntityTooSmall' },
  ],
  [
    'in want of order',
    ['part'],
    async () => errorAnswer(400, 'PartNotSequential'),
    { code: 'PartNotSequential' },
  ],
];

describe('a server that stays', () => {
  test.each(FAULTS)('%s is left in peace, and told', async (_name, operations, fail, expected) => {
    failForEver(operations, fail);
    const error = await uploadInVain();
    expect(error).toMatchObject(expected);
    expect(error.message.length).toBeGreaterThan(20);
    // Six attempts in each lane at most, and three uploads, each with its parts.
    expect(sentAt.length).toBeLessThanOrEqual(3 * (20 + 6 * LANES + 3));
    const counts = perMinute(sentAt);
    const half = Math.ceil(counts.length / 2);
    expect(Math.max(...counts)).toBe(counts[0]);
    expect(sum(counts.slice(half))).toBeLessThanOrEqual(sum(counts.slice(0, half)));
  });

  test('away is probed ever more seldom, and asked for nothing', async () => {
    const page = world.openPage({ concurrency: LANES });
    world.isReachable = false;
    failForEver(['initiate'], noAnswer);
    const start = world.clock.now();
    const upload = page.upload(fileOf(20 * UNIT), { key: KEY });
    await world.until(() => world.probes.length === 1);
    await world.clock.advance(60 * MINUTE);
    expect(upload.snapshot.status).toBe('waiting-for-network');
    expect(sentAt).toHaveLength(1);
    const counts = perMinute(world.probes.map((time) => time - start));
    expect(counts[0]).toBeLessThanOrEqual(7);
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(2);
    await page.close();
  });
});
