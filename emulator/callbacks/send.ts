import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { CALLBACK_MESSAGES, slowMessage, statusMessage } from './messages.ts';

/** 1 MB (OSS docs, Callback). */
const MAX_ANSWER = 1024 ** 2;

/** A callback that is ready to go out. */
export interface Delivery {
  readonly url: URL;
  /** Where the URL's host was found to be. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for everything from the connection to the answer's last byte. */
  readonly timeout: number;
}

/** What became of a callback. */
export interface CallbackOutcome {
  /** The status of the server's answer; undefined when there was none. */
  readonly status?: number;
  /** The body of an answer with the right status and length. */
  readonly text?: string;
  /** The same, when it is JSON and all is well. */
  readonly json?: string;
  /** What is wrong, in the service's words; present otherwise. */
  readonly problem?: string;
}

/** Sends one callback, and judges the answer. Never rejects. */
export function sendCallback(delivery: Delivery): Promise<CallbackOutcome> {
  return new Promise((resolve) => {
    const outgoing = open(delivery);
    const settle = (outcome: CallbackOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      outgoing.destroy();
    };
    const timer = setTimeout(() => {
      settle({ problem: slowMessage(delivery.address, portOf(delivery.url), delivery.timeout) });
    }, delivery.timeout);
    outgoing.on('error', (error) => settle({ problem: connectionProblem(error) }));
    outgoing.on('response', (answer) => {
      judge(answer).then(settle, () => settle({ problem: CALLBACK_MESSAGES['not-json'] }));
    });
    outgoing.end(delivery.body);
  });
}

function open({ url, address, headers, body }: Delivery): ClientRequest {
  const isHttps = url.protocol === 'https:';
  const options = {
    host: address,
    port: portOf(url),
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
    agent: false as const,
  };
  return isHttps ? requestHttps({ ...options, servername: url.hostname }) : requestHttp(options);
}

/** Rejects when the answer breaks off. */
async function judge(answer: IncomingMessage): Promise<CallbackOutcome> {
  const { statusCode: status = 0 } = answer;
  if (status !== 200) return { status, problem: statusMessage(status) };
  const length = answer.headers['content-length'];
  if (length === undefined) return { status, problem: CALLBACK_MESSAGES['no-length'] };
  if (!/^[1-9]\d*$/.test(length)) return { status, problem: CALLBACK_MESSAGES['bad-length'] };
  if (Number(length) > MAX_ANSWER) return { status, problem: CALLBACK_MESSAGES['long-length'] };
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (!isJson(text)) return { status, text, problem: CALLBACK_MESSAGES['not-json'] };
  return { status, text, json: text };
}

/** A byte order mark makes it none. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function connectionProblem(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return code.startsWith('HPE_') && code.includes('CONTENT_LENGTH')
    ? CALLBACK_MESSAGES['bad-length']
    : CALLBACK_MESSAGES.refused;
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
