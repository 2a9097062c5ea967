import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { errorAnswer } from './answer.ts';
import type { AccessKeys } from './authentication/access-keys.ts';
import { authenticate } from './authentication/authenticate.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { Buckets } from './buckets.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { OssError } from './errors.ts';
import { Exchange } from './exchange.ts';
import type { FaultRules } from './faults/fault-rules.ts';
import { interfereAfter, interfereBefore, OVER } from './faults/interference.ts';
import { OPERATIONS } from './operations/operations.ts';
import { parseRequest } from './request.ts';
import { ClientLeft } from './request-body.ts';
import type { RequestLog } from './request-log.ts';
import type { Routed } from './routing.ts';
import { route } from './routing.ts';
import type { ObjectStore } from './storage/object-store.ts';
import type { OperationName } from './types.ts';

/** Everything a request may meet. */
export interface Services {
  readonly region: string;
  readonly now: () => number;
  readonly buckets: Buckets;
  readonly keys: AccessKeys;
  readonly store: ObjectStore;
  readonly log: RequestLog;
  readonly faults: FaultRules;
  readonly bandwidth: Bandwidth;
  /** Operations that are denied to everybody. */
  readonly denied: Set<OperationName>;
  /** Requests that are not over yet, each with the promise of its end. */
  readonly exchanges: Map<Exchange, Promise<void>>;
}

/** OSS itself: takes a request its whole way, from the socket to the answer. */
export function serveOss(
  services: Services,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const request = parseRequest(message);
  const routed = route(request);
  const entry = services.log.open(request, routed.operation);
  const exchange = new Exchange({ message, response }, request, entry, services);
  const end = serveExchange(services, exchange, routed)
    .catch((error: unknown) => {
      // An answer that fails half-way can only be cut off; otherwise there is nobody left to be told.
      if (!(error instanceof ClientLeft)) exchange.cut();
    })
    .finally(() => services.exchanges.delete(exchange));
  services.exchanges.set(exchange, end);
}

/** Cuts all requests that are not over, and waits until none of them can change anything any more. */
export async function cutAll({ exchanges }: Services): Promise<void> {
  for (const exchange of exchanges.keys()) exchange.cut();
  await Promise.all(exchanges.values());
}

async function serveExchange(
  services: Services,
  exchange: Exchange,
  routed: Routed,
): Promise<void> {
  const { request, entry } = exchange;
  const start = performance.now();
  const answerHeaders = {
    ...commonHeaders(services, request.requestId),
    ...corsHeaders(services.buckets.corsRules(request.bucket), request),
  };
  const hit = services.faults.take(request, routed.operation);
  if (hit !== undefined) entry.fault = hit.ruleId;

  const substitute = hit && (await interfereBefore(hit.fault, exchange, services));
  if (substitute === OVER) return;
  const answer = substitute ?? (await answerRequest(services, exchange, routed));
  if (answer.isEarly === true) return await exchange.sendEarly(answer, answerHeaders);
  await exchange.body.drain();
  if (hit && (await interfereAfter(hit.fault, exchange)) === OVER) return;

  await exchange.send(answer, {
    ...answerHeaders,
    'x-oss-server-time': String(Math.round(performance.now() - start)),
    ...(hit?.fault.type === 'close' ? { Connection: 'close' } : {}),
  });
}

async function answerRequest(
  services: Services,
  exchange: Exchange,
  routed: Routed,
): Promise<Answer> {
  try {
    return await carryOut(services, exchange, routed);
  } catch (error) {
    if (error instanceof ClientLeft) throw error;
    if (error instanceof OssError)
      // Nobody waits for a body that is refused for its length.
      return {
        ...errorAnswer(error, exchange.request),
        isEarly: error.code === 'EntityTooLarge',
      };
    const message = error instanceof Error ? error.message : 'unknown';
    return errorAnswer(new OssError('InternalError', { message }), exchange.request);
  }
}

async function carryOut(services: Services, exchange: Exchange, routed: Routed): Promise<Answer> {
  const { request, body } = exchange;
  const { buckets, store, now, denied } = services;
  const { bucket, key = '', flaw } = request;
  if (flaw !== undefined) throw flaw;
  if (bucket !== undefined && !buckets.has(bucket))
    throw new OssError('NoSuchBucket', { extras: [['BucketName', bucket]] });
  if (routed.operation === 'Preflight') {
    assertNotDenied(denied, 'Preflight');
    return answerPreflight(buckets.corsRules(bucket), request);
  }
  authenticate(request, services);
  if (routed.operation === 'Unknown') throw routed.refusal;
  assertNotDenied(denied, routed.operation);
  const context = { request, bucket: bucket ?? '', key, body, store, now };
  return await OPERATIONS[routed.operation](context);
}

/** The message is that of a policy that lacks the action (OSS docs, "HTTP status code 403"). */
function assertNotDenied(denied: ReadonlySet<OperationName>, operation: OperationName): void {
  if (!denied.has(operation)) return;
  const message = 'You have no right to access this object because of bucket acl.';
  throw new OssError('AccessDenied', { message });
}

/** OSS docs, "Definitions of common HTTP headers". The date is the emulator's, which may be wrong on purpose. */
function commonHeaders({ now }: Services, requestId: string): Record<string, string> {
  return {
    Server: 'AliyunOSS',
    Date: new Date(now()).toUTCString(),
    'x-oss-request-id': requestId,
    'x-oss-server-time': '0',
  };
}
