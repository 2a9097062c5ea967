import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostName } from '../addressing.ts';
import type { XmlElement } from '../xml.ts';
import { writeXml } from '../xml.ts';
import type { AssumedRole } from './assume-role.ts';
import type { RpcRequest } from './rpc-signature.ts';
import type { Sts } from './sts.ts';
import { StsError } from './sts-error.ts';

/** Where the service can be reached whatever the host. */
const PATH = '/__emulator/sts-api';

/** Far more than a policy needs, in characters. */
const MAX_BODY = 100_000;

/** Whether this request is for STS: by its path, or by a host such as `sts.localhost` or `sts.cn-hangzhou.aliyuncs.com`. */
export function isStsRequest({ url = '/', headers }: IncomingMessage): boolean {
  const host = hostName(headers.host ?? '');
  return (
    url.replace(/\/?(?:\?.*)?$/s, '') === PATH ||
    /^sts\.(?:localhost|(?:[a-z0-9-]+\.)?aliyuncs\.com)$/.test(host)
  );
}

/** Answers a request as STS does, in JSON if asked to, else in XML. */
export async function serveSts(
  sts: Sts,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID().toUpperCase();
  let request: RpcRequest = { method: message.method ?? 'GET', parameters: new Map() };
  const reply = (status: number, root: string, fields: readonly XmlElement[]): void => {
    // Writing to a client that has left would be an error that nobody handles.
    if (response.destroyed) return;
    const isJson = request.parameters.get('Format')?.toUpperCase() === 'JSON';
    response.writeHead(status, {
      'Content-Type': isJson ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
      'x-acs-request-id': requestId,
    });
    response.end(isJson ? JSON.stringify(toObject(fields)) : writeXml([root, fields]));
  };
  try {
    request = { ...request, parameters: await readParameters(message) };
    const fields = [['RequestId', requestId] as const, ...describe(sts.call(request))];
    reply(200, 'AssumeRoleResponse', fields);
  } catch (error) {
    const { code, status, message: text } = asStsError(error);
    reply(status, 'Error', [
      ['RequestId', requestId],
      ['HostId', message.headers.host ?? ''],
      ['Code', code],
      ['Message', text],
    ]);
  }
}

function describe({ arn, id, credentials }: AssumedRole): XmlElement[] {
  const { accessKeyId, accessKeySecret, securityToken, expiration } = credentials;
  const user: XmlElement[] = [
    ['Arn', arn],
    ['AssumedRoleId', id],
  ];
  return [
    ['AssumedRoleUser', user],
    [
      'Credentials',
      [
        ['AccessKeyId', accessKeyId],
        ['AccessKeySecret', accessKeySecret],
        ['SecurityToken', securityToken],
        ['Expiration', expiration.replace(/\.\d+Z$/, 'Z')],
      ],
    ],
  ];
}

/** Elements as the object they are in JSON. */
function toObject(fields: readonly XmlElement[]): Record<string, unknown> {
  const entries = fields.map(([name, content]) => [
    name,
    typeof content === 'object' ? toObject(content) : content,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function asStsError(error: unknown): StsError {
  return error instanceof StsError ? error : new StsError('InternalError');
}

/** Parameters of the query and of a form body; those of the body count for more. */
async function readParameters(message: IncomingMessage): Promise<Map<string, string>> {
  let body = '';
  message.setEncoding('utf8');
  for await (const piece of message) {
    body += String(piece);
    if (body.length > MAX_BODY)
      throw new StsError('InvalidParameter', 'The request body is too large.');
  }
  const query = (message.url ?? '').replace(/^[^?]*\??/, '');
  return new Map([...new URLSearchParams(query), ...new URLSearchParams(body)]);
}
