import { FieldError, fieldsOf, text } from '../fields.ts';
import { parseLimits } from '../limits.ts';
import { isBucketName } from '../names.ts';
import { type Control, DONE } from './control.ts';

/** What the control API can do with limits and custom domains. */
export const LIMIT_CONTROLS: readonly Control[] = [
  {
    method: 'PUT',
    path: /^\/limits$/,
    run: (emulator, { body }) => {
      emulator.setLimits(parseLimits(body ?? {}));
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: /^\/domains$/,
    run: (emulator, { body }) => {
      emulator.setDomains(readDomains(body));
      return DONE;
    },
  },
];

/** An object of host names with a bucket name each. */
function readDomains(body: unknown): Record<string, string> {
  const hosts = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const fields = fieldsOf(body, 'body', hosts);
  const domains = hosts.map((host) => {
    const bucket = text(fields[host], host);
    if (!isBucketName(bucket)) throw new FieldError(host, `a bucket name, got ${bucket}`);
    return [host, bucket];
  });
  return Object.fromEntries(domains);
}
