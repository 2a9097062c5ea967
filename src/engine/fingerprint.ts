import { UploadError, unreadableFile } from '../errors.ts';
import { subtle, toHex } from '../oss/web-crypto.ts';
import type { UploadContext } from './context.ts';

const KIB = 1024;
/** Files up to this are taken whole. Bytes. */
const WHOLE = 256 * KIB;
/** Of the head and of the tail, where formats keep what tells files apart. Bytes. */
const EDGE = 64 * KIB;
/** Of each place in between. Bytes. */
const SAMPLE = 4 * KIB;
const SAMPLES = 15;

/** The fingerprint of an upload's file, taken when it is first asked for, and again where it could not be read. */
export function fingerprint(context: Pick<UploadContext, 'file' | 'fingerprint'>): Promise<string> {
  context.fingerprint ??= fingerprintOf(context.file).catch((error: unknown) => {
    context.fingerprint = undefined;
    throw error;
  });
  return context.fingerprint;
}

/**
 * A digest of samples of a file: its size, head, tail and places between, the middle among them. It finds the session
 * of a file that is picked again without reading gigabytes; it does not prove that the rest is equal.
 *
 * @throws UploadError of kind `source` when the file cannot be read.
 */
export async function fingerprintOf(file: Blob): Promise<string> {
  const size = new TextEncoder().encode(`${file.size}\n`);
  try {
    const bytes = await new Blob([size, ...samplesOf(file)]).arrayBuffer();
    return toHex(await subtle().digest('SHA-256', bytes));
  } catch (cause) {
    if (cause instanceof UploadError) throw cause;
    throw unreadableFile(cause);
  }
}

function samplesOf(file: Blob): Blob[] {
  if (file.size <= WHOLE) return [file];
  const samples = [file.slice(0, EDGE), file.slice(file.size - EDGE)];
  const step = (file.size - SAMPLE) / (SAMPLES + 1);
  for (let index = 1; index <= SAMPLES; index += 1) {
    const start = Math.floor(index * step);
    samples.push(file.slice(start, start + SAMPLE));
  }
  return samples;
}
