import { quote } from '../oss/names.ts';
import { checkCallback, isHeaderValue } from './signing-options.ts';
import { SigningRefusal } from './signing-refusal.ts';

/** The operations that an upload needs, by OSS's own names; nothing else is signed. */
export type UploadOperation =
  | 'InitiateMultipartUpload'
  | 'UploadPart'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'PutObject'
  | 'HeadObject';

/** What tells an operation from others, and what it may bring. */
interface Shape {
  readonly operation: UploadOperation;
  readonly method: string;
  /** Names of the query that it must have. */
  readonly needs: readonly string[];
  /** Names of the query that it may have. */
  readonly takes: readonly string[];
  /** Headers that it may have without permission; undefined where none make sense. */
  readonly headers: RegExp | undefined;
}

const PART_HEADERS = /^content-(type|md5)$/;
const COMPLETE_HEADERS = /^(content-(type|md5)|x-oss-forbid-overwrite)$/;
const OBJECT_HEADERS =
  /^(content-(type|md5|disposition|encoding|language)|cache-control|expires|x-oss-forbid-overwrite|x-oss-meta-[a-z\d-]+)$/;

const SHAPES: readonly Shape[] = [
  {
    operation: 'InitiateMultipartUpload',
    method: 'POST',
    needs: ['uploads'],
    takes: ['encoding-type'],
    headers: OBJECT_HEADERS,
  },
  {
    operation: 'UploadPart',
    method: 'PUT',
    needs: ['partNumber', 'uploadId'],
    takes: [],
    headers: PART_HEADERS,
  },
  {
    operation: 'ListParts',
    method: 'GET',
    needs: ['uploadId'],
    takes: ['encoding-type', 'max-parts', 'part-number-marker'],
    headers: undefined,
  },
  {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    needs: ['uploadId'],
    takes: ['encoding-type'],
    headers: COMPLETE_HEADERS,
  },
  {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    needs: ['uploadId'],
    takes: [],
    headers: undefined,
  },
  { operation: 'PutObject', method: 'PUT', needs: [], takes: [], headers: OBJECT_HEADERS },
  { operation: 'HeadObject', method: 'HEAD', needs: [], takes: [], headers: undefined },
];

/** What the values of a query must be like. */
const QUERY_VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  uploads: (value) => value === '',
  uploadId: (value) => /^[\x21-\x7e]{1,256}$/.test(value),
  partNumber: isNumber(1, 10_000),
  'encoding-type': (value) => value === 'url',
  'max-parts': isNumber(1, 1000),
  'part-number-marker': isNumber(0, 10_000),
};

/** What only the signer or the sender writes, and what would make an upload a copy of some other object. */
const NEVER_PERMITTED =
  /^(authorization|date|host|content-length|x-oss-(date|security-token|content-sha256|copy-source.*))$/;

/** @throws TypeError naming the option. */
export function checkPermittedHeaders(names: unknown): ReadonlySet<string> {
  if (!Array.isArray(names)) throw new TypeError('Expected `permittedHeaders` to be a list.');
  return new Set(
    names.map((name: unknown) => {
      const lower = typeof name === 'string' ? name.toLowerCase() : '';
      if (isToken(lower) && !NEVER_PERMITTED.test(lower)) return lower;
      throw new TypeError(
        `Expected \`permittedHeaders\` to name headers that a page may send; got ${quote(name)}.`,
      );
    }),
  );
}

export interface UploadRequestLine {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The operation that a request is.
 *
 * @throws SigningRefusal for any other, and for values and headers that it cannot have.
 */
export function recognise(
  { method, query, headers }: UploadRequestLine,
  permitted: ReadonlySet<string>,
): UploadOperation {
  const names = Object.keys(query);
  const shape = SHAPES.find(
    ({ method: expected, needs, takes }) =>
      method === expected &&
      needs.every((name) => names.includes(name)) &&
      names.every((name) => needs.includes(name) || takes.includes(name)),
  );
  if (shape === undefined) {
    const given = names.length === 0 ? 'no query' : `the query ${names.map(quote).join(', ')}`;
    throw new SigningRefusal(
      'OperationNotAllowed',
      `Only the operations of an upload are signed; got ${quote(method)} with ${given}.`,
    );
  }
  for (const [name, value] of Object.entries(query)) {
    if (QUERY_VALUES[name]?.(value) === true) continue;
    throw new SigningRefusal('InvalidQuery', `The query has no good value for ${quote(name)}.`);
  }
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value, shape, permitted);
  return shape.operation;
}

function checkHeader(
  name: string,
  value: string,
  shape: Shape,
  permitted: ReadonlySet<string>,
): void {
  if (!isToken(name)) {
    throw new SigningRefusal(
      'InvalidHeader',
      `Names of headers are expected in lower case; got ${quote(name)}.`,
    );
  }
  if (shape.headers?.test(name) !== true && !(shape.headers !== undefined && permitted.has(name))) {
    throw new SigningRefusal(
      'HeaderNotAllowed',
      `${shape.operation} is not signed with the header ${quote(name)}.`,
    );
  }
  if (!isHeaderValue(value) || value.trim() !== value || !isGoodValue(name, value)) {
    throw new SigningRefusal('InvalidHeader', `The header ${quote(name)} has no good value.`);
  }
}

function isGoodValue(name: string, value: string): boolean {
  if (name === 'content-md5') return /^[A-Za-z\d+/]{22}==$/.test(value);
  if (name === 'x-oss-forbid-overwrite') return value === 'true' || value === 'false';
  if (name === 'x-oss-callback' || name === 'x-oss-callback-var') return isCallback(name, value);
  return true;
}

function isCallback(name: string, value: string): boolean {
  try {
    checkCallback(name, value);
    return true;
  } catch {
    return false;
  }
}

function isToken(name: string): boolean {
  return /^[!#$%&'*+.^`|~\w-]+$/.test(name) && name === name.toLowerCase();
}

function isNumber(least: number, most: number): (value: string) => boolean {
  return (value) =>
    /^(0|[1-9]\d{0,4})$/.test(value) && Number(value) >= least && Number(value) <= most;
}
