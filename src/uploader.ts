import { createAuthorization } from './authorization.ts';
import { installDoor } from './door.ts';
import type { Shared, Trouble } from './engine/context.ts';
import { Link } from './engine/link.ts';
import { Network } from './engine/network.ts';
import { PartSizes } from './engine/part-sizes.ts';
import { createProviderRetry } from './engine/provider-retry.ts';
import { Scheduler } from './engine/scheduler.ts';
import { Traffic } from './engine/traffic.ts';
import { abortError } from './errors.ts';
import { checkFormLimit, createFormWay } from './form-way.ts';
import { onDemand } from './on-demand.ts';
import {
  type ResolvedOptions,
  resolveOptions,
  resolveUploadOptions,
  type UploaderOptions,
  type UploadOptions,
} from './options.ts';
import { OssClient } from './oss/client.ts';
import { type Endpoint, resolveEndpoints } from './oss/endpoint.ts';
import { ServerClock } from './oss/server-clock.ts';
import { createBroadcastChannels } from './platform/broadcast-channels.ts';
import { createByteRoom } from './platform/byte-room.ts';
import { createConnectivity } from './platform/connectivity.ts';
import { createFallbackCheckpoints } from './platform/fallback-checkpoints.ts';
import { readAgain } from './platform/file-handle.ts';
import { createIndexedDbCheckpoints } from './platform/indexeddb-checkpoints.ts';
import { createPageLife } from './platform/page-life.ts';
import { systemClock } from './platform/system-clock.ts';
import { createWebLocks } from './platform/web-locks.ts';
import type {
  Channels,
  CheckpointStore,
  Clock,
  Connectivity,
  Hasher,
  Locks,
  PageLife,
  Transport,
  WorkerLoss,
} from './ports.ts';
import { createRoute } from './route.ts';
import { FORM_LIMIT, type SigningOptions } from './signing-options.ts';
import type { Unfinished } from './unfinished.ts';
import { createUpload, type OwnedUpload, type Upload } from './upload.ts';

/** Uploads files into one bucket. */
export interface Uploader {
  /**
   * Starts to upload a file, or goes on where an earlier page stopped with the same file for the same key. While one
   * is under way, the same file for the same key is the same upload; while another tab uploads it, this one waits,
   * and is done when that is.
   *
   * @throws TypeError or RangeError naming the option, before anything is sent.
   */
  upload(file: File | Blob, options: UploadOptions): Upload;
  /**
   * What earlier pages of this origin began for this bucket and did not finish, newest first, without what a tab is
   * uploading now. Rejects with an `UploadError` when the code for it cannot be loaded.
   */
  unfinished(): Promise<Unfinished[]>;
  /** Stops everything and keeps the sessions; for pages that go on without this uploader. */
  close(): Promise<void>;
}

/** What an uploader stands on; browsers have it all, but for locks and channels in pages that are not secure. */
export interface Platform {
  readonly transport: Transport;
  readonly hasher: Hasher;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  readonly pageLife: PageLife;
  readonly locks: Locks | undefined;
  readonly channels: Channels | undefined;
  /** Loads what few uploads need, while they do not. */
  readonly loadTrouble: () => Promise<Trouble>;
  /** Hears, once, that the page itself has to handle the bytes. */
  readonly onWorkerLost?: (listener: (reason: WorkerLoss) => void) => void;
}

/**
 * @throws TypeError or RangeError naming the option.
 */
export function createUploader(options: UploaderOptions): Uploader {
  let tell: ((reason: WorkerLoss) => void) | undefined;
  return assembleUploader(options, {
    ...createByteRoom({ worker: options.worker, onFallback: (reason) => tell?.(reason) }),
    onWorkerLost: (listener) => {
      tell = listener;
    },
    checkpoints: createFallbackCheckpoints(createIndexedDbCheckpoints()),
    clock: systemClock,
    connectivity: createConnectivity(),
    pageLife: createPageLife(),
    locks: createWebLocks(),
    channels: createBroadcastChannels(),
    loadTrouble: () => import('./engine/trouble.ts'),
  });
}

/** The same on a platform of the caller's. */
export function assembleUploader(options: UploaderOptions, platform: Platform): Uploader {
  const settings = resolveOptions(options);
  const needsRegion = options.credentials !== undefined && options.signatureVersion !== 1;
  const endpoints = resolveEndpoints({ ...options, needsRegion }, globalThis.location?.href);
  return new BucketUploader(settings, endpoints, options, platform);
}

class BucketUploader implements Uploader {
  readonly #shared: Shared;
  readonly #transport: Transport;
  readonly #uploads = new Set<OwnedUpload>();
  readonly #closing = new AbortController();
  readonly #housekeeping: () => Promise<typeof import('./unfinished.ts')>;
  /** Why there is no worker, until somebody has been told. */
  #workerLoss: WorkerLoss | undefined;
  /** Bytes of the largest file, where files go by form. */
  readonly #formLimit: number | undefined;

