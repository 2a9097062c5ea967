import type { Shared, Trouble } from '../engine/context.ts';
import { Link } from '../engine/link.ts';
import { Network } from '../engine/network.ts';
import { PartSizes } from '../engine/part-sizes.ts';
import { createPatientStore } from '../engine/patient-store.ts';
import { createProviderRetry } from '../engine/provider-retry.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { StoredSessions } from '../engine/stored-sessions.ts';
import { Traffic } from '../engine/traffic.ts';
import { abortError } from '../errors.ts';
import type { UploadStatus } from '../events.ts';
import { createLazyHasher, type Hashing } from '../lazy-hasher.ts';
import { onDemand } from '../on-demand.ts';
import type { ResolvedOptions, ResolvedUploadOptions } from '../options.ts';
import { OssClient } from '../oss/client.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import { ServerClock } from '../oss/server-clock.ts';
import type {
  Channels,
  CheckpointStore,
  ChosenSession,
  Clock,
  Connectivity,
  Hasher,
  Locks,
  PageLife,
  SessionRecord,
  Transport,
} from '../ports.ts';
import type { SigningOptions } from '../signing-options.ts';
import { createAuthorization } from './authorization.ts';
import { createFormWay } from './form-way.ts';
import type { UnfinishedSession } from './messages.ts';
import { createRoute } from './route.ts';
import { type Audience, RunningUpload } from './running-upload.ts';

/** What an uploader stands on; browsers have it all, but for locks and channels in pages that are not secure. */
export interface Platform {
  /** What sends, and hashes what it sends. */
  readonly createTransport: (hasher: Hasher) => Transport;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  readonly pageLife: PageLife;
  readonly locks: Locks | undefined;
  readonly channels: Channels | undefined;
  /** Loads what hashes. */
  readonly loadHashing: () => Promise<Hashing>;
  /** Loads what few uploads need, while they do not. */
  readonly loadTrouble: () => Promise<Trouble>;
}

const ENDED: readonly UploadStatus[] = ['done', 'failed', 'cancelled'];

/** What an uploader was told, checked. */
export interface EngineOptions {
  readonly settings: ResolvedOptions;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly signing: SigningOptions;
  /** The page's address; absent outside of pages. */
  readonly pageUrl: string | undefined;
}

/** All uploads into one bucket, where the engine is. */
export class EngineUploader {
  readonly #shared: Shared;
  readonly #transport: Transport;
  readonly #uploads = new Set<RunningUpload>();
  readonly #closing = new AbortController();
  readonly #housekeeping: () => Promise<typeof import('./unfinished-sessions.ts')>;
  readonly #isByForm: boolean;

  constructor({ settings, endpoints, signing, pageUrl }: EngineOptions, platform: Platform) {
    const { clock, connectivity, pageLife, locks, channels } = platform;
    const checkpoints = createPatientStore(platform.checkpoints, clock);
    const { partSize, integrity, isSpread, timeout, retry, checkpoint } = settings;
    const [endpoint] = endpoints;
    const bases = endpoints.map(({ base }) => base).toSorted();
    const [address = endpoint.base] = bases;
    const concurrency = settings.concurrency * (isSpread ? endpoints.length : 1);
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
    const loadHashing = onDemand(platform.loadHashing, asking);
    const hasher = createLazyHasher(loadHashing);
    const transport = platform.createTransport(hasher);
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
      watchdog: {
        ...timeout,
        clock,
        traffic,
        concurrency,
        // Of several endpoints one may be silent that another answers for.
        isLinkWell: route === undefined ? () => network.answersAtOnce() : undefined,
      },
    };
    this.#transport = transport;
    this.#isByForm = signing.form !== undefined;
    this.#shared = {
      ...sending,
      endpoint,
      bases,
      address,
      client,
      needsPreflight: isElsewhere(endpoint, pageUrl),
      sendByForm: createFormWay(signing, endpoint, { ...sending, transport }, asking),
      checkpoints,
      storedSessions: new StoredSessions(checkpoints, clock),
      pageLife,
      hasher,
      integrity,
      locks,
      channels,
      callbackReader: onDemand(() => import('../callback/outcome.ts'), asking),
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
      claimed: new Map(),
      releaseFile: (file) => transport.release?.(file),
      closing,
    };
    this.#housekeeping = onDemand(() => import('./unfinished-sessions.ts'), asking);
    // While there is a network, as there was for the page. Who needs it hears whether it could be had.
    this.#shared.trouble().catch(() => undefined);
    if (integrity !== 'none') loadHashing().catch(() => undefined);
    if (!this.#isByForm) this.#keepHouse().catch(() => undefined);
  }

  /** @param chosen the session that the page chose to go on with. */
  upload(
    file: Blob,
    options: ResolvedUploadOptions,
    chosen: ChosenSession | undefined,
    audience: Audience,
  ): RunningUpload {
    const upload = new RunningUpload(this.#shared, file, options, chosen, {
      hear: (event, snapshot) => {
        if (ENDED.includes(snapshot.status)) this.#uploads.delete(upload);
        audience.hear(event, snapshot);
      },
      see: (parts) => audience.see(parts),
      failed: (reason) => audience.failed(reason),
    });
    this.#uploads.add(upload);
    return upload;
  }

  /** What earlier pages began and did not finish. */
  async unfinished(): Promise<UnfinishedSession[]> {
    // A form cannot go on with what was sent in parts.
    if (this.#isByForm) return [];
    // Side by side.
    this.#shared.trouble().catch(() => undefined);
    return await (await this.#housekeeping()).listUnfinished(this.#shared);
  }

  /** Forgets a session, and aborts it on the server, unless somebody works on it. */
  async discard(record: SessionRecord): Promise<void> {
    await (await this.#housekeeping()).discardUnfinished(this.#shared, record);
  }

  /** Stops everything and keeps the sessions. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await Promise.all([...this.#uploads].map((upload) => upload.close()));
    this.#closing.abort(abortError('The uploader was closed.'));
    this.#shared.network.close();
    this.#shared.checkpoints.close();
    this.#transport.close?.();
  }

  // Best effort, as the next page does it again.
  async #keepHouse(): Promise<void> {
    const stored = await this.#shared.checkpoints.sessions().catch(() => []);
    if (stored.length > 0) await (await this.#housekeeping()).dropExpired(this.#shared, stored);
  }
}

/** Whether it is on another origin than the page; outside of pages there is none. */
function isElsewhere({ base }: Endpoint, pageUrl: string | undefined): boolean {
  return pageUrl !== undefined && new URL(base).origin !== new URL(pageUrl).origin;
}
