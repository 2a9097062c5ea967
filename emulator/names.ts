import { OssError } from './errors.ts';

/** Whether this is a legal bucket name (OSS docs, "Bucket naming conventions"). */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name);
}

/** Throws InvalidObjectName unless this is a legal key: 1 to 1023 bytes, no leading slash or backslash. */
export function assertKey(key: string): void {
  if (key === '') throw invalidObjectName(key, 'The Object name can not be empty.');
  if (key.startsWith('/') || key.startsWith('\\'))
    throw invalidObjectName(key, 'The specified object is not valid.');
  if (Buffer.byteLength(key) > 1023)
    throw invalidObjectName(key, 'The Length of Object name must be less than 1024.');
}

function invalidObjectName(key: string, message: string): OssError {
  return new OssError('InvalidObjectName', { message, extras: [['ObjectName', key]] });
}

/** Percent-encodes all but the unreserved characters, upper-case hex, as signatures and XML answers want it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
