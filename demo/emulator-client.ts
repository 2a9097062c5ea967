import type { FaultRule, FaultState, StoredObjectInfo } from '../emulator/index.ts';
import { fetchJson } from './fetch-json.ts';

/** Where the emulator is. */
export interface EmulatorPlace {
  readonly origin: string;
  readonly bucket: string;
  readonly region: string;
}

export type StoredObject = StoredObjectInfo & { readonly sha256: string };

/** The emulator's control API. */
export interface EmulatorClient {
  faults(): Promise<readonly FaultState[]>;
  addFault(rule: FaultRule): Promise<void>;
  clearFaults(): Promise<void>;
  /** `undefined` lifts the limit. */
  setBandwidth(bytesPerSecond: number | undefined): Promise<void>;
  refuse(seconds: number): Promise<void>;
  expireCredentials(): Promise<void>;
  objects(): Promise<readonly StoredObject[]>;
}

/** Asks the page's own server where the emulator is. */
export async function findEmulator(): Promise<EmulatorPlace> {
  return await fetchJson<EmulatorPlace>('/emulator.json');
}

export function createEmulatorClient({ origin }: EmulatorPlace): EmulatorClient {
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> =>
    await fetchJson<Answer>(`${origin}/__emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    faults: () => call('GET', 'faults'),
    addFault: (rule) => call('POST', 'faults', rule),
    clearFaults: () => call('DELETE', 'faults'),
    setBandwidth: (limit) => call('PUT', 'bandwidth', { bytesPerSecond: limit ?? null }),
    refuse: (seconds) => call('PUT', 'refuse', { seconds }),
    expireCredentials: () => call('POST', 'expire-credentials'),
    objects: () => call('GET', 'objects'),
  };
}
