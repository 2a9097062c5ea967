import {
  type Arbitrary,
  array,
  boolean,
  constantFrom,
  integer,
  oneof,
  record,
  toStringMethod,
} from 'fast-check';
import type { FakeOperation } from './fake-oss.ts';
import { UNIT } from './world.ts';

/** What becomes of one request. */
export type Fate = (typeof FATES)[number];

const FATES = [
  // The connection breaks.
  'lost',
  'answer lost',
  'lands late',
  // Nothing moves any more.
  'swallowed',
  'swallowed, lands late',
  'applied, never answered',
  'answered after 50 s',
  // OSS, or somebody in its place, refuses.
  '500',
  '503',
  'page of a proxy, 502',
  'page of a portal, 200',
  'clock skewed',
  'token expired',
  'upload forgotten',
  // What is stored is not what was sent, or is not told so.
  'part lost afterwards',
  'part damaged',
  'part damaged, answer lost',
  'wrong ETag told',
] as const;

export interface Fault {
  readonly operation: FakeOperation;
  /** Of all requests of that operation, from 1. */
  readonly nth: number;
  readonly fate: Fate;
}

/** What the page, its user or the network does while an upload is under way. */
export interface Action {
  readonly what: 'pause' | 'reload' | 'cancel' | 'network away';
  /** After so many requests have gone out. */
  readonly requests: number;
  /** And so many milliseconds more. */
  readonly plus: number;
  /** How long a pause or an absence lasts, in milliseconds. */
  readonly lasts: number;
}

/** One upload, and all that happens to it. */
export interface Scenario {
  /** Bytes of the file. */
  readonly size: number;
  /** Of the wished part size. */
  readonly partUnits: number;
  readonly concurrency: number;
  readonly integrity: 'crc64' | 'md5' | 'none';
  /** Headers that the bucket's CORS rule hides. */
  readonly hidden: 'nothing' | 'ETag' | 'CRC-64' | 'ETag and CRC-64';
  readonly refused: 'nothing' | 'list' | 'head' | 'list and head';
  /** Whether another object of the same size has the key already. */
  readonly hasOlder: boolean;
  /** The link breaks under every body of more units. */
  readonly bearsUnits: number | undefined;
  /** Whether what it breaks under comes to the server all the same, later. */
  readonly landsBroken: boolean;
  readonly faults: readonly Fault[];
  readonly actions: readonly Action[];
}

const PART_FATES = FATES;
const OTHER_FATES = FATES.slice(0, FATES.indexOf('part lost afterwards'));

const fault: Arbitrary<Fault> = oneof(
  {
    weight: 4,
    arbitrary: record({
      operation: constantFrom('part' as const),
      nth: integer({ min: 1, max: 10 }),
      fate: constantFrom(...PART_FATES),
    }),
  },
  {
    weight: 3,
    arbitrary: record({
      operation: constantFrom('complete', 'list', 'initiate', 'put', 'head', 'abort'),
      nth: integer({ min: 1, max: 3 }),
      fate: constantFrom(...OTHER_FATES),
    }),
  },
);

const action: Arbitrary<Action> = record({
  what: constantFrom('reload', 'reload', 'pause', 'pause', 'network away', 'cancel'),
  requests: integer({ min: 0, max: 15 }),
  plus: oneof(integer({ min: 0, max: 200 }), integer({ min: 0, max: 5000 })),
  lasts: constantFrom(0, 30, 1000, 60_000),
});

const fileSize: Arbitrary<number> = oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: constantFrom(0, 1, UNIT - 1, UNIT, UNIT + 1) },
  {
    weight: 4,
    arbitrary: record({ units: integer({ min: 2, max: 12 }), more: constantFrom(0, -1, 1) }).map(
      ({ units, more }) => units * UNIT + more,
    ),
  },
  { weight: 2, arbitrary: integer({ min: 2 * UNIT, max: 12 * UNIT }) },
);

export const scenario: Arbitrary<Scenario> = record({
  size: fileSize,
  partUnits: constantFrom(1, 1, 2, 3, 4, 10),
  concurrency: integer({ min: 1, max: 4 }),
  integrity: constantFrom('crc64', 'md5', 'none'),
  hidden: oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: constantFrom('nothing' as const) },
    { weight: 2, arbitrary: constantFrom('ETag', 'CRC-64', 'ETag and CRC-64') },
  ),
  refused: oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: constantFrom('nothing' as const) },
    { weight: 2, arbitrary: constantFrom('list', 'head', 'list and head') },
  ),
  hasOlder: boolean(),
  bearsUnits: oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: constantFrom(undefined) },
    { weight: 1, arbitrary: integer({ min: 1, max: 3 }) },
  ),
  landsBroken: boolean(),
  faults: array(fault, { maxLength: 10, size: 'max' }),
  actions: array(action, { maxLength: 4, size: 'max' }),
}).map((what) => {
  const damageable = canTellDamage(what) ? what : { ...what, faults: what.faults.map(undamaged) };
  return { ...damageable, [toStringMethod]: () => script(damageable) };
});

// Whoever compares nothing, or cannot see what to compare with, trusts the network: by design, and `verified` says so.
function canTellDamage({ integrity, hidden }: Scenario): boolean {
  return integrity === 'md5' || (integrity === 'crc64' && !hidden.includes('CRC-64'));
}

function undamaged(told: Fault): Fault {
  return told.fate === 'part damaged' ? { ...told, fate: 'part damaged, answer lost' } : told;
}

const OPERATIONS: Readonly<Record<FakeOperation, string>> = {
  initiate: 'InitiateMultipartUpload',
  part: 'UploadPart',
  list: 'ListParts',
  complete: 'CompleteMultipartUpload',
  abort: 'AbortMultipartUpload',
  put: 'PutObject',
  head: 'HeadObject',
};

/** A scenario as a short script; what is as usual is left out. */
export function script(what: Scenario): string {
  const { faults, actions, hidden, refused, hasOlder, bearsUnits, landsBroken } = what;
  const lines = [
    `${bytes(what.size)} in parts of ${what.partUnits} units, ${what.concurrency} at once, integrity ${what.integrity}`,
    ...(hidden === 'nothing' ? [] : [`hidden: ${hidden}`]),
    ...(refused === 'nothing' ? [] : [`refused: ${refused}`]),
    ...(hasOlder ? ['the key has an older object'] : []),
    ...(bearsUnits === undefined
      ? []
      : [`the link bears ${bearsUnits} units${landsBroken ? ', and others come late' : ''}`]),
    ...faults.map(({ operation, nth, fate }) => `${OPERATIONS[operation]}#${nth}: ${fate}`),
    ...actions.map(
      ({ what: name, requests, plus, lasts }) =>
        `${name}${name === 'pause' || name === 'network away' ? ` for ${lasts} ms` : ''} ${plus} ms after request ${requests}`,
    ),
  ];
  return lines.join('; ');
}

function bytes(size: number): string {
  const units = Math.round(size / UNIT);
  const more = size - units * UNIT;
  if (units === 0 || Math.abs(more) > 1) return `${size} bytes`;
  return `${units} units${more === 0 ? '' : `${more > 0 ? '+' : '-'}1 byte`}`;
}
