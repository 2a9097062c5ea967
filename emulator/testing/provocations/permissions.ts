import { PERMANENT_KEYS } from '../client.ts';
import { by, type Provocation } from './provocation.ts';

const PAGE = { origin: 'http://localhost:1', 'access-control-request-method': 'PUT' };

/** What is refused for who asks, when, from where, and how often. */
export const PERMISSIONS = {
  AccessDenied: by('an unsigned request to a private bucket, and much else: see the message', {
    key: 'k',
    keys: null,
  }),
  AccessForbidden: by('a preflight that no CORS rule allows', {
    method: 'OPTIONS',
    key: 'k',
    headers: { ...PAGE, origin: 'https://elsewhere.example' },
  }),
  AccessKeyIdAndSecurityTokenNotMatch: {
    how: 'sign with one temporary key and send the token of another',
    provoke: ({ client, emulator }) => {
      const { securityToken } = emulator.issueCredentials();
      return client.send({ key: 'k', keys: { ...emulator.issueCredentials(), securityToken } });
    },
  },
  BadRequest: by('a preflight without Origin, or without Access-Control-Request-Method', {
    method: 'OPTIONS',
    key: 'k',
  }),
  DownloadTrafficRateLimitExceeded: {
    how: 'read more than `limits.downloadRate` in a second',
    options: { limits: { downloadRate: 1 } },
    provoke: async ({ client }) => {
      await client.send({ method: 'PUT', key: 'k', body: 'x'.repeat(1000) });
      await client.send({ key: 'k' });
      return await client.send({ key: 'k' });
    },
  },
  InvalidAccessKeyId: by('an unknown key, or a temporary one without its token', {
    key: 'k',
    keys: { accessKeyId: 'nobody', accessKeySecret: 'x' },
  }),
  InvalidRequest: {
    how: 'a `response-*` parameter in an unsigned request',
    options: { acl: 'public-read' },
    provoke: async ({ client }) => {
      await client.send({ method: 'PUT', key: 'k', body: 'x' });
      return await client.send({ key: 'k', keys: null, query: { 'response-expires': '0' } });
    },
  },
  InvalidSecurityToken: {
    how: 'a temporary key with a token that nobody has issued',
    provoke: ({ client, emulator }) =>
      client.send({ key: 'k', keys: { ...emulator.issueCredentials(), securityToken: 'CAIS' } }),
  },
  MetaOperationQPSLimitExceeded: {
    how: 'more bucket requests in a second than `limits.metaOperationQps`',
    options: { limits: { metaOperationQps: 1 } },
    provoke: async ({ client }) => {
      const call = { query: { bucketInfo: null } };
      await client.send(call);
      return await client.send(call);
    },
  },
  PermanentRedirect: by(
    'another region’s endpoint, with the option `addressing.wrongEndpointCode`',
    { key: 'k', headers: { host: 'partway-demo.oss-cn-beijing.aliyuncs.com' } },
    { addressing: { wrongEndpointCode: 'PermanentRedirect' } },
  ),
  QpsLimitExceeded: {
    how: 'more requests in a second than `limits.bucketQps`',
    options: { limits: { bucketQps: 1 } },
    provoke: async ({ client }) => {
      await client.send({ key: 'k' });
      return await client.send({ key: 'k' });
    },
  },
  RequestTimeTooSkewed: by('sign with a clock that is more than 15 minutes wrong', {
    key: 'k',
    time: Date.now() - 1_000_000,
  }),
  SecurityTokenExpired: {
    how: 'a temporary key whose time is over, or `expireCredentials()`',
    provoke: ({ client, emulator }) => {
      const keys = emulator.issueCredentials();
      emulator.expireCredentials();
      return client.send({ key: 'k', keys });
    },
  },
  SignatureDoesNotMatch: by('sign with a wrong secret, or change what was signed', {
    key: 'k',
    keys: { ...PERMANENT_KEYS, accessKeySecret: 'wrong' },
  }),
  TotalQpsLimitExceeded: {
    how: 'more requests in a second than `limits.accountQps`',
    options: { limits: { accountQps: 1 } },
    provoke: async ({ client }) => {
      await client.send({ key: 'k' });
      return await client.send({ key: 'k' });
    },
  },
  UploadTrafficRateLimitExceeded: {
    how: 'send more than `limits.uploadRate` in a second',
    options: { limits: { uploadRate: 1 } },
    provoke: async ({ client }) => {
      const call = { method: 'PUT', key: 'k', body: 'x'.repeat(1000) };
      await client.send(call);
      return await client.send(call);
    },
  },
  UserDisable: {
    how: '`setOwnerDisabled(true)`',
    provoke: ({ client, emulator }) => {
      emulator.setOwnerDisabled(true);
      return client.send({ key: 'k' });
    },
  },
} satisfies Record<string, Provocation>;
