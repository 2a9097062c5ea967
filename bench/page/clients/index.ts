import type { Client, ClientName } from '../../job.ts';
import { inWorker } from './in-worker.ts';

/** The uploaders under test; each is loaded when it is wanted. */
export const CLIENTS: Readonly<Record<ClientName, () => Promise<Client>>> = {
  bare: async () => (await import('./bare.ts')).bare,
  'bare-worker': async () =>
    inWorker(() => new Worker(new URL('./bare-worker.ts', import.meta.url), { type: 'module' })),
  partway: async () => (await import('./partway.ts')).partway({}),
  'partway-none': async () => (await import('./partway.ts')).partway({ integrity: 'none' }),
  'partway-in-worker': async () =>
    inWorker(() => new Worker(new URL('./partway-worker.ts', import.meta.url), { type: 'module' })),
  'partway-page': async () => (await import('./partway.ts')).partway({ worker: false }),
  'partway-page-none': async () =>
    (await import('./partway.ts')).partway({ worker: false, integrity: 'none' }),
  'ali-oss': async () => (await import('./ali-oss.ts')).aliOss,
  cos: async () => (await import('./cos.ts')).cos,
  uppy: async () => (await import('./uppy.ts')).uppy,
};
