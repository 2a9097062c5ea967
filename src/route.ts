import type { Network } from './engine/network.ts';
import type { Route } from './engine/route.ts';
import type { Scheduler } from './engine/scheduler.ts';
import type { SeveralEndpoints } from './engine/several-endpoints.ts';
import type { UploadEvent } from './events.ts';
import { onDemand } from './on-demand.ts';
import type { AskSettings } from './oss/ask-app.ts';
import type { Endpoint } from './oss/endpoint.ts';
import type { Clock, Connectivity } from './ports.ts';

export interface RouteOptions {
  /** The preferred one first. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly isSpread: boolean;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  /** How long a probe may take, in milliseconds. */
  readonly probeTimeout: number;
  readonly announce: (event: UploadEvent) => void;
}

/** What the choice between endpoints needs, and what needs it to be made. */
export interface RouteSurroundings {
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly asking: AskSettings;
}

/** Chooses between several endpoints; what does so is loaded with the first request. */
export function createRoute(
  options: RouteOptions,
  surroundings: () => RouteSurroundings,
): Route | undefined {
  const { endpoints, clock, connectivity, probeTimeout } = options;
  if (endpoints.length === 1) return undefined;
  let look: readonly Promise<boolean>[] = [];

  async function ask({ base }: Endpoint): Promise<boolean> {
    const controller = new AbortController();
    const takeBack = clock.after(probeTimeout, () => controller.abort());
    return await connectivity.probe(`${base}/`, controller.signal).finally(takeBack);
  }

  let several: (() => Promise<SeveralEndpoints>) | undefined;
  async function load(): Promise<SeveralEndpoints> {
    const { asking, ...others } = surroundings();
    several ??= onDemand(async () => {
      const { SeveralEndpoints: Several } = await import('./engine/several-endpoints.ts');
      return new Several({ ...options, ...others, ask, lastLook: () => look });
    }, asking);
    return await several();
  }

  return {
    take: async (hasBody) => (await load()).take(hasBody),
    settle: async (...failure) => await (await load()).settle(...failure),
    connectivity: {
      ...connectivity,
      async probe() {
        look = endpoints.map(ask);
        return await anyOf(look);
      },
    },
  };
}

async function anyOf(answers: readonly Promise<boolean>[]): Promise<boolean> {
  const there = answers.map(async (answer) => (await answer) || Promise.reject(new Error('No.')));
  return await Promise.any(there).catch(() => false);
}
