import type { Operation } from '../errors.ts';
import { UploadError } from '../errors.ts';
import type { ByteRange, ConfirmedPart, Transport, TransportResponse } from '../ports.ts';
import { race } from '../waiting.ts';
import {
  asksForCallback,
  completeBody,
  crc64Of,
  dateOf,
  etagOf,
  requestIdOf,
  rootOf,
  tellsOfCallback,
} from './answers.ts';
import type { Ahead, Authorization, Authorized, UnsignedRequest } from './authorization.ts';
import type { Endpoint } from './endpoint.ts';
import { unquoted } from './multipart-etag.ts';
import type {
  CompletedUpload,
  FindNamed,
  InitiatedUpload,
  PartPlace,
  SendOptions,
  StoredObject,
  StoredPart,
  ToldOfCallback,
} from './operations.ts';
import type { Query } from './percent-encoding.ts';
import type { ServerClock } from './server-clock.ts';
import { incompleteAnswer, serviceError, wrongOrigin } from './service-error.ts';
import { childText } from './xml.ts';

export interface ClientDependencies {
  readonly endpoint: Endpoint;
  readonly authorization: Authorization;
  readonly transport: Transport;
  readonly clock: ServerClock;
  /** Called when a readable answer of whatever kind has come. */
  readonly onAnswer: () => void;
}

/** A request to OSS, not signed yet. */
export interface OssRequest extends SendOptions {
  readonly operation: Operation;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ByteRange | string;
  readonly partNumber?: number;
  readonly isForPreflight?: boolean;
  /** What is likely to be sent next, in that order. */
  readonly ahead?: Ahead;
}

/**
 * The operations of OSS that an upload needs. Every call signs and sends one request, once, and either gives what
 * the answer must contain or rejects with an `UploadError`.
 */
export class OssClient {
  readonly #deps: ClientDependencies;
  /** What was answered by an error: how it was signed, and for which endpoint. */
  readonly #sent = new WeakMap<UploadError, { authorized: Authorized; endpoint: Endpoint }>();
  /** Endpoints that OSS has named in the place of ours. */
  readonly #named = new Map<Endpoint, Endpoint>();

  constructor(dependencies: ClientDependencies) {
    this.#deps = dependencies;
  }

  /** Whether the app's server signs, so that a refused signature can only be asked for anew. */
  get asksApp(): boolean {
    return this.#deps.authorization.asksApp;
  }

  async initiate(
    key: string,
    headers: Readonly<Record<string, string>>,
    options: SendOptions,
  ): Promise<InitiatedUpload> {
    const operation = 'InitiateMultipartUpload';
    const query = [['encoding-type', 'url'], ['uploads']] as const;
    const response = await this.send({
      ...options,
      operation,
      method: 'POST',
      key,
      query,
      headers,
    });
    const uploadId = childText(rootOf(response, 'InitiateMultipartUploadResult'), 'UploadId');
    if (uploadId === undefined || uploadId === '') throw incompleteAnswer(operation, response);
    return { uploadId, serverTime: dateOf(response, 'date') };
  }

  /**
   * @param headers what goes with the part, such as Content-MD5.
   * @param upcoming the parts that are likely to be sent next; asked only for parts without headers.
   */
  async uploadPart(
    key: string,
    uploadId: string,
    partNumber: number,
    body: ByteRange,
    headers: Readonly<Record<string, string>>,
    options: SendOptions,
    upcoming: () => readonly PartPlace[],
  ): Promise<StoredPart> {
    const operation = 'UploadPart';
    const method = 'PUT';
    const query = partQuery(uploadId, partNumber);
    const ahead: Ahead = () =>
      upcoming().map((part) => ({
        method,
        key,
        query: partQuery(uploadId, part.partNumber),
        headers: {},
        size: part.size,
        fileSize: options.fileSize,
      }));
    const part = { operation, method, key, query, headers, body, partNumber } as const;
    // Where parts have headers those of the next are not known yet, and what was signed without them is of no use.
    const isLikeTheNext = Object.keys(headers).length === 0;
    const response = await this.send({ ...options, ...part, ...(isLikeTheNext ? { ahead } : {}) });
    // OSS answers a part with an empty body; a page in its place comes from somebody else.
    if (response.body !== '') throw incompleteAnswer(operation, response, partNumber);
    return { etag: etagOf(response), crc64: crc64Of(response), digests: response.digests };
  }

  /** @param parts ascending by partNumber. */
  async complete(
    key: string,
    uploadId: string,
    parts: readonly ConfirmedPart[],
    headers: Readonly<Record<string, string>>,
    options: SendOptions,
  ): Promise<CompletedUpload & ToldOfCallback> {
    const operation = 'CompleteMultipartUpload';
    const response = await this.send({
      ...options,
      operation,
      method: 'POST',
      key,
      ...completing(uploadId, headers),
      body: completeBody(parts),
    });
    const root = rootOf(response, 'CompleteMultipartUploadResult');
    const etag = childText(root, 'ETag') ?? '';
    const callbackAnswer = asksForCallback(headers) ? response : undefined;
    const isToldByApp = callbackAnswer !== undefined && tellsOfCallback(response);
    if (etag === '' && !isToldByApp) throw incompleteAnswer(operation, response);
    return {
      etag: etag === '' ? etagOf(response) : unquoted(etag),
      location: childText(root, 'Location'),
      crc64: crc64Of(response),
      requestId: requestIdOf(response),
      callbackAnswer,
    };
  }

