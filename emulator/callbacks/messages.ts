/** Why a callback fails, in the service's words (OSS docs, "HTTP status code 203"). */
export const CALLBACK_MESSAGES = {
  'not-json': 'Response body is not valid json format.',
  refused: 'Error status :-1.OSS can not connect to your callbackUrl, please check it.',
  'no-length': 'Error Status : 400.User server missing content-length.',
  'bad-length': 'Error Status : 400.User server return invalid content-length value.',
  'long-length': 'Error Status : 400.User server return too long content-length value.',
  slow: 'Cost too long time.',
  'image-info': 'Get image info failed.',
  overload: 'Too many callback requests.',
} as const;

export type CallbackCause = keyof typeof CALLBACK_MESSAGES;

/** Of a server that answers with anything but 200. */
export function statusMessage(status: number): string {
  return `Error status : ${status}.`;
}

/** Of a server that takes too long; times in milliseconds. */
export function slowMessage(address: string, port: number, timeout: number): string {
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return `Error status : -1. ${place} reply timeout, cost:${timeout}ms, timeout:${timeout}ms (err:-4, errno:115)`;
}
