import type { Client, ClientName } from '../../job.ts';

/** The uploaders under test; each is loaded when it is wanted. */
export const CLIENTS: Readonly<Record<ClientName, () => Promise<Client>>> = {
  bare: async () => (await import('./bare.ts')).bare,
  'bare-worker': async () => (await import('./bare-in-worker.ts')).bareInWorker,
  partway: async () => (await import('./partway.ts')).partway({}),
  'partway-none': async () => (await import('./partway.ts')).partway({ integrity: 'none' }),
  'partway-page': async () => (await import('./partway.ts')).partway({ worker: false }),
  'partway-page-none': async () =>
    (await import('./partway.ts')).partway({ worker: false, integrity: 'none' }),
  'ali-oss': async () => (await import('./ali-oss.ts')).aliOss,
  cos: async () => (await import('./cos.ts')).cos,
  uppy: async () => (await import('./uppy.ts')).uppy,
};
