import { fieldsOf, oneOf, optional, positive, text } from '../fields.ts';
import { CALLBACK_REACHES, type CallbackReach } from './addresses.ts';
import { Callbacks } from './callbacks.ts';
import { CallbackKeys } from './signature.ts';

/** How callbacks are signed and sent. */
export interface CallbackOptions {
  /** RSA key that signs, as PEM. Default: made when it is first needed. */
  privateKey?: string;
  /** What `x-oss-pub-key-url` says. Default: where this emulator serves the key. */
  publicKeyUrl?: string;
  /** `public` is the service's own rule: no private address. Default `loopback`: this machine alone. */
  reach?: CallbackReach;
  /** Milliseconds the app's server has. Default 5000. */
  timeout?: number;
}

/** Throws TypeError for options that are not legal. */
export function createCallbacks(options: CallbackOptions): Callbacks {
  const path = 'callbacks';
  const fields = fieldsOf(options, path, ['privateKey', 'publicKeyUrl', 'reach', 'timeout']);
  const { privateKey } = optional(fields, 'privateKey', path, text);
  const { publicKeyUrl } = optional(fields, 'publicKeyUrl', path, text);
  const { reach = 'loopback' } = optional(fields, 'reach', path, oneOf(CALLBACK_REACHES));
  const { timeout = 5000 } = optional(fields, 'timeout', path, positive);
  return new Callbacks({ keys: new CallbackKeys(privateKey), publicKeyUrl, reach, timeout });
}
