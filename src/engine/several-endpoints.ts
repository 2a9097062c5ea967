import type { UploadError } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { Clock, Connectivity } from '../ports.ts';
import { race } from '../waiting.ts';
import type { Network } from './network.ts';
import type { Verdict, Way } from './route.ts';
import type { Scheduler } from './scheduler.ts';

/** How long a probe may take when another endpoint has answered its own. Milliseconds. */
const GRACE = 2000;
/** So many failures in a row, while probes are answered, and requests are tried elsewhere. */
const MAX_DOUBTS = 2;
/** An endpoint without answers is looked at again after this time, each further time after twice as long. Milliseconds. */
const FIRST_CHECK = 5000;
const LAST_CHECK = 120_000;
/** One that has been well for so long has earned the short wait again. Milliseconds. */
const CALM = 60_000;

export interface SeveralEndpointsDependencies {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly isSpread: boolean;
  /** Bodies in flight at each endpoint, at most, where they are spread. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly connectivity: Pick<Connectivity, 'probe'>;
  /** How long a probe may take, in milliseconds. */
  readonly probeTimeout: number;
  readonly announce: (event: UploadEvent) => void;
}

class Place {
  readonly endpoint: Endpoint;
  isWell = true;
  isBeingChecked = false;
  /** Bodies in flight. */
  bodies = 0;
  /** Looks that found it there after a failure, with nothing answered between them; and the last of them. */
  doubts = 0;
  doubtedAt: object | undefined;
  /** Aborted when there is nobody there any more. */
  lost = new AbortController();
  /** Epoch milliseconds. */
  wellSince = Number.NEGATIVE_INFINITY;
  checkAt = 0;
  /** Milliseconds. */
  wait = FIRST_CHECK;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }
}

/**
 * The endpoints of one bucket, of which each stands in for the others. One that gives no answer while another does is left
 * at once, with all that was in flight there, at no cost to the budgets. It is looked at again when requests are sent, at
 * growing intervals, and takes its place again when it answers. Where none answers, the network is away.
 */
export class SeveralEndpoints {
  readonly #deps: SeveralEndpointsDependencies;
  readonly #places: readonly [Place, ...Place[]];
  readonly #placeOf = new WeakMap<Way, Place>();
  /** What each of them answered when the network was last looked at, in their order. */
  #look: readonly Promise<boolean>[] = [];

  constructor(dependencies: SeveralEndpointsDependencies) {
    this.#deps = dependencies;
    const [first, ...others] = dependencies.endpoints;
    this.#places = [new Place(first), ...others.map((endpoint) => new Place(endpoint))];
  }

