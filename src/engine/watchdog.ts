import { type Operation, UploadError } from '../errors.ts';
import { describe } from '../oss/service-error.ts';
import type { Clock } from '../ports.ts';
import { Alarm, OVERSLEPT } from './alarm.ts';
import { type Standing, Standstill } from './standstill.ts';
import type { Flight, Traffic } from './traffic.ts';

/** Connections that browsers open to a host over HTTP/1.1. */
const SOCKETS = 6;
/** So often it is looked whether all stand still, in milliseconds. */
const LISTENING = 2000;

export interface WatchdogSettings {
  readonly clock: Clock;
  readonly traffic: Traffic;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly stall: number;
  /** Milliseconds. */
  readonly queue: number;
  /** Milliseconds. */
  readonly complete: number;
  /** Whether the link is well, just now; nobody is asked when absent. */
  readonly isLinkWell?: (() => Promise<boolean>) | undefined;
}

export interface WatchedRequest {
  readonly operation: Operation;
  readonly partNumber?: number | undefined;
  /** Bytes of its body. */
  readonly size: number;
  /** How often this request ran out before: each time doubles the limit. */
  readonly timeouts: number;
  /** How often it was given up early before: each time doubles that limit. @default 0 */
  readonly stalls?: number | undefined;
  /** Whether it may be given up early, when others get through and it does not: sending it again does no harm. */
  readonly isRepeatable?: boolean | undefined;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
  /** Where it goes, where the bucket has several endpoints: what is usual there may not be so elsewhere. */
  readonly endpoint?: object | undefined;
  /** Ends the request, too: there is nobody at its endpoint any more. */
  readonly lost?: AbortSignal | undefined;
  /** Once it has been sent the request is not cut off any more, but by the watchdog. */
  readonly isUncut?: boolean | undefined;
  readonly onSent?: ((bytes: number) => void) | undefined;
  /** Its machine or its tab has slept meanwhile, so that nothing can be said of the link. */
  readonly onSlept?: (() => void) | undefined;
}

type Send<Result> = (options: {
  readonly signal: AbortSignal;
  /** To be called when the request goes out: what comes before says nothing of the link. */
  readonly onStart: () => void;
  readonly onSent: (bytes: number) => void;
}) => Promise<Result>;

/**
 * Sends a request, and aborts it when nothing moves for longer than the link can need, or when it alone stands still.
 * There is no limit on the total time of a part. The watch begins when the request goes out.
 *
 * Rejects with an `UploadError` of kind `timeout` when it ran out: its code is `SocketQueueTimeout` when the request
 * had not begun to be sent, `ConnectionStalled` when others got through meanwhile, or a probe.
 */
export async function underWatch<Result>(
  settings: WatchdogSettings,
  request: WatchedRequest,
  send: Send<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const watch = new Watch(settings, request, (error) => controller.abort(error));
  const enders = [request.signal, request.lost];
  const stop = (): void => controller.abort(enders.find((ender) => ender?.aborted)?.reason);
  const stopHeeding = (): void => {
    for (const ender of enders) ender?.removeEventListener('abort', stop);
  };
  for (const ender of enders) ender?.throwIfAborted();
  for (const ender of enders) ender?.addEventListener('abort', stop);
  try {
    const result = await send({
      signal: controller.signal,
      onStart() {
        if (request.isUncut === true) stopHeeding();
        watch.begin();
      },
      onSent(bytes) {
        watch.sent();
        request.onSent?.(bytes);
      },
    });
    watch.succeed();
    return result;
  } finally {
    watch.end();
    stopHeeding();
  }
}

class Watch {
  readonly #settings: WatchdogSettings;
  readonly #request: WatchedRequest;
  readonly #expire: (error: UploadError) => void;
  #flight: Flight | undefined;
  #standstill: Standstill | undefined;
  #hasSent = false;
  /** Milliseconds for which it may stand still now. */
  #patience = 0;
  readonly #alarm: Alarm;
  readonly #earlyAlarm: Alarm;
  readonly #silenceAlarm: Alarm;
  #hasEnded = false;

