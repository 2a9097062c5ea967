import { invalidArgument } from '../errors.ts';
import type { Scope } from './signature-v4.ts';
import { SCOPE_END } from './signature-v4.ts';

/** A V4 credential, taken apart and found good. */
export interface Credential extends Scope {
  readonly accessKeyId: string;
}

/** Where a credential stood, for the error that tells of it. */
export interface CredentialSource {
  readonly argument: string;
  /** The argument's whole value. */
  readonly value: string;
  readonly region: string;
  /** Error numbers for a credential, and for a date in it, that cannot be read. */
  readonly ecs?: { readonly form: string; readonly date: string };
}

const HEADER_ECS = { form: '0002-00000213', date: '0002-00000212' };

/** Reads `{key id}/{yyyyMMdd}/{region}/oss/aliyun_v4_request`. Throws InvalidArgument. */
export function parseCredential(credential: string, source: CredentialSource): Credential {
  const { argument, value, region: expectedRegion, ecs = HEADER_ECS } = source;
  const fail = (message: string, ec: string): Error =>
    invalidArgument(argument, value, message, ec);
  const [accessKeyId = '', date = '', region = '', product = '', end = '', ...rest] =
    credential.split('/');
  if (accessKeyId === '' || rest.length > 0)
    throw fail(`Credential of ${argument} is invalid.`, ecs.form);
  if (end !== SCOPE_END) throw fail(`Credential must end in ${SCOPE_END}.`, ecs.form);
  if (!/^\d{8}$/.test(date))
    throw fail('The signing date of Credential must be yyyyMMdd.', ecs.date);
  if (product !== 'oss') throw fail('The product of Credential must be oss.', '0002-00000227');
  if (region !== expectedRegion)
    throw fail(`The region of Credential must be ${expectedRegion}.`, '0002-00000226');
  return { accessKeyId, date, region, product };
}

/** Throws InvalidArgument unless the signing date is the day of the timestamp, `yyyyMMddTHHmmssZ`. */
export function assertSameDay(
  timestamp: string,
  { date }: Credential,
  { argument, value, ecs = HEADER_ECS }: CredentialSource,
): void {
  if (timestamp.slice(0, 8) === date) return;
  const message = 'The signing date does not match the request date.';
  throw invalidArgument(argument, value, message, ecs.date);
}
