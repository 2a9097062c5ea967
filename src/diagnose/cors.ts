import type { TransportRequest } from '../ports.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { corsFix } from './fixes.ts';
import { NO_UPLOAD, type Probe } from './prober.ts';
import { examineReachability } from './reachability.ts';

type Method = TransportRequest['method'];

/**
 * One harmless request per method. Without a signature and with an upload that there is not, nothing is stored even in a
 * bucket that everybody may write. GET, HEAD and POST need no preflight; PUT and DELETE do, for the method alone.
 */
export const BARE: Readonly<Record<Method, Probe>> = {
  GET: { operation: 'HeadObject', method: 'GET' },
  HEAD: { operation: 'HeadObject', method: 'HEAD' },
  POST: { operation: 'CompleteMultipartUpload', method: 'POST' },
  PUT: {
    operation: 'UploadPart',
    method: 'PUT',
    query: [
      ['partNumber', '1'],
      ['uploadId', NO_UPLOAD],
    ],
  },
  DELETE: {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    query: [['uploadId', NO_UPLOAD]],
  },
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

/** What for, where the lack of it does not stop an upload. */
const LESSER_USES: Readonly<Partial<Record<Method, string>>> = {
  GET: 'unfinished uploads cannot be resumed',
  HEAD: 'an upload whose last answer was lost cannot be verified',
  DELETE: 'cancelled uploads stay on the server',
};

/** V1 has none. */
const CONTENT_HEADER = 'x-oss-content-sha256';
/** The headers that requests carry beyond what browsers let pass without asking. */
const HEADERS: readonly string[] = ['authorization', 'content-type', CONTENT_HEADER, 'x-oss-date'];
const TOKEN_HEADER = 'x-oss-security-token';

/**
 * Finds out why answers cannot be read though the endpoint answers: tries every method without headers, then every
 * header. Reports nothing when all of it can be read.
 *
 * @returns whether it has reported a reason.
 */
export async function surveyCors(examination: Examination): Promise<boolean> {
  // What broke off meanwhile is no matter of CORS.
  if (!(await examineReachability(examination))) return true;
  const finding = (await methodFinding(examination)) ?? (await headerFinding(examination));
  if (finding !== undefined) examination.report.add(finding);
  return finding !== undefined;
}

async function methodFinding(examination: Examination): Promise<Finding | undefined> {
  const missing = await unreadable(examination, METHODS, (method) => BARE[method]);
  if (missing.length === 0) return undefined;
  const { origin } = globalThis;
  const { bucket, base } = examination.prober.endpoint;
  const cdn =
    'Where a CDN or proxy stands before the bucket, its own CORS settings decide: set the same there.';
  if (missing.length === METHODS.length) {
    return {
      id: 'cors-origin',
      severity: 'error',
      title: `Pages of ${origin} may not read what the bucket ${bucket} answers`,
      evidence:
        'The endpoint answers, but not one answer may be read, not even that to a plain GET, which needs no preflight and no header: the bucket has no CORS rule, or none with this origin, or there is no such bucket. From a page they look the same.',
      advice: `Open ${base}/ in a tab. NoSuchBucket there means that \`bucket\` or \`endpoint\` is wrong, SecondLevelDomainForbidden that \`addressing\` is; AccessDenied, that the bucket is there and wants a CORS rule for this origin, spelt exactly so: scheme, host and port, no slash at the end. ${cdn}`,
      fix: corsFix(origin),
    };
  }
  const isFatal = missing.some((method) => LESSER_USES[method] === undefined);
  const uses = missing.flatMap((method) => LESSER_USES[method] ?? []);
  return {
    id: 'cors-method',
    severity: isFatal ? 'error' : 'warning',
    title: `The CORS rule of the bucket ${bucket} does not allow ${missing.join(', ')}`,
    evidence: `Requests without any header of our own: ${verdicts(METHODS, missing)}.`,
    advice: `Allow the missing methods in the rule for ${origin}. ${isFatal ? 'Without them nothing can be uploaded.' : `Until then ${uses.join(', and ')}.`} ${cdn}`,
    fix: corsFix(origin),
  };
}

async function headerFinding(examination: Examination): Promise<Finding | undefined> {
  const hasToken = examination.credentials?.securityToken !== undefined;
  const isV1 = examination.door.signatureVersion === 1;
  const needed = isV1 ? HEADERS.filter((name) => name !== CONTENT_HEADER) : HEADERS;
  const headers = hasToken ? [...needed, TOKEN_HEADER] : needed;
  const failing = await unreadable(examination, METHODS, (method) => withHeaders(method, headers));
  const [first] = failing;
  if (first === undefined) return undefined;
  const missing = await unreadable(examination, headers, (name) => withHeaders(first, [name]));
  const { origin } = globalThis;
  const { bucket } = examination.prober.endpoint;
  const isSplit = missing.length === 0;
  return {
    id: 'cors-headers',
    severity: 'error',
    title: isSplit
      ? `No single CORS rule of the bucket ${bucket} allows all headers of a request`
      : `The CORS rule of the bucket ${bucket} does not allow the headers ${missing.join(', ')}`,
    evidence: isSplit
      ? `${first} may be sent with each header alone, but not with all of them. OSS takes the first rule that fits the whole request, and never mixes two.`
      : `The method ${first} may be used, but the preflight fails for: ${missing.join(', ')}. Allowed: ${headers.filter((name) => !missing.includes(name)).join(', ') || 'none'}.`,
    advice:
      'Allow all headers with *: besides these, uploads send x-oss-meta-* and whatever `headers` of an upload holds.',
    fix: corsFix(origin),
  };
}

/** Those of the things whose probe gets no readable answer. */
async function unreadable<Thing>(
  { prober }: Examination,
  things: readonly Thing[],
  probeOf: (thing: Thing) => Probe,
): Promise<Thing[]> {
  const outcomes = await Promise.all(things.map((thing) => prober.send(probeOf(thing))));
  return things.filter((_thing, index) => outcomes[index]?.kind === 'unreadable');
}

// No signature: OSS refuses `probe` wherever it expects one, and the page reads the refusal.
function withHeaders(method: Method, names: readonly string[]): Probe {
  return { ...BARE[method], headers: Object.fromEntries(names.map((name) => [name, 'probe'])) };
}

function verdicts(methods: readonly Method[], missing: readonly Method[]): string {
  return methods
    .map((method) => `${method} ${missing.includes(method) ? 'unreadable' : 'readable'}`)
    .join(', ');
}

/** @param hidden names of headers that were certainly sent, and that this page cannot read. */
export function exposureFinding(bucket: string, hidden: readonly string[]): Finding {
  const hidesEtag = hidden.includes('ETag');
  return {
    id: 'cors-expose',
    severity: hidesEtag ? 'warning' : 'info',
    title: `The CORS rule of the bucket ${bucket} does not expose ${hidden.join(', ')}`,
    evidence: 'These headers are in every such answer of OSS, and the browser withholds them.',
    advice: hidesEtag
      ? 'Uploads work all the same, by asking the server for its list of parts; expose ETag to spare that, and to have parts checked as they arrive.'
      : 'Uploads work all the same; exposed, they make for better error messages and an exact clock.',
    fix: corsFix(globalThis.origin),
  };
}
