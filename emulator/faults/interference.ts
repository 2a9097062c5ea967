import type { Answer } from '../answer.ts';
import { errorAnswer } from '../answer.ts';
import type { AccessKeys } from '../authentication/access-keys.ts';
import { errorRow } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { queryValue } from '../request.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Fault } from './types.ts';

/** The request has been dealt with: nothing is left to process or to answer. */
export const OVER = Symbol('over');

/** What faults may touch beside the request itself. */
export interface Surroundings {
  readonly store: ObjectStore;
  readonly keys: AccessKeys;
}

/**
 * What a fault does before the request is processed. Returns the answer to send in place of the real one, OVER, or
 * undefined when the request is to be processed as usual.
 */
export async function interfereBefore(
  fault: Fault,
  exchange: Exchange,
  { store, keys }: Surroundings,
): Promise<Answer | typeof OVER | undefined> {
  const uploadId = queryValue(exchange.request, 'uploadId') ?? '';
  switch (fault.type) {
    case 'error':
      return faultAnswer(fault, exchange);
    case 'html':
      return htmlAnswer(fault.status);
    case 'reset':
      return reset(fault.at ?? 'middle', exchange);
    case 'stall':
      return stall(fault.at ?? 'answer', exchange);
    case 'slow':
      exchange.body.slowDown(fault.bytesPerSecond);
      return undefined;
    case 'forget-upload':
      store.abortUpload(uploadId);
      return undefined;
    case 'drop-part':
      store.dropPart(uploadId, fault.partNumber);
      return undefined;
    case 'corrupt-part':
      store.corruptPart(uploadId, fault.partNumber);
      return undefined;
    case 'expire-token':
      keys.expireAll();
      return undefined;
    case 'corrupt-body':
      exchange.body.corrupt();
      return undefined;
    case 'delay':
      if (fault.before === 'storing') await holdBack(fault.ms, exchange);
      return undefined;
    case 'lose-answer':
    case 'wrong-etag':
    case 'no-cors':
    case 'hide-headers':
    case 'add-headers':
    case 'callback-failed':
    case 'page-size':
    case 'close':
      return undefined;
  }
}

/** What a fault does when the request has been processed and its body read. */
export async function interfereAfter(
  fault: Fault,
  exchange: Exchange,
): Promise<typeof OVER | undefined> {
  if (fault.type === 'lose-answer') {
    exchange.hangUp();
    return OVER;
  }
  if (fault.type === 'delay' && fault.before !== 'storing') await exchange.pause(fault.ms);
  return undefined;
}

function faultAnswer(fault: Extract<Fault, { type: 'error' }>, exchange: Exchange): Answer {
  const { code, headers = {}, before, closes = false } = fault;
  const row = errorRow(code);
  const { status = row?.status ?? 400, message = row?.message ?? code } = fault;
  const error = { code, status, message, headers, ec: row?.ec, extras: [] };
  return {
    ...errorAnswer(error, exchange.request),
    isEarly: before === 'body' && !closes,
    closes: before === 'body' && closes,
  };
}

/** A request without a body is held back before it is processed, any other when its body is in. */
async function holdBack(milliseconds: number, { body }: Exchange): Promise<void> {
  body.holdBack(milliseconds);
  if (!body.isAnnounced || body.length === 0) await body.drain();
}

function htmlAnswer(status: number): Answer {
  const title = `${status} The proxy could not reach the server`;
  return {
    status,
    headers: { 'Content-Type': 'text/html' },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`,
  };
}

async function reset(at: 'start' | 'middle' | 'end', exchange: Exchange): Promise<typeof OVER> {
  if (at === 'middle') await exchange.body.readHalf();
  if (at === 'end') await exchange.body.drain();
  exchange.cut();
  return OVER;
}

/** While nothing is read, not even the client's leaving can be noticed, unless its body fits the first read. */
async function stall(at: 'start' | 'body' | 'answer', exchange: Exchange): Promise<typeof OVER> {
  if (at === 'body') await exchange.body.readHalf();
  if (at === 'answer') await exchange.body.drain();
  await exchange.closed;
  return OVER;
}
