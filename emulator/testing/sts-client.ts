import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { Emulator } from '../index.ts';
import { answerTo, type Keys, type Reply } from './client.ts';
import { encode } from './signing.ts';

/** The user that can do nothing but assume roles. */
export const STS_KEYS: Keys = {
  accessKeyId: 'emulator-sts-key-id',
  accessKeySecret: 'emulator-sts-key-secret',
};

/** An AssumeRole call; everything has a default. */
export interface StsCall {
  keys?: Keys;
  method?: 'GET' | 'POST';
  /** Overrides the defaults; null leaves one out. */
  parameters?: Record<string, string | null>;
  /** Signing time, epoch milliseconds. */
  time?: number;
  /** Last chance to spoil what was signed. */
  tamper?: (parameters: Map<string, string>) => void;
  path?: string;
  host?: string;
}

/** Sends AssumeRole, signed by the RPC convention: GET in the query, POST as a form. */
export function assumeRole(emulator: Emulator, call: StsCall = {}): Promise<Reply> {
  const { keys = STS_KEYS, method = 'POST', time = Date.now(), host } = call;
  const { hostname, port } = new URL(emulator.origin);
  const given = Object.entries({ ...defaults(keys, time), ...call.parameters });
  const parameters = new Map(given.filter((entry): entry is [string, string] => entry[1] !== null));
  parameters.set('Signature', signature(method, parameters, keys.accessKeySecret));
  call.tamper?.(parameters);
  const form = [...parameters].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const path = call.path ?? '/__emulator/sts-api';
  const outgoing = request({
    hostname,
    port,
    method,
    path: method === 'GET' ? `${path}?${form}` : path,
    headers: {
      host: host ?? `${hostname}:${port}`,
      ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
  });
  outgoing.end(method === 'POST' ? form : undefined);
  return answerTo(outgoing);
}

function defaults(keys: Keys, time: number): Record<string, string> {
  return {
    Action: 'AssumeRole',
    Version: '2015-04-01',
    Format: 'JSON',
    RoleArn: 'acs:ram::1234567890123456:role/emulator',
    RoleSessionName: 'session-1',
    AccessKeyId: keys.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: new Date(time).toISOString().replace(/\.\d+/, ''),
    ...(keys.securityToken !== undefined && { SecurityToken: keys.securityToken }),
  };
}

function signature(method: string, parameters: Map<string, string>, secret: string): string {
  const sorted = [...parameters].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const query = sorted.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return createHmac('sha1', `${secret}&`)
    .update(`${method}&%2F&${encode(query)}`)
    .digest('base64');
}
