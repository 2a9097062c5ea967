import type { FaultRule, FaultState, StoredObjectInfo } from '../emulator/index.ts';
import type { Credentials } from '../src/index.ts';

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

/** What an app's own server would give: temporary credentials. */
export async function fetchCredentials(): Promise<Credentials> {
  return await fetchJson<Credentials>('/sts');
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

async function fetchJson<Answer>(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { cache: 'no-store', ...options });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.json()) as Answer;
}