  take(hasBody: boolean): Way {
    for (const place of this.#places) void this.#checkUp(place);
    const place = this.#choose(hasBody);
    if (hasBody) place.bodies += 1;
    const way: Way = {
      endpoint: place.endpoint,
      lost: place.lost.signal,
      answered() {
        place.doubts = 0;
      },
      leave() {
        if (hasBody) place.bodies -= 1;
      },
    };
    this.#placeOf.set(way, place);
    return way;
  }

  async settle(error: UploadError, way: Way, signal: AbortSignal): Promise<Verdict> {
    const place = this.#placeOf.get(way) ?? this.#places[0];
    if (!place.isWell || way.lost.aborted) return 'moved';
    const { network, isSpread } = this.#deps;
    // Those that got through were at the same endpoint.
    if (error.code === 'ConnectionStalled' && !isSpread) return 'reachable';
    const verdict = await network.settle(error, signal);
    const look = this.#look;
    const isThere = await race(this.#answers(place, look), signal);
    if (isThere && !this.#doubt(place, look)) return verdict;
    const isElsewhere = await race(this.#findOthers(place, look), signal);
    // Somebody else who failed there may have come first.
    if (!place.isWell) return isThere ? verdict : 'moved';
    if (!isElsewhere) return verdict;
    this.#abandon(place, error);
    if (isThere) return verdict;
    place.lost.abort(error);
    place.lost = new AbortController();
    return 'moved';
  }

  /** Whether any of them answers. */
  async probe(): Promise<boolean> {
    this.#look = this.#places.map((place) => this.#ask(place));
    const there = this.#look.map(async (answer) => (await answer) || Promise.reject(new Error()));
    return await Promise.any(there).catch(() => false);
  }

  async #ask({ endpoint }: Place): Promise<boolean> {
    const { clock, connectivity, probeTimeout } = this.#deps;
    const controller = new AbortController();
    const takeBack = clock.after(probeTimeout, () => controller.abort());
    return await connectivity.probe(`${endpoint.base}/`, controller.signal).finally(takeBack);
  }

  #choose(hasBody: boolean): Place {
    const [first = this.#places[0], ...others] = this.#places.filter(({ isWell }) => isWell);
    if (!hasBody || !this.#deps.isSpread) return first;
    return others.reduce((free, place) => (place.bodies < free.bodies ? place : free), first);
  }

  async #answers(place: Place, look: readonly Promise<boolean>[]): Promise<boolean> {
    return await this.#soon(look[this.#places.indexOf(place)]);
  }

  /** An answer within the grace; none where nothing was asked yet. */
  async #soon(answer: Promise<boolean> | undefined): Promise<boolean> {
    if (answer === undefined) return false;
    let takeBack: (() => void) | undefined;
    const late = new Promise<boolean>((resolve) => {
      takeBack = this.#deps.clock.after(GRACE, () => resolve(false));
    });
    return await Promise.race([answer, late]).finally(() => takeBack?.());
  }

  // All that fails in one burst is one incident, and one look.
  #doubt(place: Place, look: object): boolean {
    if (place.doubtedAt !== look) place.doubts += 1;
    place.doubtedAt = look;
    return place.doubts >= MAX_DOUBTS;
  }

  /** Whether any other one is well; those that have answered are. */
  async #findOthers(place: Place, look: readonly Promise<boolean>[]): Promise<boolean> {
    const others = this.#places.filter((other) => other !== place);
    const answers = await Promise.all(others.map((other) => this.#answers(other, look)));
    const there = others.filter((_other, index) => answers[index]);
    for (const other of there) if (!other.isWell) this.#welcome(other);
    return there.length > 0;
  }

  #abandon(place: Place, error: UploadError): void {
    const now = this.#deps.clock.now();
    place.isWell = false;
    place.doubts = 0;
    if (now - place.wellSince > CALM) place.wait = FIRST_CHECK;
    else this.#waitLonger(place);
    place.checkAt = now + place.wait;
    this.#fitLanes();
    const { base: endpoint } = this.#choose(false).endpoint;
    const { base: from } = place.endpoint;
    this.#deps.announce({ type: 'endpoint-switched', from, endpoint, error });
  }

  #welcome(place: Place): void {
    const { clock, isSpread, announce } = this.#deps;
    place.isWell = true;
    place.wellSince = clock.now();
    this.#fitLanes();
    const isInUse = isSpread || this.#choose(false) === place;
    if (isInUse) announce({ type: 'endpoint-recovered', endpoint: place.endpoint.base });
  }

  // Only while requests are sent: a page that has nothing to send asks nobody.
  async #checkUp(place: Place): Promise<void> {
    const { clock } = this.#deps;
    if (place.isWell || place.isBeingChecked || clock.now() < place.checkAt) return;
    place.isBeingChecked = true;
    const isThere = await this.#ask(place);
    place.isBeingChecked = false;
    if (place.isWell) return;
    if (isThere) return this.#welcome(place);
    this.#waitLonger(place);
    place.checkAt = clock.now() + place.wait;
  }

  #waitLonger(place: Place): void {
    place.wait = Math.min(LAST_CHECK, place.wait * 2);
  }

  #fitLanes(): void {
    const { isSpread, scheduler, concurrency } = this.#deps;
    const well = this.#places.filter(({ isWell }) => isWell).length;
    if (isSpread) scheduler.most = concurrency * well;
  }
}
