import type { Clock } from '../ports.ts';

/** The span over which speeds are taken, in milliseconds. */
export const SPEED_WINDOW = 20_000;
/** The link that is expected before one is known, in bytes per second. */
const SLOWEST_LINK = 16 * 1024;
/** After so long without a body in flight the speed is taken anew, in milliseconds. */
const IDLE = 5000;

/** A request in flight, as the others see it. */
export interface Flight {
  /** Bytes of its body. */
  readonly size: number;
  /** Somebody's part was confirmed: the link moves. */
  readonly onConfirmed: () => void;
  /** Somebody's request ended: a socket is free. */
  readonly onReleased: () => void;
}

/** How many bytes were confirmed in the last 20 seconds, or since sending began, per second. */
export class Speedometer {
  readonly #clock: Clock;
  #samples: { readonly at: number; readonly bytes: number }[] = [];
  #since: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sending begins, after a pause of some length or for the first time. */
  start(): void {
    this.#samples = [];
    this.#since = this.#clock.now();
  }

  confirm(bytes: number): void {
    this.#samples.push({ at: this.#clock.now(), bytes });
  }

  /** Bytes per second; nothing before the first confirmation. */
  get rate(): number | undefined {
    const now = this.#clock.now();
    this.#samples = this.#samples.filter(({ at }) => at > now - SPEED_WINDOW);
    if (this.#since === undefined || this.#samples.length === 0) return undefined;
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0);
    const elapsed = Math.min(SPEED_WINDOW, now - this.#since);
    return (bytes / Math.max(1, elapsed)) * 1000;
  }
}

/** All that one uploader has in flight: what the patience with each of its requests is reckoned from. */
export class Traffic {
  readonly #clock: Clock;
  readonly #speed: Speedometer;
  readonly #flights = new Set<Flight>();
  #rate: number | undefined;
  #idleSince = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#speed = new Speedometer(clock);
  }

  get requests(): number {
    return this.#flights.size;
  }

  /**
   * How long the link needs for all that is in flight, in milliseconds: progress events tell of bytes given to
   * the socket, not of bytes on the wire, so that an answer may have to wait for the bodies of all the others.
   */
  get drainTime(): number {
    let bytes = 0;
    for (const flight of this.#flights) bytes += flight.size;
    return (bytes / (this.#rate ?? SLOWEST_LINK)) * 1000;
  }

  take(flight: Flight): void {
    const hasBodies = [...this.#flights].some(({ size }) => size > 0);
    if (flight.size > 0 && !hasBodies && this.#clock.now() - this.#idleSince > IDLE)
      this.#speed.start();
    this.#flights.add(flight);
  }

  release(flight: Flight): void {
    this.#flights.delete(flight);
    if (flight.size > 0) this.#idleSince = this.#clock.now();
    for (const other of this.#flights) other.onReleased();
  }

  /** A part of that many bytes was confirmed; the rate is taken now, and held until the next. */
  confirm(bytes: number): void {
    this.#speed.confirm(bytes);
    this.#rate = this.#speed.rate;
    for (const flight of this.#flights) flight.onConfirmed();
  }
}
