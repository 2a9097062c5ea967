import { createHmac } from 'node:crypto';
import { isSameSecret } from '../authentication/compare-signatures.ts';
import { percentEncode } from '../names.ts';
import { StsError } from './sts-error.ts';

/** A request by the RPC convention: its method, and the parameters of query and form together. */
export interface RpcRequest {
  readonly method: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Value of a parameter. Throws MissingParameter when there is none, or an empty one. */
export function requiredParameter({ parameters }: RpcRequest, name: string): string {
  const value = parameters.get(name) ?? '';
  if (value !== '') return value;
  throw new StsError('MissingParameter', `${name} is mandatory for this action.`);
}

/** Throws SignatureDoesNotMatch unless the secret signed the request (Alibaba Cloud docs, "RPC signature method"). */
export function assertRpcSignature(request: RpcRequest, secret: string): void {
  const text = rpcStringToSign(request);
  const expected = createHmac('sha1', `${secret}&`).update(text).digest('base64');
  if (isSameSecret(expected, requiredParameter(request, 'Signature'))) return;
  throw new StsError(
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:${text}`,
  );
}

function rpcStringToSign({ method, parameters }: RpcRequest): string {
  const pairs = [...parameters]
    .filter(([name]) => name !== 'Signature')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  return [method, percentEncode('/'), percentEncode(pairs.join('&'))].join('&');
}
