import type { Socket } from 'node:net';
import { Bandwidth } from './bandwidth.ts';
import { type Check, fieldsOf, positive } from './fields.ts';

/** What the network between clients and the emulator is like; undefined: as good as it really is. */
export interface NetworkSettings {
  /** Before each request is processed. */
  readonly latencyMilliseconds?: number | undefined;
  /** Of all request bodies together. */
  readonly bytesPerSecond?: number | undefined;
  /** Of the request bodies of one connection. */
  readonly bytesPerSecondPerConnection?: number | undefined;
  /** Bytes of request bodies that one connection carries; the next one resets it. */
  readonly cutAfterBytes?: number | undefined;
}

const SETTINGS = [
  'latencyMilliseconds',
  'bytesPerSecond',
  'bytesPerSecondPerConnection',
  'cutAfterBytes',
] as const;

interface Connection {
  readonly bandwidth: Bandwidth;
  /** Of request bodies, carried so far. */
  bytes: number;
}

const positiveOrNone: Check<number | undefined> = (value, field) =>
  value === null || value === undefined ? undefined : positive(value, field);

/** Reads a change of settings; null lifts one. Throws FieldError. */
export function parseNetworkSettings(value: unknown): NetworkSettings {
  const fields = fieldsOf(value, 'network', SETTINGS);
  const given = SETTINGS.filter((name) => name in fields);
  return Object.fromEntries(given.map((name) => [name, positiveOrNone(fields[name], name)]));
}

/** The network as it is to seem. */
export class Network {
  /** All request bodies share it. */
  readonly total = new Bandwidth();
  readonly #connections = new Map<Socket, Connection>();
  #settings: NetworkSettings = {};

  get settings(): NetworkSettings {
    return this.#settings;
  }

  get latency(): number {
    return this.#settings.latencyMilliseconds ?? 0;
  }

  /** Changes the settings that are given; undefined lifts one. Bodies that wait go on at once. */
  change(change: NetworkSettings): void {
    this.#settings = { ...this.#settings, ...change };
    if ('bytesPerSecond' in change) this.total.setRate(change.bytesPerSecond);
    if (!('bytesPerSecondPerConnection' in change)) return;
    for (const { bandwidth } of this.#connections.values())
      bandwidth.setRate(change.bytesPerSecondPerConnection);
  }

  reset(): void {
    this.change(Object.fromEntries(SETTINGS.map((name) => [name, undefined])));
  }

  /** What the request bodies of this connection share. */
  bandwidthOf(socket: Socket): Bandwidth {
    return this.#connection(socket).bandwidth;
  }

  /** This connection has carried so many bytes more. Whether that is more than it bears. */
  wearsOut(socket: Socket, bytes: number): boolean {
    const connection = this.#connection(socket);
    connection.bytes += bytes;
    return connection.bytes > (this.#settings.cutAfterBytes ?? Number.POSITIVE_INFINITY);
  }

  #connection(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const bandwidth = new Bandwidth(this.#settings.bytesPerSecondPerConnection);
    const connection = { bandwidth, bytes: 0 };
    this.#connections.set(socket, connection);
    socket.once('close', () => this.#connections.delete(socket));
    return connection;
  }
}
