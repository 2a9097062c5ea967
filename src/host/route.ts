import type { Network } from '../engine/network.ts';
import type { Route } from '../engine/route.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { SeveralEndpoints } from '../engine/several-endpoints.ts';
import type { UploadEvent } from '../events.ts';
import { onDemand } from '../on-demand.ts';
import type { AskSettings } from '../oss/ask-app.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { Clock, Connectivity } from '../ports.ts';

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
  if (options.endpoints.length === 1) return undefined;
  let several: SeveralEndpoints | undefined;
  let loading: (() => Promise<SeveralEndpoints>) | undefined;
  async function load(): Promise<SeveralEndpoints> {
    const { asking, ...others } = surroundings();
    loading ??= onDemand(async () => {
      const { SeveralEndpoints: Several } = await import('../engine/several-endpoints.ts');
      several = new Several({ ...options, ...others });
      return several;
    }, asking);
    return await loading();
  }

  return {
    take: async (hasBody) => (await load()).take(hasBody),
    settle: async (...failure) => await (await load()).settle(...failure),
    connectivity: {
      ...options.connectivity,
      // Whether it can be loaded must not hang on what it does.
      probe: async (...address) => await (several ?? options.connectivity).probe(...address),
    },
  };
}
