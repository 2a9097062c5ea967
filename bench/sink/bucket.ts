import { crc64Of, etagOfParts, type Sums, sumsOf } from './sums.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Part {
  readonly size: number;
  readonly etag: string;
}

interface StoredObject extends Part {
  readonly crc64: string;
}

const PAGE = 1000;

/** What a bucket of OSS remembers of uploads: sizes and sums, which follow from the sizes, and no bytes. */
export class Bucket {
  readonly #uploads = new Map<string, Map<number, Part>>();
  readonly #objects = new Map<string, StoredObject>();
  #uploadCount = 0;

  initiate(key: string): Answer {
    this.#uploadCount += 1;
    const uploadId = `UPLOAD${String(this.#uploadCount).padStart(26, '0')}`;
    this.#uploads.set(uploadId, new Map());
    return xml(
      `<InitiateMultipartUploadResult><Bucket>bench</Bucket><Key>${key}</Key><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  putPart(uploadId: string, partNumber: number, size: number): Answer {
    const parts = this.#uploads.get(uploadId);
    if (parts === undefined) return failure(404, 'NoSuchUpload');
    const { md5, crc64 } = sumsOf(size);
    parts.set(partNumber, { size, etag: md5 });
    return { status: 200, headers: sumHeaders({ md5, crc64 }) };
  }

  listParts(uploadId: string, marker: number): Answer {
    const parts = this.#uploads.get(uploadId);
    if (parts === undefined) return failure(404, 'NoSuchUpload');
    const rest = [...parts].filter(([number]) => number > marker).toSorted(([a], [b]) => a - b);
    const listed = rest.slice(0, PAGE);
    const written = listed.map(
      ([number, { size, etag }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag><Size>${size}</Size><HashCrc64ecma>${sumsOf(size).crc64}</HashCrc64ecma></Part>`,
    );
    return xml(
      `<ListPartsResult><UploadId>${uploadId}</UploadId><NextPartNumberMarker>${listed.at(-1)?.[0] ?? 0}</NextPartNumberMarker><IsTruncated>${rest.length > PAGE}</IsTruncated>${written.join('')}</ListPartsResult>`,
    );
  }

  /** @param body the parts that the client names, as XML. */
  complete(key: string, uploadId: string, body: string): Answer {
    const parts = this.#uploads.get(uploadId);
    if (parts === undefined) return failure(404, 'NoSuchUpload');
    const named = [...body.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) =>
      parts.get(Number(number)),
    );
    const held = named.filter((part) => part !== undefined);
    if (held.length < named.length || held.length === 0) return failure(400, 'InvalidPart');
    const size = held.reduce((sum, part) => sum + part.size, 0);
    const etag = etagOfParts(held.map((part) => part.etag));
    const crc64 = crc64Of(size);
    this.#uploads.delete(uploadId);
    this.#objects.set(key, { size, etag, crc64 });
    const answer = xml(
      `<CompleteMultipartUploadResult><Location>http://localhost/${key}</Location><Bucket>bench</Bucket><Key>${key}</Key><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`,
    );
    return { ...answer, headers: { ...answer.headers, ...sumHeaders({ md5: etag, crc64 }) } };
  }

  abort(uploadId: string): Answer {
    return this.#uploads.delete(uploadId) ? { status: 204 } : failure(404, 'NoSuchUpload');
  }

  putObject(key: string, size: number): Answer {
    const { md5, crc64 } = sumsOf(size);
    this.#objects.set(key, { size, etag: md5, crc64 });
    return { status: 200, headers: sumHeaders({ md5, crc64 }) };
  }

  head(key: string): Answer {
    const object = this.#objects.get(key);
    if (object === undefined) return { status: 404 };
    const { size, etag, crc64 } = object;
    const headers = { ...sumHeaders({ md5: etag, crc64 }), 'content-length': String(size) };
    return { status: 200, headers };
  }

  /** Bytes of an object, if there is one. */
  sizeOf(key: string): number | undefined {
    return this.#objects.get(key)?.size;
  }
}

export function failure(status: number, code: string): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status };
}

/** No uploads that were begun before, for clients that ask. */
export function noUploads(): Answer {
  return xml(
    '<ListMultipartUploadsResult><Bucket>bench</Bucket><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>',
  );
}

function xml(body: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
  };
}

function sumHeaders({ md5, crc64 }: Sums): Record<string, string> {
  return { etag: `"${md5}"`, 'x-oss-hash-crc64ecma': crc64 };
}
