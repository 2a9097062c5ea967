import { parseArgs } from 'node:util';
import { CLIENT_NAMES } from './job.ts';
import { PLANS } from './plans.ts';

export interface BenchOptions {
  /** Names of plans. */
  readonly plans: readonly string[];
  readonly rounds: number;
  /** Names of clients. */
  readonly clients: readonly string[];
  /** Only the scenarios in whose names this occurs. */
  readonly only: string;
  readonly hosts: number;
  /** Milliseconds after which a run is given up. */
  readonly patience: number;
  /** Whether to show where the time goes, in place of measuring. */
  readonly isProfile: boolean;
}

/** @throws TypeError or RangeError naming the argument. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      plan: { type: 'string', default: 'loopback' },
      rounds: { type: 'string', default: '5' },
      clients: { type: 'string' },
      only: { type: 'string', default: '' },
      hosts: { type: 'string', default: '1' },
      patience: { type: 'string', default: '180' },
      profile: { type: 'boolean', default: false },
    },
  });
  return {
    plans: listed('plan', values.plan === 'all' ? undefined : values.plan, Object.keys(PLANS)),
    rounds: positive('rounds', values.rounds),
    clients: listed('clients', values.clients, CLIENT_NAMES),
    only: values.only,
    hosts: positive('hosts', values.hosts, 2),
    patience: positive('patience', values.patience) * 1000,
    isProfile: values.profile,
  };
}

/** Names, separated by commas; all there are when none is given. */
function listed(
  name: string,
  value: string | undefined,
  known: readonly string[],
): readonly string[] {
  const names = value?.split(',') ?? known;
  const unknown = names.find((each) => !known.includes(each));
  if (unknown === undefined) return names;
  throw new RangeError(`Expected --${name} to be of ${known.join(', ')}; got "${unknown}".`);
}

function positive(name: string, value: string, most = Infinity): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number <= most) return number;
  throw new RangeError(
    `Expected --${name} to be a whole number from 1 to ${most}; got "${value}".`,
  );
}
