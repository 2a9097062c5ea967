import type { CallbackOptions, EncodedCallback } from '../callback/index.ts';
import { Network } from '../engine/network.ts';
import { createProviderRetry } from '../engine/provider-retry.ts';
import type { RequestDependencies } from '../engine/requests.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Traffic } from '../engine/traffic.ts';
import { abortError, UploadError } from '../errors.ts';
import { createLazyHasher } from '../lazy-hasher.ts';
import { onDemand } from '../on-demand.ts';
import { addAdvice } from '../oss/add-advice.ts';
import type { AskSettings } from '../oss/ask-app.ts';
import { createConnectivity } from '../platform/connectivity.ts';
import { loadHashing } from '../platform/load-hashing.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createXhrTransport } from '../platform/xhr-transport.ts';
import type { Clock, Connectivity, Transport } from '../ports.ts';
import { Audience } from './audience.ts';
import { askedFields, type FieldsSource, staticFields } from './fields-source.ts';
import { checkFile, createForm } from './form.ts';
import type { StoredForm } from './form-answer.ts';
import { type PostObjectOptions, type ResolvedPostOptions, resolvePostOptions } from './options.ts';
import { sendForm } from './send-form.ts';

/** Forms in flight at a time, over all calls of a page: what browsers open per host over HTTP/1.1. */
const LANES = 6;

/** What a form has stored. */
export interface PostObjectResult extends StoredForm {
  /** Bytes. */
  readonly size: number;
  /** OSS said so; a form has no right to look whether it is so. */
  readonly verified: false;
}

/** What forms are sent on; browsers have it all. */
export interface PostPlatform {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly connectivity: Connectivity;
  readonly scheduler: Scheduler;
  readonly traffic: Traffic;
  /** Loads what deals with failures. */
  readonly loadTrouble: RequestDependencies['trouble'];
}

let platform: PostPlatform | undefined;

/**
 * Uploads a file of up to 5 GB by PostObject, an HTML form that the app's server has signed: no credentials in the page,
 * and, below 256 KiB, one request without a preflight. What passes is survived, as `createUploader` does; a form cannot
 * be resumed, though, and is sent again as a whole.
 *
 * Rejects with a TypeError or RangeError that names the field or option before anything is sent, where OSS would refuse
 * the form: a policy that is over or broken by a field, a file that is too large; with an `UploadError` when the upload
 * failed; with the signal's reason when it was aborted.
 */
export async function postObject(
  file: File | Blob,
  options: PostObjectOptions,
): Promise<PostObjectResult> {
  platform ??= createPlatform();
  return await postObjectOn(platform, file, options);
}

function createPlatform(): PostPlatform {
  return {
    transport: createXhrTransport(createLazyHasher(loadHashing)),
    clock: systemClock,
    connectivity: createConnectivity(),
    scheduler: new Scheduler(LANES),
    traffic: new Traffic(systemClock),
    loadTrouble: () => import('../engine/try-again.ts'),
  };
}

/** The same on a platform of the caller's. */
export async function postObjectOn(
  on: PostPlatform,
  file: File | Blob,
  options: PostObjectOptions,
): Promise<PostObjectResult> {
  const checked = checkFile(file);
  const resolved = resolvePostOptions(options, globalThis.location?.href);
  const closing = new AbortController();
  const network = new Network({
    clock: on.clock,
    connectivity: on.connectivity,
    url: resolved.url,
    probeTimeout: resolved.timeout.probe,
  });
  try {
    return await post({ ...on, network, closing: closing.signal }, checked, resolved);
  } finally {
    closing.abort(abortError('The form has ended.'));
    network.close();
  }
}

type PostDependencies = PostPlatform & { readonly network: Network; readonly closing: AbortSignal };

async function post(
  deps: PostDependencies,
  file: Blob,
  options: ResolvedPostOptions,
): Promise<PostObjectResult> {
  const { network, clock, traffic } = deps;
  const { retry, timeout, signal, url, fileName, contentType, callback } = options;
  const { size } = file;
  const audience = new Audience(options, size);
  const unsubscribe = network.subscribe({
    onChange: () => audience.hear({ type: network.isAway ? 'network-lost' : 'network-back' }),
    onLongWait: (error) => audience.hear({ type: 'still-waiting-for-network', error }),
  });
  try {
    const callbackFields = callback === undefined ? {} : await encoded(callback, audience);
    const source = { file, url, fileName, contentType, callbackFields };
    const asking = {
      clock,
      timeout: timeout.credentials,
      afterFailure: createProviderRetry({ ...deps, retry }),
    };
    const fields = fieldsOf(options, deps, asking);
    // What was given once and for all is judged before anything is waited for.
    if (!fields.asksApp) createForm(source, await fields.get());
    const watchdog = { ...timeout, clock, traffic, concurrency: LANES };
    const trouble = onDemand(deps.loadTrouble, asking);
    // It must be there when the network is not. Who needs it hears whether it could be had.
    trouble().catch(() => undefined);
    const stored = await sendForm(
      { ...deps, watchdog, retry, trouble },
      {
        ...source,
        fields,
        signal,
        onSent: (bytes) => audience.see(bytes),
        emit: (event) => audience.overhear(event),
      },
    );
    audience.see(size);
    return { ...stored, size, verified: false };
  } catch (error) {
    if (error instanceof UploadError) await addAdvice(error);
    throw error;
  } finally {
    unsubscribe();
  }
}

function fieldsOf(
  { fields }: ResolvedPostOptions,
  { clock }: PostDependencies,
  asking: AskSettings,
): FieldsSource {
  return typeof fields === 'function' ? askedFields(fields, asking) : staticFields(fields, clock);
}

async function encoded(
  callback: CallbackOptions,
  audience: Audience,
): Promise<EncodedCallback['fields']> {
  const { encodeCallback } = await import('../callback/index.ts');
  const { fields, warnings } = encodeCallback(callback);
  for (const message of warnings) audience.hear({ type: 'warning', message });
  return fields;
}
