import { OssError } from './errors.ts';
import type { OssRequest } from './request.ts';
import { queryValue } from './request.ts';
import type { OperationName } from './types.ts';

type Resource = 'Service' | 'Bucket' | 'Object';

interface Route {
  readonly operation: OperationName;
  readonly method: string;
  readonly resource: Resource;
  /** The route is taken when one of these parameters is present; without them it is the plain one. */
  readonly parameters?: readonly string[];
}

const ROUTES: readonly Route[] = [
  {
    operation: 'InitiateMultipartUpload',
    method: 'POST',
    resource: 'Object',
    parameters: ['uploads'],
  },
  {
    operation: 'UploadPart',
    method: 'PUT',
    resource: 'Object',
    parameters: ['uploadId', 'partNumber'],
  },
  {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    resource: 'Object',
    parameters: ['uploadId'],
  },
  {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    resource: 'Object',
    parameters: ['uploadId'],
  },
  { operation: 'ListParts', method: 'GET', resource: 'Object', parameters: ['uploadId'] },
  { operation: 'ListMultipartUploads', method: 'GET', resource: 'Bucket', parameters: ['uploads'] },
  { operation: 'PutObject', method: 'PUT', resource: 'Object' },
  { operation: 'GetObject', method: 'GET', resource: 'Object' },
  { operation: 'HeadObject', method: 'HEAD', resource: 'Object' },
  { operation: 'DeleteObject', method: 'DELETE', resource: 'Object' },
];

/** Sub-resources of OSS that the emulator does not have (OSS docs, "Include signatures in the Authorization header"). */
const OTHER_SUB_RESOURCES = new Set(
  (
    'acl append asyncFetch bucketInfo cname comp cors delete encryption img inventory lifecycle live location ' +
    'logging objectMeta policy policyStatus qos referer replication replicationLocation replicationProgress ' +
    'requestPayment resourceGroup restore stat style symlink tagging transferAcceleration uploads uploadId ' +
    'versioning versions vod website worm wormExtend wormId x-oss-process'
  ).split(' '),
);

/** Plain requests that OSS knows and the emulator does not: bucket administration, listings, PostObject. */
const OTHER_OPERATIONS = new Set([
  'GET Service',
  'GET Bucket',
  'PUT Bucket',
  'DELETE Bucket',
  'POST Bucket',
]);

/** The operation a request asks for, or why there is none. */
export type Routed =
  | { readonly operation: OperationName }
  | { readonly operation: 'Unknown'; readonly refusal: OssError };

export function route(request: OssRequest): Routed {
  if (request.flaw !== undefined) return { operation: 'Unknown', refusal: request.flaw };
  if (request.method === 'OPTIONS') return { operation: 'Preflight' };
  const resource = resourceOf(request);
  const candidates = ROUTES.filter(
    (candidate) => candidate.method === request.method && candidate.resource === resource,
  );
  const special = candidates.find((candidate) =>
    candidate.parameters?.some((name) => queryValue(request, name) !== undefined),
  );
  if (special !== undefined) return { operation: special.operation };
  const subResource = request.query.find(([name]) => OTHER_SUB_RESOURCES.has(name));
  if (subResource !== undefined) return notImplemented(subResource[0]);
  const plain = candidates.find((candidate) => candidate.parameters === undefined);
  if (plain !== undefined) return { operation: plain.operation };
  const name = `${request.method} ${resource}`;
  return OTHER_OPERATIONS.has(name) ? notImplemented(name) : methodNotAllowed(request, resource);
}

function resourceOf(request: OssRequest): Resource {
  if (request.bucket === undefined) return 'Service';
  return request.key === undefined ? 'Bucket' : 'Object';
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
  const allowed = ROUTES.filter((candidate) => candidate.resource === resource);
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