  constructor(
    settings: WatchdogSettings,
    request: WatchedRequest,
    expire: (error: UploadError) => void,
  ) {
    this.#settings = settings;
    this.#request = request;
    this.#expire = expire;
    this.#alarm = new Alarm(settings.clock, (late) => this.#onAlarm(late));
    this.#earlyAlarm = new Alarm(settings.clock, (late) => this.#onEarlyAlarm(late));
    this.#silenceAlarm = new Alarm(settings.clock, (late) => void this.#onSilence(late));
  }

  begin(): void {
    const { clock, traffic, isLinkWell } = this.#settings;
    const { size, endpoint, isRepeatable } = this.#request;
    const sentAt = clock.now();
    // Some look at the server first: what goes out then is the same request, and no second one beside it.
    if (this.#flight !== undefined) traffic.release(this.#flight);
    if (isRepeatable === true) this.#standstill = new Standstill(sentAt);
    this.#flight = {
      size,
      endpoint,
      sentAt,
      onConfirmed: (other) => {
        this.#standstill?.confirmed(other, clock.now());
        this.#touch();
        this.#armEarly();
      },
      onMoved: () => this.#touch(),
      onReleased: () => {
        if (!this.#alarm.isSet) this.#arm();
        this.#armEarly();
      },
    };
    traffic.take(this.#flight);
    this.#touch();
    if (isRepeatable === true && isLinkWell !== undefined)
      this.#silenceAlarm.set(sentAt + LISTENING);
  }

  sent(): void {
    this.#hasSent = true;
    this.#standstill?.moved(this.#settings.clock.now());
    this.#settings.traffic.stir();
    this.#earlyAlarm.clear();
    this.#touch();
  }

  /** It was answered as it should be. */
  succeed(): void {
    if (this.#flight !== undefined && this.#flight.size > 0)
      this.#settings.traffic.confirm(this.#flight);
  }

  end(): void {
    this.#hasSlept();
    if (this.#flight !== undefined) this.#settings.traffic.release(this.#flight);
    this.#hasEnded = true;
    for (const alarm of [this.#alarm, this.#earlyAlarm, this.#silenceAlarm]) alarm.clear();
  }

  get #isComplete(): boolean {
    return this.#request.operation === 'CompleteMultipartUpload';
  }

  // A body that has not begun to move may wait for one of the six sockets of its host, which other tabs use, too.
  get #waitsForSocket(): boolean {
    return this.#request.size > 0 && !this.#hasSent;
  }

  /** Milliseconds from now; nothing while a request without a body may still wait for a socket. */
  get #limit(): number | undefined {
    const { traffic, concurrency, stall, queue, complete } = this.#settings;
    if (this.#isComplete) return complete;
    if (this.#waitsForSocket) return queue;
    if (this.#request.size === 0 && traffic.requests > concurrency) return undefined;
    return (stall + traffic.drainTime) * 2 ** this.#request.timeouts;
  }

  // While OSS puts an object together nothing moves: that limit runs from its start to its answer.
  #touch(): void {
    if (this.#isComplete && this.#alarm.isSet) return;
    this.#arm();
  }

  #arm(): void {
    this.#hasSlept();
    const limit = this.#limit;
    if (limit === undefined) {
      this.#alarm.clear();
      return;
    }
    this.#patience = limit;
    this.#alarm.set(this.#settings.clock.now() + limit);
  }

  #onAlarm(late: number): void {
    if (late <= OVERSLEPT) {
      this.#expire(this.#error(this.#patience));
      return;
    }
    this.#request.onSlept?.();
    this.#arm();
  }

  // Whoever wakes up may hear of broken connections, or of other requests, before its timers fire.
  #hasSlept(): void {
    if (this.#settings.clock.now() - this.#alarm.due > OVERSLEPT) this.#request.onSlept?.();
  }

  get #standing(): Standing {
    const { bodies } = this.#settings.traffic;
    return { isAlone: bodies === 1 && this.#hasSent, stalls: this.#request.stalls ?? 0 };
  }

  /** When it is to be given up early, in epoch milliseconds. */
  get #earlyDue(): number | undefined {
    const { traffic } = this.#settings;
    const { size, endpoint } = this.#request;
    return this.#standstill?.due({
      ...this.#standing,
      usual: traffic.pace.usual(size, endpoint),
      bytesInFlight: traffic.bytes,
    });
  }

  // Sockets are given out in turn: whoever went out later and got through had one later, too. Most requests are answered
  // before the earliest moment there is: for them nothing is reckoned.
  #armEarly(): void {
    const now = this.#settings.clock.now();
    const earliest = this.#standstill?.earliest(this.#standing);
    const due = earliest === undefined || now < earliest ? earliest : this.#earlyDue;
    if (due === undefined) this.#earlyAlarm.clear();
    else this.#earlyAlarm.set(Math.max(due, now));
  }

