import { randomBytes } from 'node:crypto';
import type { Callbacks } from './callbacks.ts';
import { parseCallback } from './parameters.ts';

/** A callback to send without an upload. */
export interface CallbackTrial {
  url: string;
  /** The object's key. */
  object: string;
  bucket?: string;
  size?: number;
  mimeType?: string;
  /** With variables. Default: object, size, type and ETag, as a form. */
  body?: string;
  bodyType?: string;
  /** Custom variables, by names that begin with `x:`. */
  variables?: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface CallbackReport {
  /** Whether an upload with this callback would be answered 200. */
  readonly isGood: boolean;
  /** What an upload would be answered with: the server's JSON, or the message of CallbackFailed. */
  readonly answer: string;
  /** What the service's message does not say. */
  readonly hint?: string;
  /** The status of the server's answer; undefined when there was none. */
  readonly status?: number;
  readonly milliseconds: number;
}

const DEFAULT_BODY =
  'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&mimeType=${mimeType}';

/** Sends one signed callback, and judges the answer as an upload would. Throws InvalidArgument for what no upload could ask for. */
export async function tryCallback(
  callbacks: Callbacks,
  { url, object, bucket = 'partway-demo', ...trial }: CallbackTrial,
): Promise<CallbackReport> {
  const { body = DEFAULT_BODY, bodyType, size = 1024, mimeType = 'text/plain' } = trial;
  const request = { callbackUrl: url, callbackBody: body, callbackBodyType: bodyType };
  const encoded = Buffer.from(JSON.stringify(request)).toString('base64');
  const custom = new Map(Object.entries(trial.variables ?? {}));
  const parameters = parseCallback(encoded, custom);
  const variables = new Map<string, string | number>([
    ['bucket', bucket],
    ['object', object],
    ['etag', randomBytes(16).toString('hex').toUpperCase()],
    ['size', size],
    ['mimeType', mimeType],
    ...custom,
  ]);
  const start = performance.now();
  const requestId = randomBytes(12).toString('hex').toUpperCase();
  const outcome = await callbacks.deliver(parameters, variables, requestId);
  const { status, text, json, problem = '' } = outcome;
  const hint = hintFor(status, text);
  return {
    isGood: json !== undefined,
    answer: json ?? problem,
    ...(json !== undefined || hint === undefined ? {} : { hint }),
    ...(status === undefined ? {} : { status }),
    milliseconds: Math.round(performance.now() - start),
  };
}

function hintFor(status: number | undefined, text: string | undefined): string | undefined {
  if (text?.startsWith('\ufeff') === true)
    return 'The body begins with a byte order mark (EF BB BF).';
  if (text !== undefined) return `The body is: ${text.slice(0, 200)}`;
  if (status !== undefined && status !== 200) return 'Only status 200 counts, not even 201 or 204.';
  return undefined;
}
