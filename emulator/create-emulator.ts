import { createHash } from 'node:crypto';
import { AccessKeys } from './authentication/access-keys.ts';
import { Bandwidth } from './bandwidth.ts';
import { Buckets } from './buckets.ts';
import { isControlRequest, serveControl } from './control/control-api.ts';
import { assertCorsRules, DEFAULT_CORS_RULES } from './cors.ts';
import { describeObjectRecord, describeUploadRecord } from './descriptions.ts';
import { FaultRules } from './faults/fault-rules.ts';
import { positive } from './fields.ts';
import { Listener } from './listener.ts';
import { RequestLog } from './request-log.ts';
import type { Services } from './service.ts';
import { cutAll, serveOss } from './service.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { openStore } from './storage/open-store.ts';
import type { Emulator, EmulatorOptions } from './types.ts';

/** Starts an emulator; it listens when the promise resolves. Rejects with TypeError for options that are not legal. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const services = createServices(options, await openStore(options.dataDir));
  const host = options.host ?? '127.0.0.1';
  const listener = new Listener(host, options.port ?? 0, (message, response) => {
    // The control API's answers too, or a request to OSS would find their connections open.
    if (options.keepAlive === false) response.setHeader('Connection', 'close');
    if (isControlRequest(message)) void serveControl(emulator, message, response);
    else serveOss(services, message, response);
  });
  const emulator = createHandle(services, listener);
  await listener.listen();
  return emulator;
}

function createServices(options: EmulatorOptions, store: ObjectStore): Services {
  const now = options.now ?? Date.now;
  const corsRules = options.corsRules ?? DEFAULT_CORS_RULES;
  assertCorsRules(corsRules);
  const permanentKey = {
    id: options.accessKeyId ?? 'emulator-key-id',
    secret: options.accessKeySecret ?? 'emulator-key-secret',
  };
  return {
    region: options.region ?? 'cn-hangzhou',
    now,
    buckets: new Buckets(options.buckets ?? ['partway-demo'], corsRules),
    keys: new AccessKeys(permanentKey, now),
    store,
    log: new RequestLog(now),
    faults: new FaultRules(),
    bandwidth: new Bandwidth(),
    denied: new Set(),
    exchanges: new Map(),
  };
}

function createHandle(services: Services, listener: Listener): Emulator {
  const { store, keys, log, faults, bandwidth, buckets, denied } = services;
  return {
    get origin() {
      return listener.origin;
    },
    region: services.region,
    buckets: buckets.names(),
    issueCredentials: ({ durationSeconds = 3600 } = {}) => keys.issue(durationSeconds),
    expireCredentials: () => keys.expireAll(),
    log: log.entries,
    clearLog: () => log.clear(),
    faults: {
      add: (rule) => faults.add(rule),
      list: () => faults.list(),
      remove: (id) => faults.remove(id),
      clear: () => faults.clear(),
      bandwidth: (rate) =>
        bandwidth.setRate(rate === undefined ? undefined : positive(rate, 'bytesPerSecond')),
      refuse: async (duration) =>
        listener.refuse(duration === 'until-restored' ? duration : positive(duration, 'duration')),
      restore: () => listener.restore(),
    },
    objects: () => store.objects().map(describeObjectRecord),
    sha256: (bucket, key) => hashObject(store, bucket, key),
    uploads: () => store.uploads().map(describeUploadRecord),
    setCorsRules: (rules, bucket) => {
      assertCorsRules(rules);
      for (const name of bucket === undefined ? buckets.names() : [bucket])
        buckets.setCorsRules(name, rules);
    },
    setRights: (operations) => {
      denied.clear();
      for (const operation of operations) denied.add(operation);
    },
    dropPart: (uploadId, partNumber) => store.dropPart(uploadId, partNumber),
    corruptPart: (uploadId, partNumber) => store.corruptPart(uploadId, partNumber),
    forgetUpload: (uploadId) => store.abortUpload(uploadId),
    reset: async () => {
      faults.clear();
      bandwidth.setRate(undefined);
      await cutAll(services);
      await listener.restore();
      store.clear();
      buckets.reset();
      denied.clear();
      log.clear();
      await store.saved();
    },
    close: async () => {
      bandwidth.setRate(undefined);
      await listener.close();
      await cutAll(services);
      await store.saved();
    },
  };
}

async function hashObject(
  store: ObjectStore,
  bucket: string,
  key: string,
): Promise<string | undefined> {
  const object = store.object(bucket, key);
  if (object === undefined) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of store.read(object)) hash.update(chunk);
  return hash.digest('hex');
}
