import type { Fault, OperationName } from '../../emulator/index.ts';
import { KIB } from '../expectations.ts';
import type { FileSpec } from '../page/make-file.ts';
import { Dice } from './dice.ts';
import { FAILING, type FaultyOperation, HARMLESS } from './failing.ts';

/** One tab and the world around it: everything that is to happen there, by its seed. */
export interface TabPlan {
  readonly seed: number;
  readonly way: 'v4' | 'v1' | 'sign';
  /** Bytes. */
  readonly partSize: number;
  readonly concurrency: number;
  readonly integrity: 'crc64' | 'md5';
  readonly hasWorker: boolean;
  /** Whether connections serve more than one request. */
  readonly keepAlive: boolean;
  /** Whether the bucket's CORS rule hides all headers. */
  readonly hidesHeaders: boolean;
  /** Seconds. */
  readonly tokenLife: number;
  /** Milliseconds by which the server's clock is ahead of the page's. */
  readonly clockOffset: number;
  /** Bytes per second of all connections. */
  readonly bandwidth: number;
  /** They run side by side. */
  readonly uploads: readonly UploadPlan[];
  /** In order. */
  readonly disturbances: readonly Disturbance[];
}

export interface UploadPlan {
  readonly key: string;
  readonly file: FileSpec;
  readonly faults: readonly ScheduledFault[];
}

/** What happens to the how manieth request of an operation on this key, from 1. */
export interface ScheduledFault {
  readonly operation: OperationName;
  readonly request: number;
  readonly fault: Fault;
}

/** What happens to the tab, once the server has received so much: 1 is all bytes of its files. */
export type Disturbance = { readonly at: number } & (
  | { readonly type: 'reload' }
  | { readonly type: 'pause'; readonly key: string; readonly milliseconds: number }
  | { readonly type: 'offline'; readonly milliseconds: number }
);

/** So many requests fail. */
export const FAILURE_RATE = 0.2;
export const UPLOADS_PER_TAB = 4;

/**
 * All that goes wrong in one tab. Whatever the seed, it stays within what an upload promises to survive: six failures of a
 * request in a row, three of them without a readable answer before there was any, two repairs of an upload of each kind.
 */
export function planTab(seed: number): TabPlan {
  const dice = new Dice(seed * 7919);
  const partSize = dice.pick([100, 200, 300, 500, 500, 1000, 1000]) * KIB;
  const way = dice.pick(['v4', 'v4', 'v4', 'v4', 'v1', 'sign', 'sign']);
  const hidesHeaders = dice.chance(0.1);
  // A request bears one token that ends under it.
  const expiring = dice.chance(0.5) ? dice.integer(1, UPLOADS_PER_TAB) : 0;
  const uploads = Array.from({ length: UPLOADS_PER_TAB }, (_, index) => {
    const key = `${seed}/file-${index + 1}.bin`;
    return planUpload(dice, { key, partSize, expires: index + 1 === expiring });
  });
  return {
    seed,
    way,
    partSize,
    concurrency: dice.pick([2, 3, 4, 6, 6]),
    integrity: dice.pick(['crc64', 'crc64', 'crc64', 'md5']),
    hasWorker: dice.chance(0.8),
    keepAlive: dice.chance(0.6),
    hidesHeaders,
    tokenLife: dice.pick([5, 8, 900]),
    clockOffset: dice.pick([0, 0, 0, 20, -20, 24 * 60]) * 60_000,
    bandwidth: dice.integer(12, 32) * 1_000_000,
    uploads,
    disturbances: planDisturbances(dice, uploads),
  };
}

interface UploadWish {
  readonly key: string;
  /** Bytes. */
  readonly partSize: number;
  /** Whether its tab's token ends under one of its parts. */
  readonly expires: boolean;
}

