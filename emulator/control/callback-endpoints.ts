import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Callbacks, PUBLIC_KEY_PATH } from '../callbacks/callbacks.ts';
import type { CallbackReceiver } from '../callbacks/receiver.ts';

export const RECEIVER_PATH = '/__emulator/callback-receiver';

/** The limit of a callback's body, in characters. */
const MAX_BODY = 1024 ** 2;

/** What the endpoints speak for. */
export interface CallbackSide {
  readonly callbacks: Callbacks;
  readonly receiver: CallbackReceiver;
}

/** Whether this request is one that callbacks need: for the public key, or to the built-in receiver. */
export function isCallbackRequest(message: IncomingMessage): boolean {
  const path = pathOf(message);
  return path === PUBLIC_KEY_PATH || (path === RECEIVER_PATH && message.method === 'POST');
}

/** Whether this is a callback whatever its host: `callbackHost` lets it be any. */
export function isCallback({ headers }: IncomingMessage): boolean {
  return headers['x-oss-pub-key-url'] !== undefined;
}

/** Serves the public key, or takes a callback as an app's server would. */
export async function serveCallbackRequest(
  { callbacks, receiver }: CallbackSide,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, type: string, text: string): void => {
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': String(Buffer.byteLength(text)),
      'Access-Control-Allow-Origin': '*',
    });
    response.end(text);
  };
  if (pathOf(message) === PUBLIC_KEY_PATH)
    return reply(200, 'application/x-pem-file', await callbacks.publicKey());
  const body = await readText(message);
  if (body === undefined) return reply(413, 'application/json', '{"Status":"too long"}');
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const isVerified = await receiver.receive({ url: message.url ?? '/', headers, body });
  if (isVerified) return reply(200, 'application/json', '{"Status":"OK"}');
  reply(403, 'application/json', '{"Status":"verify not ok"}');
}

/** Undefined for more than the limit. */
async function readText(message: IncomingMessage): Promise<string | undefined> {
  let text = '';
  message.setEncoding('utf8');
  for await (const piece of message) {
    text += String(piece);
    if (text.length > MAX_BODY) return undefined;
  }
  return text;
}

function pathOf(message: IncomingMessage): string {
  return (message.url ?? '/').replace(/\?.*$/, '');
}
