import type { ClientName } from './job.ts';
import type { FaultPlan } from './sink/faults.ts';
import type { SinkSettings } from './sink/sink.ts';

/** A client, and how it gets to the bucket. */
export interface Contender {
  readonly client: ClientName;
  /** Over how many hosts; what is asked for on the command line when absent. */
  readonly hosts?: number;
  /** Whether the bucket is behind the page's own origin, where no request needs a preflight. */
  readonly isSameOrigin?: boolean;
}

/** Files, a link, and who is to upload them. All are compared with the first contender. */
export interface Scenario {
  readonly name: string;
  readonly files: { readonly count: number; readonly size: number };
  readonly partSize: number;
  readonly sink: SinkSettings;
  readonly contenders: readonly Contender[];
}

export interface Plan {
  readonly title: string;
  readonly scenarios: readonly Scenario[];
  /** Whether it is asked how the processor time of a part grows from the first scenario to the last. */
  readonly isAboutGrowth?: boolean;
}

const KIB = 1024;
const MIB = 1024 ** 2;
const MEGABIT = 1_000_000 / 8;
const PART = 1000 * KIB;

const PARTWAY: readonly ClientName[] = [
  'partway',
  'partway-none',
  'partway-in-worker',
  'partway-page',
  'partway-page-none',
];
const LIMITS: readonly ClientName[] = ['bare', 'bare-worker'];
const PEERS: readonly ClientName[] = ['ali-oss', 'cos', 'uppy'];

export const PLANS: Readonly<Record<string, Plan>> = {
  loopback: {
    title: 'No link at all: what the client itself costs',
    scenarios: [
      onLoopback(256, [...LIMITS, ...PARTWAY, ...PEERS]),
      // What is to be the same for files of any size.
      onLoopback(64, ['bare', 'partway']),
      onLoopback(1024, ['bare', 'partway']),
    ],
  },
  latency: {
    title: 'Each answer comes 100 ms late',
    scenarios: [
      {
        name: '64 MiB',
        files: { count: 1, size: 64 * MIB },
        partSize: PART,
        sink: { latency: 100 },
        contenders: [
          { client: 'bare' },
          { client: 'bare', hosts: 2 },
          { client: 'bare', isSameOrigin: true },
          { client: 'partway' },
          { client: 'partway', hosts: 2 },
          { client: 'partway', isSameOrigin: true },
          { client: 'partway', isSameOrigin: true, hosts: 2 },
          ...each(PEERS),
        ],
      },
    ],
  },
  slow: {
    title: 'A link of 20 Mbit/s',
    scenarios: [
      onSlowLink(16, 0, PEERS),
      onSlowLink(16, 100, PEERS),
      // What comes before the first part weighs less.
      onSlowLink(64, 0),
      onSlowLink(64, 100),
    ],
  },
  fast: {
    title: 'A link of 500 Mbit/s: whether hashing keeps up',
    scenarios: [
      {
        name: '256 MiB',
        files: { count: 1, size: 256 * MIB },
        partSize: PART,
        sink: { bytesPerSecond: 500 * MEGABIT },
        contenders: each(['bare', 'partway', 'partway-none', 'ali-oss']),
      },
    ],
  },
  faults: {
    title: 'One part in five fails, others in each round',
    scenarios: [
      faulty('nothing fails', undefined),
      faulty('one part stands still', { kind: 'stall', nth: 10 }),
      ...(['500', 'reset', 'stall', 'mixed'] as const).map((kind) =>
        faulty(kind, { kind, share: 0.2 }),
      ),
    ],
  },
  checkpoints: {
    title: 'Many small parts of one file',
    isAboutGrowth: true,
    scenarios: [1000, 10_000].map((count) => ({
      name: `${count} parts of 100 KiB`,
      files: { count: 1, size: count * 100 * KIB },
      partSize: 100 * KIB,
      sink: {},
      contenders: each([...LIMITS, 'partway', 'partway-none', 'ali-oss']),
    })),
  },
  small: {
    title: 'Many small files',
    scenarios: [
      {
        name: '1,000 files of 20 KB',
        files: { count: 1000, size: 20_000 },
        partSize: PART,
        sink: {},
        contenders: each(['bare', 'partway', 'partway-none', 'partway-page', ...PEERS]),
      },
    ],
  },
};

function each(clients: readonly ClientName[]): Contender[] {
  return clients.map((client) => ({ client }));
}

function onLoopback(size: number, clients: readonly ClientName[]): Scenario {
  return {
    name: `${size} MiB`,
    files: { count: 1, size: size * MIB },
    partSize: PART,
    sink: {},
    contenders: each(clients),
  };
}

function onSlowLink(size: number, latency: number, peers: readonly ClientName[] = []): Scenario {
  return {
    name: `${size} MiB${latency === 0 ? '' : `, each answer ${latency} ms late`}`,
    files: { count: 1, size: size * MIB },
    partSize: PART,
    sink: { bytesPerSecond: 20 * MEGABIT, latency },
    contenders: each(['bare', 'partway', ...peers]),
  };
}

function faulty(name: string, faults: FaultPlan | undefined): Scenario {
  return {
    name,
    files: { count: 1, size: 64 * MIB },
    partSize: PART,
    sink: { faults },
    contenders: each(['partway', 'ali-oss', 'cos', 'uppy']),
  };
}
