import type { IncomingMessage, ServerResponse } from 'node:http';
import { bucketOfHost } from '../addressing.ts';
import { FieldError } from '../fields.ts';
import type { Emulator } from '../types.ts';
import { CONTROLS } from './controls.ts';

const PREFIX = '/__emulator';

/** Far more than any rule needs, in characters. */
const MAX_BODY = 1_000_000;

/** Whether this request is for the control API. No bucket can have that name; an object on a virtual host can. */
export function isControlRequest(message: IncomingMessage): boolean {
  const path = pathOf(message);
  return (
    (path === PREFIX || path.startsWith(`${PREFIX}/`)) &&
    bucketOfHost(message.headers.host ?? '') === undefined
  );
}

/** The emulator's handle over HTTP: JSON, open to pages of every origin. */
export async function serveControl(
  emulator: Emulator,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, value: unknown, headers: Record<string, string> = {}): void => {
    // Writing to a client that has left would be an error that nobody handles.
    if (response.destroyed) return;
    const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Allow' };
    response.writeHead(status, { 'Content-Type': 'application/json', ...cors, ...headers });
    response.end(JSON.stringify(value));
  };
  if (message.method === 'OPTIONS') return answerPreflight(message, response);
  const path = pathOf(message).slice(PREFIX.length).replace(/\/$/, '');
  const matching = CONTROLS.filter((control) => control.path.test(path));
  const control = matching.find(({ method }) => method === message.method);
  if (matching.length === 0) return reply(404, { error: `no such control: ${PREFIX}${path}` });
  if (control === undefined) {
    const Allow = matching.map(({ method }) => method).join(', ');
    return reply(405, { error: `expected one of ${Allow}` }, { Allow });
  }
  try {
    const argument = control.path.exec(path)?.[1] ?? '';
    const query = new URL(message.url ?? '', emulator.origin).searchParams;
    const {
      status = 200,
      value,
      afterwards,
    } = await control.run(emulator, {
      argument,
      query,
      body: await readBody(message),
    });
    if (afterwards !== undefined) response.once('close', afterwards);
    reply(status, value, afterwards === undefined ? {} : { Connection: 'close' });
  } catch (error) {
    if (error instanceof FieldError)
      return reply(400, { error: error.message, field: error.field, expected: error.expected });
    reply(500, { error: String(error) });
  }
}

function answerPreflight(message: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, PUT, POST, DELETE',
    'Access-Control-Allow-Headers': message.headers['access-control-request-headers'] ?? '*',
    'Access-Control-Max-Age': '600',
  });
  response.end();
}

/** The body as JSON; undefined when there is none. Throws FieldError. */
async function readBody(message: IncomingMessage): Promise<unknown> {
  let text = '';
  message.setEncoding('utf8');
  for await (const piece of message) {
    text += String(piece);
    if (text.length > MAX_BODY) throw new FieldError('body', 'less than a megabyte');
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new FieldError('body', 'JSON');
  }
}

function pathOf(message: IncomingMessage): string {
  return (message.url ?? '/').replace(/\?.*$/, '');
}
