import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { OssError } from '../errors.ts';
import type { RequestBody } from '../request-body.ts';
import type { FormLimits } from './form-limits.ts';

/** The fields of a form that stand before its file, by lower-case names; of fields with one name the last counts. */
export type FormFields = ReadonlyMap<string, string>;

/** The file of a form, as it comes in. */
export interface FormFile {
  readonly name: string;
  readonly contentType: string;
  readonly stream: Readable;
}

/** What is told of a form while it comes in. */
export interface FormReceiver {
  /** Every chunk of the whole body. */
  onChunk(chunk: Buffer): void;
  /** The file, with all fields before it. The form waits until its stream is read to the end. */
  onFile(fields: FormFields, file: FormFile): Promise<void>;
}

/**
 * Reads a form to its end. Fields after the file do not count. Throws RequestIsNotMultipartContent,
 * MalformedPOSTRequest, FieldItemTooLong, MaxPOSTPreDataLengthExceededError, IncorrectNumberOfFilesInPOSTRequest,
 * whatever `onFile` throws, and ClientLeft.
 */
export async function readForm(
  body: RequestBody,
  contentType: string | undefined,
  limits: FormLimits,
  receiver: FormReceiver,
): Promise<void> {
  const reading = new FormReading(createParser(contentType, limits), limits, receiver);
  await body.read((chunk) => reading.write(chunk));
  await reading.end();
}

function createParser(contentType: string | undefined, limits: FormLimits): BusboyInstance {
  if (!/^multipart\/form-data\b/i.test(contentType ?? ''))
    throw new OssError('RequestIsNotMultipartContent');
  try {
    return new Busboy({
      headers: { 'content-type': contentType ?? '' },
      // Browsers give the file a name; scripts may not.
      isPartAFile: (name, _type, filename) =>
        name?.toLowerCase() === 'file' || filename !== undefined,
      limits: { fieldSize: limits.fieldValue },
    });
  } catch {
    throw new OssError('MalformedPOSTRequest');
  }
}

/** A form on its way in. The first failure counts; what comes after it is not looked at. */
class FormReading {
  readonly #parser: BusboyInstance;
  readonly #limits: FormLimits;
  readonly #receiver: FormReceiver;
  readonly #fields = new Map<string, string>();
  /** Settles when the form has been parsed to its end, or has failed. */
  readonly #ended: Promise<void>;
  #fail: (error: unknown) => void = () => undefined;
  #isOver = false;
  #received = 0;
  #files = 0;

  constructor(parser: BusboyInstance, limits: FormLimits, receiver: FormReceiver) {
    this.#parser = parser;
    this.#limits = limits;
    this.#receiver = receiver;
    this.#ended = new Promise((resolve, reject) => {
      this.#fail = reject;
      parser.on('finish', resolve);
    });
    // Whoever writes is told; a failure between two chunks must not end the process.
    this.#ended.then(this.#settle, this.#settle);
    parser.on('error', () => this.#fail(new OssError('MalformedPOSTRequest')));
    parser.on('field', (name, value, _isNameCut, isValueCut) =>
      this.#onField(name, value, isValueCut),
    );
    parser.on('file', (name, stream, filename, _encoding, type) => {
      // A body that ends too early is told by the parser's own error.
      stream.on('error', () => undefined);
      this.#onFile(name, { name: filename ?? '', contentType: type, stream });
    });
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#isOver) return await this.#ended;
    // Nothing may stand before the first boundary: no client does that, and the parser does not always survive it.
    if (this.#received === 0 && !/^[-\r]/.test(chunk.toString('latin1', 0, 1)))
      throw new OssError('MalformedPOSTRequest');
    this.#received += chunk.length;
    this.#receiver.onChunk(chunk);
    const written = new Promise<void>((resolve) => {
      this.#parser.write(chunk, () => resolve());
    });
    await Promise.race([written, this.#ended]);
    if (this.#files === 0 && this.#received > this.#limits.beforeFile)
      throw new OssError('MaxPOSTPreDataLengthExceededError');
  }

  async end(): Promise<void> {
    this.#parser.end();
    await this.#ended;
    if (this.#files === 0) throw new OssError('IncorrectNumberOfFilesInPOSTRequest');
  }

  readonly #settle = (): void => {
    this.#isOver = true;
  };

  #onField(name: string | undefined, value: string, isValueCut: boolean): void {
    if (this.#files > 0) return;
    if (name === undefined) return this.#fail(new OssError('MalformedPOSTRequest'));
    if (isValueCut || Buffer.byteLength(name) > this.#limits.fieldName)
      return this.#fail(new OssError('FieldItemTooLong'));
    this.#fields.set(name.toLowerCase(), value);
  }

  #onFile(name: string | undefined, file: FormFile): void {
    this.#files++;
    if (this.#files === 1 && name?.toLowerCase() === 'file') {
      this.#receiver.onFile(this.#fields, file).catch(this.#fail);
      return;
    }
    file.stream.resume();
    this.#fail(new OssError('IncorrectNumberOfFilesInPOSTRequest'));
  }
}