  /** Asks for what is there, at the address and with the header names of `complete`. */
  async preflightComplete(
    key: string,
    uploadId: string,
    headers: Readonly<Record<string, string>>,
    options: SendOptions,
  ): Promise<void> {
    const request = completing(uploadId, headers);
    await this.send({
      ...options,
      ...request,
      operation: 'ListParts',
      method: 'GET',
      key,
      isForPreflight: true,
    });
  }

  async putObject(
    key: string,
    body: ByteRange,
    headers: Readonly<Record<string, string>>,
    options: SendOptions,
  ): Promise<StoredObject & StoredPart & ToldOfCallback> {
    const operation = 'PutObject';
    const response = await this.send({ ...options, operation, method: 'PUT', key, headers, body });
    const callbackAnswer = asksForCallback(headers) ? response : undefined;
    const isToldByApp = callbackAnswer !== undefined && tellsOfCallback(response);
    if (response.body !== '' && !isToldByApp) throw incompleteAnswer(operation, response);
    return {
      etag: etagOf(response),
      crc64: crc64Of(response),
      digests: response.digests,
      requestId: requestIdOf(response),
      callbackAnswer,
    };
  }

  /** What this error's request was signed with is not used again. */
  refuseSignatureOf(error: UploadError): void {
    const sent = this.#sent.get(error);
    if (sent !== undefined) this.#deps.authorization.refuse(sent.authorized);
  }

  /** Takes the server's time from an answer that complains of ours. Tells whether the answer named it. */
  learnTimeFrom({ serverTime }: UploadError): boolean {
    if (serverTime !== undefined) this.#deps.clock.set(serverTime);
    return serverTime !== undefined;
  }

  /** Goes on at the endpoint that an answer named, once. Returns nothing when that must not be. */
  followTo(
    error: UploadError,
    findNamed: FindNamed,
  ): { from: string; base: string; isNews: boolean } | undefined {
    const { namedEndpoint } = error;
    const ours = this.#sent.get(error)?.endpoint;
    // An app's server signs for the region that it knows.
    if (namedEndpoint === undefined || ours === undefined || this.asksApp) return undefined;
    const { base: from } = this.#named.get(ours) ?? ours;
    const right = findNamed(this.#named.get(ours) ?? ours, namedEndpoint);
    const isNews = right?.base !== from;
    if (right === undefined || (isNews && this.#named.has(ours))) return undefined;
    this.#named.set(ours, right);
    return { from, base: right.base, isNews };
  }

  /** Has a request signed and sends it, once: what all operations do, those elsewhere as well. */
  async send(request: OssRequest): Promise<TransportResponse> {
    const { transport, authorization, onAnswer } = this.#deps;
    const { operation, method, body, partNumber, signal, onSent, onStart, onThrottled } = request;
    const { endpoint = this.#deps.endpoint } = request;
    const place = this.#named.get(endpoint) ?? endpoint;
    // Signed at the moment of sending, on every attempt: nothing ages in a queue.
    const authorizing = authorization.authorize(unsigned(request), place, request.ahead);
    const authorized = await race(authorizing, signal);
    const { url, headers, signing } = authorized;
    onStart();
    const { isForPreflight } = request;
    const sent = { method, url, headers, signing, body, signal, onSent, isForPreflight };
    const response = await transport.send(sent);
    // XHR follows redirects by itself: what another origin says is not the bucket's answer.
    if (response.url !== url && new URL(response.url).origin !== new URL(url).origin) {
      throw wrongOrigin(operation, response, partNumber);
    }
    onAnswer();
    if (response.header('x-oss-qos-delay-time') !== undefined) onThrottled?.();
    if (response.status >= 200 && response.status < 300) return response;
    const error = serviceError(operation, response, partNumber);
    this.#sent.set(error, { authorized, endpoint });
    throw error;
  }
}

function unsigned({ method, key, query, headers, body, fileSize }: OssRequest): UnsignedRequest {
  return {
    method,
    key,
    query: query ?? [],
    headers: headers ?? {},
    size: sizeOf(body),
    fileSize,
  };
}

function partQuery(uploadId: string, partNumber: number): Query {
  return [
    ['partNumber', String(partNumber)],
    ['uploadId', uploadId],
  ];
}

function completing(
  uploadId: string,
  headers: Readonly<Record<string, string>>,
): Pick<OssRequest, 'query' | 'headers'> {
  return {
    query: [['uploadId', uploadId]],
    headers: { ...headers, 'content-type': 'application/xml' },
  };
}

function sizeOf(body: ByteRange | string | undefined): number {
  if (body === undefined) return 0;
  return typeof body === 'string' ? new TextEncoder().encode(body).length : body.size;
}