function planUpload(dice: Dice, { key, partSize, expires }: UploadWish): UploadPlan {
  const size = planSize(dice);
  const parts = Math.max(1, Math.ceil(size / partSize));
  // One fault for each request: what is added later takes the place of what was there.
  const schedule = new Map<string, ScheduledFault>();
  const add: Add = (operation, request, fault) => {
    schedule.set(`${operation} ${request}`, { operation, request, fault });
  };
  planFailures(dice, 'UploadPart', 6 + Math.ceil(parts * 1.6), add);
  for (const operation of ONCE_IN_AN_UPLOAD) planFailures(dice, operation, 3, add);
  if (expires) add('UploadPart', dice.integer(1, parts), { type: 'expire-token' });
  planDamages(dice, { parts, unitsPerPart: partSize / (100 * KIB) }, add);
  const faults = [...schedule.values()].toSorted(
    (a, b) => a.operation.localeCompare(b.operation) || a.request - b.request,
  );
  return { key, file: { size, seed: dice.integer(1, 2 ** 31), name: key }, faults };
}

type Add = (operation: OperationName, request: number, fault: Fault) => void;

/** What the server loses. An upload bears to be mended twice, and to be begun again twice. */
function planDamages(
  dice: Dice,
  { parts, unitsPerPart }: { readonly parts: number; readonly unitsPerPart: number },
  add: Add,
): void {
  const anyPart = (): number => dice.integer(1, parts);
  const addAnywhere = (fault: Fault): void => {
    const operation = dice.pick(['UploadPart', 'CompleteMultipartUpload', 'ListParts']);
    add(operation, operation === 'UploadPart' ? anyPart() : 1, fault);
  };
  const damages = dice.pick([0, 0, 0, 1, 1, 2]);
  for (let count = 0; count < damages; count += 1) {
    const type = dice.pick(['drop-part', 'corrupt-part', 'wrong-etag', 'corrupt-body', 'late']);
    if (type === 'drop-part' || type === 'corrupt-part')
      addAnywhere({ type, partNumber: 1 + (anyPart() - 1) * unitsPerPart });
    else if (type === 'late')
      add('UploadPart', anyPart(), { type: 'delay', ms: 3000, before: 'storing' });
    else add('UploadPart', anyPart(), { type });
  }
  if (dice.chance(0.15)) addAnywhere({ type: 'forget-upload' });
}

const ONCE_IN_AN_UPLOAD = [
  'PutObject',
  'InitiateMultipartUpload',
  'ListParts',
  'CompleteMultipartUpload',
  'HeadObject',
] as const;

/** Bytes: some tiny, most of some MB, few large. */
function planSize(dice: Dice): number {
  const kind = dice.integer(1, 20);
  if (kind === 1) return dice.pick([0, 1, 100 * KIB]);
  if (kind <= 3) return dice.integer(2, 100 * KIB);
  if (kind <= 5) return dice.integer(100_000, 1_000_000);
  if (kind <= 19) return dice.integer(1_000_000, 8_000_000);
  return dice.integer(8_000_000, 30_000_000);
}

function planFailures(dice: Dice, operation: FaultyOperation, requests: number, add: Add): void {
  const mostInRow = operation === 'UploadPart' ? 3 : 2;
  let inRow = 0;
  for (let request = 1; request <= requests; request += 1) {
    const fails = inRow < mostInRow && dice.chance(FAILURE_RATE);
    inRow = fails ? inRow + 1 : 0;
    if (fails) add(operation, request, dice.pick(FAILING[operation]));
    else if (operation === 'UploadPart' && dice.chance(0.05))
      add(operation, request, dice.pick(HARMLESS));
  }
}

function planDisturbances(dice: Dice, uploads: readonly UploadPlan[]): Disturbance[] {
  const at = (): number => dice.integer(3, 95) / 100;
  const [first, ...others] = uploads.map(({ key }) => key);
  const planned: Disturbance[] = [];
  const times = (most: readonly [number, ...number[]], plan: () => Disturbance): void => {
    const count = dice.pick(most);
    for (let index = 0; index < count; index += 1) planned.push(plan());
  };
  times([0, 1, 1, 2], () => ({ at: at(), type: 'reload' }));
  times([0, 1, 1, 2], () => {
    const key = first === undefined ? '' : dice.pick([first, ...others]);
    return { at: at(), type: 'pause', key, milliseconds: dice.pick([0, 30, 300]) };
  });
  times([0, 0, 1], () => ({ at: at(), type: 'offline', milliseconds: dice.integer(100, 1500) }));
  return planned.toSorted((a, b) => a.at - b.at);
}
