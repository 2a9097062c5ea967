import type { Clock } from '../ports.ts';
import { Pace } from './standstill.ts';

/** The span over which speeds are taken, in milliseconds. */
export const SPEED_WINDOW = 20_000;
/** The link that is expected before one is known: not quite 100 kbit/s. Bytes per second. */
const SLOWEST_LINK = 12 * 1024;
/** After so long without a body in flight the speed is taken anew, in milliseconds. */
const IDLE = 5000;
/** A speed says something of the link when it was taken over so long, or so many bytes. Milliseconds; bytes. */
const TELLING_TIME = 2000;
const TELLING_BYTES = 1024 * 1024;
/** A smaller body says more of the way there and back than of how fast the link is. Bytes. */
const TELLING_BODY = 16 * 1024;

/** How fast a link was, and when. */
export interface LinkSpeed {
  readonly bytesPerSecond: number;
  /** Epoch milliseconds. */
  readonly measuredAt: number;
}

/** A request in flight, as the others see it. */
export interface Flight {
  /** Bytes of its body. */
  readonly size: number;
  /** Where it goes, where the bucket has several endpoints. */
  readonly endpoint?: object | undefined;
  /** When it went out, in epoch milliseconds. */
  readonly sentAt: number;
  /** Somebody's body was confirmed: the link moves. */
  readonly onConfirmed: (other: Flight) => void;
  /** Somebody's request ended: a socket is free. */
  readonly onReleased: () => void;
  /** Bytes that have left the machine told anew how fast the link is. */
  readonly onMoved?: () => void;
}

/** How many bytes were confirmed in the last 20 seconds, or since sending began, per second. */
export class Speedometer {
  /**
   * How far it looks back, in milliseconds. Not to be shorter than parts take: those that were sent side by side are
   * confirmed in one burst, and their bytes were on their way for all that time.
   */
  span: number = SPEED_WINDOW;
  readonly #clock: Clock;
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];
  /** Bytes of all samples. */
  #bytes = 0;
  #since: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sending begins, after a pause of some length or for the first time. */
  start(): void {
    this.#samples.length = 0;
    this.#bytes = 0;
    this.#since = this.#clock.now();
  }

  confirm(bytes: number): void {
    const now = this.#clock.now();
    // The clock was set back: nothing can be said of the time since.
    if (now < (this.#samples.at(-1)?.at ?? this.#since ?? now)) return this.start();
    this.#samples.push({ at: now, bytes });
    this.#bytes += bytes;
  }

  /** Bytes per second; nothing before the first confirmation. */
  get rate(): number | undefined {
    this.#forget();
    if (this.#since === undefined || this.#samples.length === 0) return undefined;
    return (this.#bytes / Math.max(1, this.#clock.now() - this.#since)) * 1000;
  }

  /** The rate, if it was taken over long enough to say something of the link. */
  get tellingRate(): number | undefined {
    const { rate } = this;
    if (this.#since === undefined) return undefined;
    const isTelling =
      this.#bytes >= TELLING_BYTES || this.#clock.now() - this.#since >= TELLING_TIME;
    return isTelling ? rate : undefined;
  }

  #forget(): void {
    const start = this.#clock.now() - this.span;
    if (this.#since === undefined || this.#since >= start) return;
    this.#since = start;
    const kept = this.#samples.findIndex(({ at }) => at > start);
    const old = this.#samples.splice(0, kept === -1 ? this.#samples.length : kept);
    for (const { bytes } of old) this.#bytes -= bytes;
  }
}

/** All that one uploader has in flight: what the patience with each of its requests is reckoned from. */
export class Traffic {
  /** How long bodies took lately. */
  readonly pace: Pace = new Pace();
  readonly #clock: Clock;
  readonly #speed: Speedometer;
  readonly #flights = new Set<Flight>();
  #bodies = 0;
  #bytes = 0;
  /** Bytes per second, taken when a body was confirmed, or moved, and held until the next does. */
  #rate: number | undefined;
  #measured: LinkSpeed | undefined;
  #idleSince = Number.NEGATIVE_INFINITY;
  #stirredAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#speed = new Speedometer(clock);
  }

  get requests(): number {
    return this.#flights.size;
  }

  /** Requests in flight that have a body. */
  get bodies(): number {
    return this.#bodies;
  }

  /** Bytes of all bodies in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When a body went out, moved or arrived last, in epoch milliseconds. */
  get stirredAt(): number {
    return this.#stirredAt;
  }

  /** How fast the link was last; nothing before enough was sent to tell. */
  get measured(): LinkSpeed | undefined {
    return this.#measured;
  }

  /**
   * How long the link needs for all that is in flight, in milliseconds: progress events tell of bytes given to
   * the socket, not of bytes on the wire, so that an answer may have to wait for the bodies of all the others.
   */
  get drainTime(): number {
    return (this.#bytes / (this.#rate ?? SLOWEST_LINK)) * 1000;
  }

  take(flight: Flight): void {
    this.#flights.add(flight);
    if (flight.size === 0) return;
    if (this.#bodies === 0 && this.#clock.now() - this.#idleSince > IDLE) this.#speed.start();
    this.#bodies += 1;
    this.#bytes += flight.size;
    this.stir();
  }

  /** A body has moved. */
  stir(): void {
    this.#stirredAt = this.#clock.now();
  }

  release(flight: Flight): void {
    if (!this.#flights.delete(flight)) return;
    if (flight.size > 0) {
      this.#bodies -= 1;
      this.#bytes -= flight.size;
      this.#idleSince = this.#clock.now();
    }
    for (const other of this.#flights) other.onReleased();
  }

  /** So many bytes of a body that is still in flight have left the machine: what they tell of the link. */
  moved(bytes: number): void {
    this.#speed.confirm(bytes);
    this.#rate = this.#speed.rate;
    for (const flight of this.#flights) flight.onMoved?.();
  }

  /** The body of a flight was confirmed, which ends it. */
  confirm(flight: Flight): void {
    this.release(flight);
    this.stir();
    const now = this.#clock.now();
    this.pace.note(flight.size, now - flight.sentAt, flight.endpoint);
    if (flight.size >= TELLING_BODY) this.#measure(flight.size, now);
    for (const other of this.#flights) other.onConfirmed(flight);
  }

  #measure(bytes: number, now: number): void {
    this.#speed.span = Math.max(SPEED_WINDOW, this.pace.slowest);
    this.#speed.confirm(bytes);
    this.#rate = this.#speed.rate;
    const bytesPerSecond = this.#speed.tellingRate;
    if (bytesPerSecond !== undefined) this.#measured = { bytesPerSecond, measuredAt: now };
  }
}