  constructor(
    settings: ResolvedOptions,
    endpoints: readonly [Endpoint, ...Endpoint[]],
    signing: SigningOptions,
    platform: Platform,
  ) {
    const { transport, hasher, checkpoints, clock, connectivity, pageLife, locks, channels } =
      platform;
    const { partSize, integrity, isSpread, timeout, retry, checkpoint } = settings;
    const [endpoint] = endpoints;
    const bases = endpoints.map(({ base }) => base).toSorted();
    const [address = endpoint.base] = bases;
    const concurrency = settings.concurrency * (isSpread ? endpoints.length : 1);
    this.#transport = transport;
    const traffic = new Traffic(clock);
    const route = createRoute(
      {
        endpoints,
        isSpread,
        concurrency: settings.concurrency,
        clock,
        connectivity,
        probeTimeout: timeout.probe,
        announce: (event) => this.#uploads.forEach((upload) => upload.tell(event)),
      },
      () => ({ network, scheduler, asking }),
    );
    const network = new Network({
      clock,
      connectivity: route?.connectivity ?? connectivity,
      url: `${endpoint.base}/`,
      probeTimeout: timeout.probe,
    });
    const scheduler = new Scheduler(concurrency);
    const serverClock = new ServerClock(clock);
    const closing = this.#closing.signal;
    const asking = {
      clock,
      timeout: timeout.credentials,
      afterFailure: createProviderRetry({ clock, network, retry, closing }),
    };
    const authorization = createAuthorization(signing, serverClock, asking);
    const client = new OssClient({
      endpoint,
      authorization,
      transport,
      clock: serverClock,
      onAnswer: () => network.noteAnswer(),
    });
    const sending = {
      network,
      route,
      traffic,
      clock,
      retry,
      scheduler,
      trouble: onDemand(platform.loadTrouble, asking),
      watchdog: { ...timeout, clock, traffic, concurrency },
    };
    this.#formLimit = signing.form === undefined ? undefined : (signing.formLimit ?? FORM_LIMIT);
    this.#shared = {
      ...sending,
      endpoint,
      bases,
      address,
      client,
      needsPreflight: isElsewhere(endpoint),
      sendByForm: createFormWay(signing, endpoint, { ...sending, transport }, asking),
      checkpoints,
      pageLife,
      hasher,
      integrity,
      locks,
      channels,
      callbackReader: onDemand(() => import('./callback/outcome.ts'), asking),
      link: new Link({
        checkpoints,
        clock,
        traffic,
        endpoint: address,
        concurrency,
        partSize,
      }),
      partSizes: new PartSizes(),
      serverClock,
      checkpointMaxAge: checkpoint.maxAge,
      claimed: new Set(),
      releaseFile: (file) => transport.release?.(file),
      closing,
    };
    installDoor(this, {
      endpoint,
      credentials: signing.credentials,
      transport,
      checkpoints,
      clock,
      connectivity,
      timeout: timeout.stall,
    });
    platform.onWorkerLost?.((reason) => {
      this.#workerLoss = reason;
      this.#tellOfWorker();
    });
    this.#housekeeping = onDemand(() => import('./unfinished.ts'), asking);
    // While there is a network, as there was for the page. Who needs it hears whether it could be had.
    this.#shared.trouble().catch(() => undefined);
    if (signing.form === undefined) this.#keepHouse().catch(() => undefined);
  }

  upload(file: File | Blob, options: UploadOptions): Upload {
    const resolved = resolveUploadOptions(file, options);
    this.#checkOpen();
    checkFormLimit(file, this.#formLimit);
    const upload =
      this.#find((known) => known.matches(file, resolved.key)) ??
      this.#own(createUpload(this.#shared, file, resolved));
    if (options.signal !== undefined) upload.heed(options.signal);
    return upload;
  }

  async unfinished(): Promise<Unfinished[]> {
    // A form cannot go on with what was sent in parts.
    if (this.#formLimit !== undefined) return [];
    // Side by side.
    this.#shared.trouble().catch(() => undefined);
    const { listUnfinished } = await this.#housekeeping();
    return await listUnfinished(this.#shared, {
      goOn: (file, options, sessionId) => {
        this.#checkOpen();
        const known = this.#find((upload) => upload.holds(sessionId));
        return known ?? this.#own(createUpload(this.#shared, file, options, sessionId));
      },
      readAgain,
    });
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await Promise.all([...this.#uploads].map((upload) => upload.close()));
    this.#closing.abort(abortError('The uploader was closed.'));
    this.#shared.network.close();
    this.#shared.checkpoints.close();
    this.#transport.close?.();
  }

  // Without a copy: pages start a thousand uploads in one go.
  #find(isWanted: (upload: OwnedUpload) => boolean): OwnedUpload | undefined {
    for (const upload of this.#uploads) if (isWanted(upload)) return upload;
    return undefined;
  }

  #own(upload: OwnedUpload): OwnedUpload {
    this.#uploads.add(upload);
    const disown = (): void => void this.#uploads.delete(upload);
    upload.done.then(disown, disown);
    // Not before the caller has had the chance to subscribe.
    queueMicrotask(() => this.#tellOfWorker());
    return upload;
  }

  // Once, to whoever is under way, or comes next.
  #tellOfWorker(): void {
    const [upload] = this.#uploads;
    const reason = this.#workerLoss;
    if (upload === undefined || reason === undefined) return;
    this.#workerLoss = undefined;
    upload.tell({ type: 'worker-unavailable', reason });
  }

  // Best effort, as the next page does it again.
  async #keepHouse(): Promise<void> {
    const stored = await this.#shared.checkpoints.sessions().catch(() => []);
    if (stored.length > 0) await (await this.#housekeeping()).dropExpired(this.#shared, stored);
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted)
      throw abortError('This uploader was closed: create a new one.');
  }
}

/** Whether it is on another origin than the page; outside of pages there is none. */
function isElsewhere({ base }: Endpoint): boolean {
  const { location } = globalThis;
  return location !== undefined && new URL(base).origin !== location.origin;
}