  #onEarlyAlarm(late: number): void {
    const now = this.#settings.clock.now();
    // Nothing is known of what happened in a sleep.
    if (late > OVERSLEPT) return this.#standstill?.moved(now);
    const due = this.#earlyDue;
    if (due === undefined) return;
    if (due > now) this.#earlyAlarm.set(due);
    else this.#expire(this.#stalled('others got through'));
  }

  /** When to ask whether the link moves at all, in epoch milliseconds. */
  get #askAt(): number | undefined {
    const { traffic } = this.#settings;
    const { size, endpoint, stalls = 0 } = this.#request;
    if (this.#waitsForSocket) return undefined;
    const usual = traffic.pace.usual(size, endpoint);
    return this.#standstill?.askAt({ usual, stalls }, traffic.stirredAt);
  }

  async #onSilence(late: number): Promise<void> {
    const { clock, isLinkWell, traffic } = this.#settings;
    const due = this.#askAt;
    const isQuiet = due !== undefined && due <= clock.now() && late <= OVERSLEPT;
    if (isQuiet && traffic.bodies >= SOCKETS) return this.#makeRoom();
    const isWell = isQuiet && (await isLinkWell?.()) === true;
    if (this.#hasEnded) return;
    // Whatever has moved meanwhile puts it off.
    if (isWell && this.#askAt === due) this.#expire(this.#stalled('the server could be reached'));
    else this.#silenceAlarm.set(this.#nextLook);
  }

  get #nextLook(): number {
    const now = this.#settings.clock.now();
    const due = this.#askAt ?? now;
    return due > now ? due : now + LISTENING;
  }

  // No probe gets a socket. One body gives up its own and is sent again: when that arrives the others are known to hang.
  #makeRoom(): void {
    this.#settings.traffic.stir();
    this.#expire(this.#stalled('all others did, too'));
  }

  #stalled(meanwhile: string): UploadError {
    const { operation, partNumber } = this.#request;
    const what = describe(operation, partNumber);
    return new UploadError('timeout', `${what} stood still while ${meanwhile}.`, {
      operation,
      partNumber,
      code: 'ConnectionStalled',
      advice: 'Its connection hangs; a proxy or firewall that drops packets can be the cause.',
    });
  }

  #error(limit: number): UploadError {
    const { operation, partNumber } = this.#request;
    const what = describe(operation, partNumber);
    const seconds = Math.round(limit / 1000);
    const details = { operation, partNumber };
    if (this.#waitsForSocket) {
      return new UploadError('timeout', `${what} could not begin for ${seconds} s.`, {
        ...details,
        code: 'SocketQueueTimeout',
        advice: 'Other requests to this host, perhaps of other tabs, hold all of its connections.',
      });
    }
    return new UploadError('timeout', `${what} stood still for ${seconds} s.`, {
      ...details,
      advice: `The link is too slow or too unsteady: ${operation === 'PostObject' ? '' : 'a smaller partSize or '}a longer timeout.stall helps.`,
    });
  }
}
