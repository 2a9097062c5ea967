import { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import { queryValue } from './request.ts';
import type { Resource, Route } from './routes.ts';
import { ROUTES } from './routes.ts';
import type { OperationName } from './types.ts';

/** Sub-resources of OSS that the emulator does not have (OSS docs, "Include signatures in the Authorization header"). */
const OTHER_SUB_RESOURCES = new Set(
  (
    'accessmonitor asyncFetch cname comp encryption httpsConfig img inventory live logging metaQuery policy ' +
    'policyStatus publicAccessBlock qos qosInfo replication replicationLocation replicationProgress requestPayment ' +
    'resourceGroup restore stat style symlink tagging transferAcceleration versioning versions vod website worm ' +
    'wormExtend wormId x-oss-process'
  ).split(' '),
);

/** Parameters that mean something for an object alone: without a key, the key has been forgotten. */
const OBJECT_PARAMETERS = ['uploadId', 'partNumber', 'append', 'position', 'objectMeta'];

/** The operation a request asks for, or why there is none. */
export type Routed =
  | { readonly operation: OperationName }
  | { readonly operation: 'Unknown'; readonly refusal: OssError };

export function route(request: OssRequest): Routed {
  if (request.flaw !== undefined) return { operation: 'Unknown', refusal: request.flaw };
  if (request.method === 'OPTIONS') return { operation: 'Preflight' };
  const resource = resourceOf(request);
  const candidates = ROUTES.filter(
    (candidate) =>
      candidate.method === request.method &&
      candidate.resource === resource &&
      (candidate.header === undefined || candidate.header in request.headers),
  );
  const special = candidates.find((candidate) => hasParameter(request, candidate.parameters ?? []));
  if (special !== undefined) return { operation: special.operation };
  if (resource === 'Bucket' && hasParameter(request, OBJECT_PARAMETERS)) return emptyKey();
  const subResource = request.query.find(([name]) => OTHER_SUB_RESOURCES.has(name));
  if (subResource !== undefined) return notImplemented(subResource[0]);
  const plain = candidates.find((candidate) => candidate.parameters === undefined);
  return plain === undefined ? methodNotAllowed(request, resource) : { operation: plain.operation };
}

function hasParameter(request: OssRequest, names: readonly string[]): boolean {
  return names.some((name) => queryValue(request, name) !== undefined);
}

function resourceOf(request: OssRequest): Resource {
  if (request.bucket === undefined) return 'Service';
  return request.key === undefined ? 'Bucket' : 'Object';
}

function emptyKey(): Routed {
  const refusal = new OssError('InvalidObjectName', {
    message: 'The Object name can not be empty.',
    extras: [['ObjectName', '']],
  });
  return { operation: 'Unknown', refusal };
}

function notImplemented(what: string): Routed {
  const refusal = new OssError('NotImplemented', {
    status: 501,
    message: `The emulator does not implement ${what}.`,
    extras: [['ResourceType', what]],
  });
  return { operation: 'Unknown', refusal };
}

/** OSS names the method in lower case (OSS Errors and Troubleshooting 2019-08-16, §1). */
function methodNotAllowed(request: OssRequest, resource: Resource): Routed {
  const allowed = ROUTES.filter((candidate: Route) => candidate.resource === resource);
  const refusal = new OssError('MethodNotAllowed', {
    extras: [
      ['Method', request.method.toLowerCase()],
      ['ResourceType', resource],
    ],
    headers: {
      Allow: [...new Set(['OPTIONS', ...allowed.map(({ method }) => method)])].join(', '),
    },
  });
  return { operation: 'Unknown', refusal };
}
