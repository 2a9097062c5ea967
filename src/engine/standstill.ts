/** No request is given up earlier, and nobody asks earlier whether the link moves at all, in milliseconds. */
const FLOOR = 2000;
/** How many times longer than usual, and than the link needs for all that is in flight, a request may stand still. */
const FACTOR = 3;
/** So many of the latest parts tell what is usual. */
const MEMORY = 32;
const HIGH_QUANTILE = 0.9;
/** A part tells nothing of one so many times larger: what it took may be the way there and back alone. */
const TOO_LARGE = 16;
/** A part that was given up early so often, at last after 16 seconds or more, is given all the time there is. */
const MAX_EARLY_ENDS = 4;

/** How long parts took lately, from going out to their answer. */
export class Pace {
  readonly #latest: { size: number; time: number; endpoint: object | undefined }[] = [];
  /** Kept, as all that are in flight ask after each part, and most are of one size. */
  #lastUsual: { size: number; endpoint: object | undefined; usual: number } | undefined;

  /** A part of that many bytes took that many milliseconds. */
  note(size: number, time: number, endpoint?: object): void {
    this.#latest.push({ size, time, endpoint });
    if (this.#latest.length > MEMORY) this.#latest.shift();
    this.#lastUsual = undefined;
  }

  /** Milliseconds that the slowest of them took; nought while nothing is known. */
  get slowest(): number {
    return Math.max(0, ...this.#latest.map(({ time }) => time));
  }

  /** Milliseconds that few parts of that many bytes exceed at that endpoint; nought while nothing is known. */
  usual(size: number, endpoint?: object): number {
    const known = this.#lastUsual;
    if (known?.size === size && known.endpoint === endpoint) return known.usual;
    const usual = this.#reckon(size, endpoint);
    this.#lastUsual = { size, endpoint, usual };
    return usual;
  }

  #reckon(size: number, endpoint: object | undefined): number {
    const times = this.#latest
      .filter((part) => part.endpoint === endpoint && size <= TOO_LARGE * part.size)
      .map((part) => part.time * Math.max(1, size / part.size));
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * HIGH_QUANTILE)] ?? 0;
  }
}

/** How a request stands among the others. */
export interface Standing {
  /** Whether its body is the only one in flight, and has begun to move. */
  readonly isAlone: boolean;
  /** How often its part was given up early before. */
  readonly stalls: number;
}

/** What a request that stands still is measured by. */
export interface Circumstances extends Standing {
  /** How long parts of its size take. Milliseconds. */
  readonly usual: number;
  /** Bytes of all bodies in flight. */
  readonly bytesInFlight: number;
}

/**
 * How long a request has stood still, and what the link did meanwhile: whether the link is at fault, or the request's
 * own connection.
 *
 * A request is given up early when others are seen to get through where it does not: a body that went out after it
 * stopped has been confirmed, or all that was in flight beside it. Its limit is learned: three times what parts of its size
 * take from end to end, and three times what the link, at the rate that it has shown since, needs for all that is in flight.
 *
 * Why a slow link that moves is safe: where six bodies share it and one at a time is served, each of them stands still
 * for the time that the other five need, which is the time for all that is in flight, and no body that goes out later
 * is confirmed first, unless the link is unfair; then it may be so for three turns of all. Where all stand still nothing is
 * confirmed, so that nothing is given up by that rule. Where a fast link turns slow, whoever overtakes has itself been carried by the slow
 * one, and what it took counts. Should all that be wrong, the limit doubles, and
 * a part is given up so four times at most.
 *
 * Where all stand still, at the end of a file as a rule, the server is probed. An answer within a second says that the link
 * is well; over one that has turned slow, or has a queue before it, it takes longer. Where bodies hold all of a browser's connections
 * to a host no probe gets through: one body is sent again in its place, and no other one until that has had its time.
 */
export class Standstill {
  #since: number;
  #bytes = 0;
  #last = 0;
  #slowest = 0;
  #isOvertaken = false;

  /** @param now epoch milliseconds. */
  constructor(now: number) {
    this.#since = now;
  }

  /** It has moved, so that it stands still from now on. */
  moved(now: number): void {
    this.#since = now;
    this.#bytes = 0;
    this.#slowest = 0;
    this.#isOvertaken = false;
  }

  /** Another body, of that many bytes and sent at that time, was confirmed. */
  confirmed(other: { readonly size: number; readonly sentAt: number }, now: number): void {
    this.#bytes += other.size;
    this.#last = now;
    if (other.sentAt <= this.#since) return;
    this.#isOvertaken = true;
    this.#slowest = Math.max(this.#slowest, now - other.sentAt);
  }

  /**
   * When to ask whether the link moves at all, in epoch milliseconds: where all stand still, nobody else shows it. Nothing
   * while it is not known how long parts take.
   *
   * @param stirredAt when any of the others moved, in epoch milliseconds.
   */
  askAt(
    { usual, stalls }: Pick<Circumstances, 'usual' | 'stalls'>,
    stirredAt: number,
  ): number | undefined {
    if (usual === 0 || stalls >= MAX_EARLY_ENDS) return undefined;
    return Math.max(this.#since, stirredAt) + Math.max(FLOOR, FACTOR * usual) * 2 ** stalls;
  }

  /** When it may be given up at the earliest, in epoch milliseconds; nothing while the link may be at fault. */
  earliest({ isAlone, stalls }: Standing): number | undefined {
    const isProven = this.#isOvertaken || (isAlone && this.#bytes > 0);
    if (!isProven || stalls >= MAX_EARLY_ENDS) return undefined;
    return this.#since + FLOOR * 2 ** stalls;
  }

  /** When to give it up, likewise. */
  due({ usual, bytesInFlight, ...standing }: Circumstances): number | undefined {
    if (this.earliest(standing) === undefined) return undefined;
    const drain = (bytesInFlight / this.#bytes) * (this.#last - this.#since);
    const limit = Math.max(FLOOR, FACTOR * Math.max(usual, this.#slowest, drain));
    return this.#since + limit * 2 ** standing.stalls;
  }
}
