import type { Clock } from '../ports.ts';
import { Speedometer } from './traffic.ts';

export interface ProgressView {
  /** Bytes. */
  readonly confirmedBytes: number;
  /** Bytes. */
  readonly sentBytes: number;
  readonly bytesPerSecond: number | undefined;
  /** Milliseconds. */
  readonly timeLeft: number | undefined;
}

/** How far an upload has come. What it shows never goes back, even where what is true does. */
export class Progress {
  readonly #size: number;
  readonly #speed: Speedometer;
  readonly #onChange: () => void;
  readonly #inFlight = new Map<number, number>();
  #confirmed = 0;
  #confirmations = 0;
  #shownConfirmed = 0;
  #shownSent = 0;

  /** @param size bytes of the file. */
  constructor(size: number, clock: Clock, onChange: () => void) {
    this.#size = size;
    this.#speed = new Speedometer(clock);
    this.#onChange = onChange;
  }

  /** How many parts have been confirmed in this page. */
  get confirmations(): number {
    return this.#confirmations;
  }

  get view(): ProgressView {
    const bytesPerSecond = this.#speed.rate;
    const left = this.#size - this.#confirmed;
    return {
      confirmedBytes: this.#shownConfirmed,
      sentBytes: this.#shownSent,
      bytesPerSecond,
      timeLeft: bytesPerSecond === undefined ? undefined : (left / bytesPerSecond) * 1000,
    };
  }

  /** Sending begins, with so many bytes held by the server already. */
  start(held: number): void {
    this.#confirmed = held;
    this.#inFlight.clear();
    this.#speed.start();
    this.#show();
  }

  /** The network is back: the time without it says nothing of how fast the link is. */
  goOn(): void {
    this.#speed.start();
  }

  /** So many bytes of a part have been given to the network. */
  sent(partNumber: number, bytes: number): void {
    this.#inFlight.set(partNumber, bytes);
    this.#show();
  }

  /** A part is no longer in flight: what was sent of it does not count. */
  landed(partNumber: number): void {
    this.#inFlight.delete(partNumber);
  }

  confirmed(partNumber: number, bytes: number): void {
    this.#inFlight.delete(partNumber);
    this.#confirmed += bytes;
    this.#confirmations += 1;
    this.#speed.confirm(bytes);
    this.#show();
  }

  #show(): void {
    let sent = this.#confirmed;
    for (const bytes of this.#inFlight.values()) sent += bytes;
    this.#shownConfirmed = Math.max(this.#shownConfirmed, this.#confirmed);
    this.#shownSent = Math.max(this.#shownSent, Math.min(sent, this.#size));
    this.#onChange();
  }
}
