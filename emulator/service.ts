import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Addressing } from './addressing.ts';
import type { Answer } from './answer.ts';
import { errorAnswer } from './answer.ts';
import type { AccessKeys } from './authentication/access-keys.ts';
import { authenticate } from './authentication/authenticate.ts';
import type { Buckets } from './buckets.ts';
import type { Callbacks } from './callbacks/callbacks.ts';
import type { CallbackReceiver } from './callbacks/receiver.ts';
import type { Clock } from './clock.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { OssError } from './errors.ts';
import { Exchange } from './exchange.ts';
import { alterAnswer, alterHeaders } from './faults/alterations.ts';
import type { FaultRules } from './faults/fault-rules.ts';
import { interfereAfter, interfereBefore, OVER } from './faults/interference.ts';
import type { Fault } from './faults/types.ts';
import { expire } from './lifecycle.ts';
import type { Network } from './network.ts';
import { OPERATIONS } from './operations/operations.ts';
import type { FormLimits } from './post-object/form-limits.ts';
import { assertReferer, type RefererReading } from './referer.ts';
import { parseRequest } from './request.ts';
import { ClientLeft } from './request-body.ts';
import type { RequestLog } from './request-log.ts';
import type { Retention } from './retention.ts';
import { ANONYMOUS } from './rights/requester.ts';
import type { Rights } from './rights/rights.ts';
import type { Roles } from './rights/roles.ts';
import type { Routed } from './routing.ts';
import { route } from './routing.ts';
import type { ObjectStore } from './storage/object-store.ts';
import type { Sts } from './sts/sts.ts';
import type { Throttle } from './throttle.ts';
import type { Traffic } from './traffic.ts';
import type { OperationName } from './types.ts';

/** Everything a request may meet. */
export interface Services {
  readonly region: string;
  readonly now: () => number;
  readonly buckets: Buckets;
  readonly addressing: Addressing;
  readonly throttle: Throttle;
  readonly keys: AccessKeys;
  readonly rights: Rights;
  readonly roles: Roles;
  readonly sts: Sts;
  readonly clock: Clock;
  readonly refererReading: RefererReading;
  readonly acceptsIsoDateInV1: boolean;
  readonly store: ObjectStore;
  readonly log: RequestLog;
  readonly faults: FaultRules;
  readonly retention: Retention;
  readonly missingPartCode: 'InvalidPart' | 'FilePartNotExist';
  readonly network: Network;
  readonly traffic: Traffic;
  /** Milliseconds without a byte of a body that is still to come; undefined: any. */
  readonly idleTimeout: number | undefined;
  readonly callbacks: Callbacks;
  readonly receiver: CallbackReceiver;
  readonly formLimits: FormLimits;
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
  const request = parseRequest(message, services.addressing);
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

/** Tells the request on this connection that the rest of its body will never come. */
export function breakOff({ exchanges }: Services, socket: Socket): void {
  for (const exchange of exchanges.keys()) if (exchange.isOn(socket)) exchange.breakOff();
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
    ...corsHeaders(services.buckets.configuration(request.bucket), request),
  };
  if (services.network.latency > 0) await exchange.pause(services.network.latency);
  const hit = services.faults.take(request, routed.operation);
  if (hit !== undefined) entry.fault = hit.ruleId;

  const headers = hit === undefined ? answerHeaders : alterHeaders(hit.fault, answerHeaders);

  const substitute = hit && (await interfereBefore(hit.fault, exchange, services));
  if (substitute === OVER) return;
  const given = substitute ?? (await answerRequest(services, exchange, routed, hit?.fault));
  const answer = hit === undefined ? given : alterAnswer(hit.fault, given, request);
  if (answer.closes === true) return await exchange.sendAndClose(answer, headers);
  if (answer.isEarly === true) return await exchange.sendEarly(answer, headers);
  await exchange.body.drain();
  if (hit && (await interfereAfter(hit.fault, exchange)) === OVER) return;

  const serverTime = String(Math.round(performance.now() - start));
  const isOurs = 'x-oss-server-time' in headers;
  await exchange.send(answer, isOurs ? { ...headers, 'x-oss-server-time': serverTime } : headers);
}

async function answerRequest(
  services: Services,
  exchange: Exchange,
  routed: Routed,
  fault: Fault | undefined,
): Promise<Answer> {
  try {
    return await carryOut(services, exchange, routed, fault);
  } catch (error) {
    if (error instanceof ClientLeft) throw error;
    if (error instanceof OssError)
      // Nobody waits for a body that is refused for its length.
      return {
        ...errorAnswer(error, exchange.request),
        isEarly: error.code === 'EntityTooLarge',
        closes: error.code === 'RequestTimeout' || error.code === 'IncompleteBody',
      };
    const message = error instanceof Error ? error.message : 'unknown';
    return errorAnswer(new OssError('InternalError', { message }), exchange.request);
  }
}

async function carryOut(
  services: Services,
  exchange: Exchange,
  routed: Routed,
  fault: Fault | undefined,
): Promise<Answer> {
  const { request, body } = exchange;
  const { buckets, store, now, denied, rights, addressing, throttle } = services;
  const { bucket, key = '', flaw } = request;
  if (flaw !== undefined) throw flaw;
  expire(buckets.all(), store, now());
  const record = buckets.configuration(bucket);
  if (record === undefined && bucket !== undefined && routed.operation !== 'PutBucket')
    throw new OssError('NoSuchBucket', { extras: [['BucketName', bucket]] });
  // Under any endpoint: no source says more, and a page could never read the refusal of the request itself.
  if (routed.operation === 'Preflight') {
    assertNotDenied(denied, 'Preflight');
    return answerPreflight(record?.corsRules ?? [], request);
  }
  if (record !== undefined) addressing.assertEndpoint(request.host, record);
  const region = record?.region ?? request.endpointRegion ?? services.region;
  const authentication = { ...services, region };
  // A form says in its body who has signed it, and for which key; the operation judges that.
  const isForm = routed.operation === 'PostObject';
  const requester = isForm ? ANONYMOUS : authenticate(request, authentication);
  rights.assertOwnerEnabled(bucket);
  if (record !== undefined) assertReferer(request, record.referer, services.refererReading);
  if (routed.operation === 'Unknown') throw routed.refusal;
  assertNotDenied(denied, routed.operation);
  const delay = throttle.admit({
    operation: routed.operation,
    bucket,
    bytes: body.length ?? 0,
  });
  if (!isForm) rights.assertMaySend(requester, routed.operation, request);
  if (delay > 0) await exchange.pause(delay);
  const { limits } = throttle;
  const context = {
    ...services,
    request,
    bucket: bucket ?? '',
    key,
    body,
    requester,
    region,
    limits,
    authentication,
    clientAddress: exchange.clientAddress,
    pageLimit: fault?.type === 'page-size' ? fault.size : undefined,
  };
  const answer = await OPERATIONS[routed.operation](context);
  if (routed.operation === 'GetObject') throttle.charge(Number(answer.headers?.['Content-Length']));
  return delay === 0 ? answer : withHeader(answer, 'x-oss-qos-delay-time', String(delay));
}

function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
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
