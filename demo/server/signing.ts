import { createPostPolicy, createSigner } from '../../src/server/index.ts';
import { answerJson, Refusal } from './answers.ts';
import type { AppServerOptions, Handler } from './app-server.ts';
import { KEY_PREFIX, MAX_FILE_SIZE, MAX_FORM_SIZE } from './rules.ts';

/** Seconds. */
const FORM_HOLDS = 600;
/** Bytes of a request that asks for a form. */
const MAX_ORDER = 16_384;

/** Signs the requests of uploads, so that pages need no key. */
export function createSignerRoute(options: AppServerOptions): Handler {
  const { bucket, region, endpoint, signingKey, callbackUrl } = options;
  const signer = createSigner({
    bucket,
    region,
    endpoint,
    credentials: signingKey,
    limits: { keyPrefix: KEY_PREFIX, fileSize: MAX_FILE_SIZE },
    permittedHeaders: ['x-oss-callback'],
    allow: ({ headers: { 'x-oss-callback': callback } }) => {
      if (callback === undefined || urlOf(callback) === callbackUrl) return true;
      return { reason: 'Callbacks go to this app’s own server only.' };
    },
  });
  return (request) => signer.handle(request);
}

/** Signs a form for one file: this key, this size, this type. */
export function createPolicyRoute(options: AppServerOptions): Handler {
  const { bucket, region, endpoint, signingKey: credentials } = options;
  return async (request) => {
    const { key, size, contentType } = await readOrder(request);
    const place = { bucket, region, endpoint, credentials };
    const form = { key, contentType, size: { min: size, max: size } };
    try {
      return answerJson(await createPostPolicy({ ...place, ...form, expiresIn: FORM_HOLDS }));
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      throw new Refusal(400, 'InvalidRequest', error.message);
    }
  };
}

interface Order {
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
}

async function readOrder(request: Request): Promise<Order> {
  // Forms of other sites cannot send this type, nor scripts without a preflight.
  if (!/^application\/json *(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new Refusal(415, 'UnsupportedMediaType', 'The body is expected as application/json.');
  }
  const length = request.headers.get('content-length');
  if (length === null || Number(length) > MAX_ORDER) {
    throw new Refusal(413, 'BodyTooLarge', `The body may have ${MAX_ORDER} bytes, and a length.`);
  }
  const { key, size, contentType } = fieldsOf(await request.text());
  if (typeof key !== 'string' || typeof size !== 'number' || typeof contentType !== 'string') {
    throw new Refusal(400, 'InvalidRequest', 'Expected { "key", "size", "contentType" }.');
  }
  if (!key.startsWith(KEY_PREFIX)) {
    throw new Refusal(403, 'KeyNotAllowed', `Keys begin with ${KEY_PREFIX} here.`);
  }
  if (size > MAX_FORM_SIZE) {
    const advice = 'Choose another way for larger ones.';
    throw new Refusal(403, 'FileTooLarge', `Forms bring ${MAX_FORM_SIZE} bytes at most. ${advice}`);
  }
  return { key, size, contentType };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    throw new Refusal(400, 'MalformedJson', 'The body is not JSON.');
  }
}

/** Where a callback goes: the header is Base64 of JSON. */
function urlOf(callback: string): unknown {
  return fieldsOf(atob(callback))['callbackUrl'];
}
