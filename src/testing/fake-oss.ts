import { createHash } from 'node:crypto';
import { UploadError, unreadableFile } from '../errors.ts';
import { Crc64 } from '../oss/crc64.ts';
import { combineCrc64 } from '../oss/crc64-combine.ts';
import { signedHeaders } from '../oss/signing-order.ts';
import { createHasher } from '../platform/hasher.ts';
import { readSlices } from '../platform/read-slices.ts';
import type { Digests, Transport, TransportRequest, TransportResponse } from '../ports.ts';

export type FakeOperation = 'initiate' | 'part' | 'list' | 'complete' | 'abort' | 'put' | 'head';

export interface FakeAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly digests?: Digests;
}

/** A request as a test sees it, before it is answered. */
export interface Incoming {
  readonly operation: FakeOperation;
  readonly partNumber: number;
  readonly request: TransportRequest;
  /** What the server does and answers when the test does not interfere. */
  readonly process: () => Promise<FakeAnswer>;
}

export interface StoredPart {
  /** Where in the file its bytes were taken from. */
  readonly offset: number;
  readonly size: number;
  /** Absent where a test puts it there by its size alone. */
  readonly bytes?: Uint8Array;
  readonly etag: string;
  readonly crc64: string;
}

interface StoredObject extends Omit<StoredPart, 'offset' | 'bytes'> {
  /** Whether its bytes are a file's from the start on, without gap or overlap. */
  readonly isJoined?: boolean;
  /** Those of its parts, in order; absent where a test puts it there by its size alone. */
  readonly content?: readonly Uint8Array[];
  readonly lastModified: number;
}

/**
 * A model of the server behind the `Transport` port: uploads, parts and objects by size and ETag, no network in
 * between. What goes wrong is up to `interfere`.
 */
export class FakeOss implements Transport {
  readonly uploads = new Map<string, Map<number, StoredPart>>();
  readonly objects = new Map<string, StoredObject>();
  readonly requests: Incoming[] = [];
  /** Headers that the bucket's CORS rule hides. */
  readonly hidden = new Set<string>();
  /** Parts in one page of ListParts. */
  pageSize = 1000;
  now: () => number = () => Date.now();
  interfere: (incoming: Incoming) => Promise<FakeAnswer> = ({ process }) => process();
  #ids = 0;

  async send(unsigned: TransportRequest): Promise<TransportResponse> {
    const request = { ...unsigned, headers: await signedHeaders(unsigned) };
    request.signal?.throwIfAborted();
    const url = new URL(request.url);
    const operation = operationOf(request.method, url);
    const partNumber = Number(url.searchParams.get('partNumber') ?? 0);
    const heard = hearOnce(request);
    const process = (): Promise<FakeAnswer> => this.#process(operation, url, heard.request);
    const incoming = { operation, partNumber, request, process };
    this.requests.push(incoming);
    const {
      status,
      body = '',
      headers = {},
      url: answered = request.url,
    } = await this.interfere(incoming).finally(heard.end);
    request.signal?.throwIfAborted();
    const digests = await hash(request);
    return {
      status,
      body,
      url: answered,
      digests,
      header: (name) => (this.hidden.has(name) ? undefined : headers[name]),
    };
  }

  count(operation: FakeOperation): number {
    return this.requests.filter((incoming) => incoming.operation === operation).length;
  }

