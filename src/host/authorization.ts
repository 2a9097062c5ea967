import { onDemand } from '../on-demand.ts';
import type { AskSettings } from '../oss/ask-app.ts';
import { type Authorization, KeyAuthorization, type RequestSigner } from '../oss/authorization.ts';
import { CredentialsSource } from '../oss/credentials.ts';
import { createRequestSignerV4 } from '../oss/request-signer-v4.ts';
import type { ServerClock } from '../oss/server-clock.ts';
import type { SigningOptions } from '../signing-options.ts';

/** Chooses who signs. What few pages need is loaded when it is needed. */
export function createAuthorization(
  options: SigningOptions,
  clock: ServerClock,
  settings: AskSettings,
): Authorization {
  const { credentials, sign, signMany, signatureVersion, form } = options;
  if (form !== undefined) return NOTHING_TO_SIGN;
  if (credentials === undefined) {
    return createRemoteAuthorization(async () => {
      const { RemoteAuthorization } = await import('../oss/remote-authorization.ts');
      return new RemoteAuthorization({ sign, signMany }, settings);
    }, settings);
  }
  const source = new CredentialsSource({
    ...settings,
    provider: credentials,
    serverNow: () => clock.now(),
  });
  const signer = signatureVersion === 1 ? createV1Signer(settings) : createRequestSignerV4();
  return new KeyAuthorization(source, clock, signer);
}

/** Where files go by form, nothing else is sent. */
const NOTHING_TO_SIGN: Authorization = {
  asksApp: false,
  authorize: () => Promise.reject(new Error('Forms are signed by the app alone.')),
  refuse: () => undefined,
};

function createRemoteAuthorization(
  load: () => Promise<Authorization>,
  settings: AskSettings,
): Authorization {
  const remote = onDemand(load, settings);
  return {
    asksApp: true,
    authorize: async (...request) => await (await remote()).authorize(...request),
    refuse: (authorized) => void remote().then((loaded) => loaded.refuse(authorized)),
  };
}

function createV1Signer(settings: AskSettings): RequestSigner {
  const signer = onDemand(async () => {
    const { createRequestSignerV1 } = await import('../oss/request-signer-v1.ts');
    return createRequestSignerV1();
  }, settings);
  return async (...request) => await (await signer())(...request);
}
