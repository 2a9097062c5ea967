import type { IncomingMessage } from 'node:http';
import { type Answer, type Bucket, failure, noUploads } from './bucket.ts';

export type Kind =
  | 'OPTIONS'
  | 'InitiateMultipartUpload'
  | 'ListMultipartUploads'
  | 'UploadPart'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'PutObject'
  | 'HeadObject'
  | 'other';

export interface Operation {
  readonly kind: Kind;
  /** The path, whatever of it is the bucket's name. */
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  readonly marker: number;
  /** Names the part or the object whose bytes are sent. */
  readonly place: string;
  readonly askedHeaders: string;
}

/** What a request asks for. */
export function readOperation({ method = '', url = '/', headers }: IncomingMessage): Operation {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const uploadId = searchParams.get('uploadId') ?? '';
  const partNumber = Number(searchParams.get('partNumber'));
  return {
    kind: kindOf(method, searchParams),
    key: pathname,
    uploadId,
    partNumber,
    marker: Number(searchParams.get('part-number-marker')),
    place: `${pathname} ${uploadId} ${partNumber}`,
    askedHeaders: headers['access-control-request-headers'] ?? '',
  };
}

function kindOf(method: string, query: URLSearchParams): Kind {
  switch (method) {
    case 'OPTIONS':
      return 'OPTIONS';
    case 'HEAD':
      return 'HeadObject';
    case 'POST':
      if (query.has('uploads')) return 'InitiateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : 'other';
    case 'PUT':
      return query.has('partNumber') ? 'UploadPart' : 'PutObject';
    case 'GET':
      if (query.has('uploads')) return 'ListMultipartUploads';
      return query.has('uploadId') ? 'ListParts' : 'other';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'other';
    default:
      return 'other';
  }
}

/** Does what an operation that carries no bytes of a file asks for. */
export function perform(bucket: Bucket, operation: Operation, body: string): Answer {
  const { key, uploadId, marker, askedHeaders } = operation;
  switch (operation.kind) {
    case 'OPTIONS':
      return preflight(askedHeaders);
    case 'InitiateMultipartUpload':
      return bucket.initiate(key);
    case 'ListMultipartUploads':
      return noUploads();
    case 'ListParts':
      return bucket.listParts(uploadId, marker);
    case 'CompleteMultipartUpload':
      return bucket.complete(key, uploadId, body);
    case 'AbortMultipartUpload':
      return bucket.abort(uploadId);
    case 'HeadObject':
      return bucket.head(key);
    case 'UploadPart':
    case 'PutObject':
    case 'other':
      return failure(400, 'InvalidRequest');
  }
}

/** Keeps what an operation brought. */
export function put(bucket: Bucket, operation: Operation, size: number): Answer {
  const { kind, key, uploadId, partNumber } = operation;
  return kind === 'UploadPart'
    ? bucket.putPart(uploadId, partNumber, size)
    : bucket.putObject(key, size);
}

function preflight(askedHeaders: string): Answer {
  return {
    status: 200,
    headers: {
      'access-control-allow-methods': 'GET, PUT, POST, HEAD, DELETE',
      'access-control-allow-headers': askedHeaders,
      'access-control-max-age': '600',
    },
  };
}