  async #process(
    operation: FakeOperation,
    url: URL,
    request: TransportRequest,
  ): Promise<FakeAnswer> {
    const uploadId = url.searchParams.get('uploadId') ?? '';
    const parts = this.uploads.get(uploadId);
    const isOfUpload = ['part', 'list', 'complete', 'abort'].includes(operation);
    if (isOfUpload && parts === undefined) return errorAnswer(404, 'NoSuchUpload');
    switch (operation) {
      case 'initiate':
        return this.#initiate();
      case 'part':
        return await storePart(parts, Number(url.searchParams.get('partNumber')), request);
      case 'list':
        return this.#list(parts, Number(url.searchParams.get('part-number-marker')));
      case 'complete':
        return this.#complete(
          parts,
          uploadId,
          url.pathname,
          typeof request.body === 'string' ? request.body : '',
        );
      case 'abort':
        this.uploads.delete(uploadId);
        return { status: 204 };
      case 'put': {
        const { bytes, offset, ...stored } = await digest(request);
        const isJoined = offset === 0;
        const content = bytes === undefined ? [] : [bytes];
        this.objects.set(url.pathname, { ...stored, content, isJoined, lastModified: this.now() });
        return { status: 200, headers: checksums(stored) };
      }
      case 'head':
        return this.#head(url.pathname);
    }
  }

  #initiate(): FakeAnswer {
    this.#ids += 1;
    const uploadId = `upload-${this.#ids}`;
    this.uploads.set(uploadId, new Map());
    const body = `<InitiateMultipartUploadResult><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`;
    return { status: 200, body, headers: { date: new Date(this.now()).toUTCString() } };
  }

  #list(parts: ReadonlyMap<number, StoredPart> | undefined, marker: number): FakeAnswer {
    const after = [...(parts ?? [])]
      .filter(([number]) => number > marker)
      .toSorted(([a], [b]) => a - b);
    const page = after.slice(0, this.pageSize);
    const items = page.map(
      ([number, { etag, size }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size></Part>`,
    );
    const isTruncated = page.length < after.length;
    const body = `<ListPartsResult><IsTruncated>${isTruncated}</IsTruncated><NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>${items.join('')}</ListPartsResult>`;
    return { status: 200, body };
  }

  #complete(
    parts: ReadonlyMap<number, StoredPart> | undefined,
    uploadId: string,
    path: string,
    body: string,
  ): FakeAnswer {
    const listed = [
      ...body.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&#34;(\w+)&#34;<\/ETag>/g),
    ];
    let size = 0;
    let isJoined = true;
    let etags = '';
    const sums: StoredPart[] = [];
    for (const [, number, etag] of listed) {
      const part = parts?.get(Number(number));
      if (part === undefined || part.etag !== etag)
        return errorAnswer(400, 'InvalidPart', Number(number));
      isJoined &&= part.offset === size;
      size += part.size;
      etags += part.etag;
      sums.push(part);
    }
    const etag = `${md5(etags)}-${listed.length}`;
    const crc64 = combineCrc64(sums);
    const content = sums.flatMap(({ bytes }) => bytes ?? []);
    this.objects.set(path, { size, etag, crc64, content, isJoined, lastModified: this.now() });
    this.uploads.delete(uploadId);
    const answer = `<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`;
    return { status: 200, body: answer, headers: { 'x-oss-hash-crc64ecma': crc64 } };
  }

  #head(path: string): FakeAnswer {
    const object = this.objects.get(path);
    if (object === undefined) return { status: 404 };
    return {
      status: 200,
      headers: {
        ...checksums(object),
        'content-length': String(object.size),
        'last-modified': new Date(object.lastModified).toUTCString(),
      },
    };
  }
}

/** Of a request that has ended nobody is told any more, even where it comes to the server afterwards. */
function hearOnce(request: TransportRequest): {
  readonly request: TransportRequest;
  readonly end: () => void;
} {
  let hasEnded = false;
  const onSent = (sent: number): void => {
    if (!hasEnded && request.signal?.aborted !== true) request.onSent?.(sent);
  };
  const end = (): void => {
    hasEnded = true;
  };
  return { request: { ...request, onSent }, end };
}

/** What a browser makes of a connection that breaks. */
export function noAnswer(): Promise<never> {
  return Promise.reject(
    new UploadError('network', 'A request got no answer that this page can read.'),
  );
}

/** Never answers, until the request is aborted. */
export function silence({ request }: Incoming): Promise<never> {
  return new Promise((_resolve, reject) => {
    request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
  });
}

export function errorAnswer(status: number, code: string, partNumber?: number): FakeAnswer {
  const part = partNumber === undefined ? '' : `<PartNumber>${partNumber}</PartNumber>`;
  return { status, body: `<Error><Code>${code}</Code><Message>No.</Message>${part}</Error>` };
}

function operationOf(method: string, url: URL): FakeOperation {
  const isOfUpload = url.searchParams.has('uploadId');
  if (method === 'HEAD') return 'head';
  if (method === 'GET') return 'list';
  if (method === 'DELETE') return 'abort';
  if (method === 'POST') return isOfUpload ? 'complete' : 'initiate';
  return isOfUpload ? 'part' : 'put';
}

async function storePart(
  parts: Map<number, StoredPart> | undefined,
  number: number,
  request: TransportRequest,
): Promise<FakeAnswer> {
  const part = await digest(request);
  parts?.set(number, part);
  return { status: 200, headers: checksums(part) };
}

export function checksums({
  etag,
  crc64,
}: Pick<StoredPart, 'etag' | 'crc64'>): Record<string, string> {
  return { etag: `"${etag}"`, 'x-oss-hash-crc64ecma': crc64 };
}

/** As a transport does that hashes what it sends. */
async function hash({ body }: TransportRequest): Promise<Digests | undefined> {
  if (typeof body !== 'object' || body instanceof FormData || body.hash === undefined)
    return undefined;
  return await createHasher(readSlices).digest(body, body.hash);
}

async function readBytes(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw unreadableFile(cause);
  }
}

async function digest({ body, onSent }: TransportRequest): Promise<StoredPart> {
  if (typeof body !== 'object' || body instanceof FormData)
    throw new Error('A body of bytes was expected.');
  const { source, offset, size } = body;
  const bytes = await readBytes(source.slice(offset, offset + size));
  onSent?.(size);
  return partOf(offset, bytes);
}

/** A part as it is stored. */
export function partOf(offset: number, bytes: Uint8Array): StoredPart {
  const crc64 = new Crc64();
  crc64.update(bytes);
  return { offset, size: bytes.length, bytes, etag: md5(bytes), crc64: crc64.digest() };
}

function md5(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex').toUpperCase();
}
