import { createHash } from 'node:crypto';
import type { BucketConfiguration } from './buckets.ts';
import { tryCallback } from './callbacks/trial.ts';
import {
  isCallback,
  isCallbackRequest,
  serveCallbackRequest,
} from './control/callback-endpoints.ts';
import { isControlRequest, serveControl } from './control/control-api.ts';
import { assertCorsRules } from './cors-rules.ts';
import { createServices } from './create-services.ts';
import { describeObjectRecord, describeUploadRecord } from './descriptions.ts';
import { finite, oneOf, positive } from './fields.ts';
import { expire } from './lifecycle.ts';
import { parseLimits } from './limits.ts';
import { Listener } from './listener.ts';
import { parseNetworkSettings } from './network.ts';
import { DEFAULT_REFERER_CONFIGURATION } from './referer.ts';
import { createAccessControl } from './rights/access-control.ts';
import type { Services } from './service.ts';
import { breakOff, cutAll, serveOss } from './service.ts';
import type { ObjectStore } from './storage/object-store.ts';
import { isStsRequest, serveSts } from './sts/sts-api.ts';
import type { BucketAcl, Emulator, EmulatorOptions } from './types.ts';
import { BUCKET_ACLS } from './types.ts';

/** Starts an emulator; it listens when the promise resolves. Rejects with TypeError for options that are not legal. */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const services = await createServices(options);
  const host = options.host ?? '127.0.0.1';
  const listener = new Listener(host, options.port ?? 0, (message, response) => {
    // The control API's answers too, or a request to OSS would find their connections open.
    if (options.keepAlive === false) response.setHeader('Connection', 'close');
    if (isCallbackRequest(message) && (isCallback(message) || isControlRequest(message)))
      void serveCallbackRequest(services, message, response).catch(() => response.destroy());
    else if (isStsRequest(message)) void serveSts(services.sts, message, response);
    else if (isControlRequest(message)) void serveControl(emulator, message, response);
    else serveOss(services, message, response);
  });
  listener.onBreakOff((socket) => breakOff(services, socket));
  const emulator = createHandle(services, listener);
  await listener.listen();
  services.callbacks.startAt(listener.origin);
  return emulator;
}

function createHandle(services: Services, listener: Listener): Emulator {
  const {
    store,
    keys,
    log,
    faults,
    network,
    traffic,
    retention,
    buckets,
    addressing,
    throttle,
    denied,
  } = services;
  const { clock, rights, roles, sts } = services;
  const configure = (change: Partial<BucketConfiguration>, bucket: string | undefined): void => {
    for (const name of bucket === undefined ? buckets.names() : [bucket])
      buckets.configure(name, change);
  };
  const current = (): ObjectStore => {
    expire(buckets.all(), store, services.now());
    return store;
  };
  return {
    get origin() {
      return listener.origin;
    },
    region: services.region,
    get buckets() {
      return buckets.names();
    },
    expireCredentials: () => keys.expireAll(),
    log: log.entries,
    clearLog: () => log.clear(),
    traffic: () => traffic.report(),
    resetTraffic: () => traffic.reset(),
    faults: {
      add: (rule) => faults.add(rule),
      list: () => faults.list(),
      remove: (id) => faults.remove(id),
      clear: () => faults.clear(),
      bandwidth: (rate) => network.change(parseNetworkSettings({ bytesPerSecond: rate })),
      network: (change = {}) => {
        network.change(parseNetworkSettings(change));
        return network.settings;
      },
      refuse: async (duration) =>
        listener.refuse(duration === 'until-restored' ? duration : positive(duration, 'duration')),
      restore: () => listener.restore(),
    },
    objects: () => current().objects().map(describeObjectRecord),
    callbacks: () => services.receiver.received,
    sendCallback: (trial) => tryCallback(services.callbacks, trial),
    sha256: (bucket, key) => hashObject(store, bucket, key),
    uploads: () => current().uploads().map(describeUploadRecord),
    setCorsRules: (rules, bucket) => {
      assertCorsRules(rules);
      configure({ corsRules: rules }, bucket);
    },
    setAcl: (acl, bucket) => configure({ acl: checkAcl(acl) }, bucket),
    setReferer: (change, bucket) =>
      configure({ referer: { ...DEFAULT_REFERER_CONFIGURATION, ...change } }, bucket),
    ...createAccessControl(services),
    setClockOffset: (offset) => clock.setOffset(finite(offset, 'milliseconds')),
    setLimits: (limits) => throttle.setLimits(parseLimits(limits)),
    setDomains: (domains) => addressing.setDomains(domains),
    setRetention: (bucket, seconds) =>
      retention.set(oneOf(buckets.names())(bucket, 'bucket'), periodOf(seconds)),
    setRights: (operations) => {
      denied.clear();
      for (const operation of operations) denied.add(operation);
    },
    dropPart: (uploadId, partNumber) => store.dropPart(uploadId, partNumber),
    corruptPart: (uploadId, partNumber) => store.corruptPart(uploadId, partNumber),
    forgetUpload: (uploadId) => store.abortUpload(uploadId),
    reset: async () => {
      faults.clear();
      faults.forgetAttempts();
      network.reset();
      await cutAll(services);
      await listener.restore();
      store.clear();
      clock.setOffset(0);
      buckets.reset();
      keys.reset();
      roles.reset();
      sts.reset();
      rights.setOwnerDisabled(false);
      addressing.reset();
      throttle.reset();
      denied.clear();
      log.clear();
      traffic.reset();
      retention.reset();
      services.receiver.clear();
      await Promise.all([store.saved(), buckets.saved()]);
    },
    close: async () => {
      network.reset();
      await listener.close();
      await cutAll(services);
      await Promise.all([store.saved(), buckets.saved()]);
    },
  };
}

/** In milliseconds. */
function periodOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : positive(seconds, 'seconds') * 1000;
}

function checkAcl(acl: unknown): BucketAcl {
  return oneOf(BUCKET_ACLS)(acl, 'acl');
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
