import { type Answer, errorAnswer } from '../answer.ts';
import { CALLBACK_MESSAGES, statusMessage } from '../callbacks/messages.ts';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { Fault } from './types.ts';

type Headers = Readonly<Record<string, string>>;

/** What a fault makes of the answer to a request that was processed. */
export function alterAnswer(fault: Fault, answer: Answer, request: OssRequest): Answer {
  const { headers = {}, isOfApp = false, code } = answer;
  if (fault.type === 'wrong-etag' && 'ETag' in headers)
    return { ...answer, headers: { ...headers, ETag: WRONG_ETAG } };
  if (fault.type === 'add-headers') return { ...answer, headers: { ...headers, ...fault.headers } };
  // Whoever asked for no callback has none that could fail.
  if (fault.type === 'callback-failed' && (isOfApp || code === 'CallbackFailed'))
    return callbackFailed(fault.cause ?? 'refused', request);
  return answer;
}

/** What a fault makes of the headers that every answer has. */
export function alterHeaders(fault: Fault, headers: Headers): Headers {
  if (fault.type === 'close') return { ...headers, Connection: 'close' };
  if (fault.type === 'html') return without(headers, /^(server|x-oss-.*)$/i);
  if (fault.type === 'no-cors') return without(headers, /^access-control-/i);
  if (fault.type !== 'hide-headers') return headers;
  const hidden = (fault.names ?? ['ETag']).map((name) => name.toLowerCase());
  const exposed = (headers[EXPOSE] ?? '')
    .split(', ')
    .filter((name) => !hidden.includes(name.toLowerCase()));
  const rest = without(headers, /^access-control-expose-headers$/i);
  return exposed.length === 0 ? rest : { ...rest, [EXPOSE]: exposed.join(', ') };
}

const EXPOSE = 'Access-Control-Expose-Headers';
const WRONG_ETAG = `"${'0'.repeat(32)}"`;

function without(headers: Headers, names: RegExp): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)));
}

function callbackFailed(
  cause: keyof typeof CALLBACK_MESSAGES | number,
  request: OssRequest,
): Answer {
  const message = typeof cause === 'number' ? statusMessage(cause) : CALLBACK_MESSAGES[cause];
  const ec = typeof cause === 'number' ? { ec: '0007-00000203' } : {};
  return errorAnswer(new OssError('CallbackFailed', { message, ...ec }), request);
}
