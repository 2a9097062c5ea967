import { isSameEtag } from '../oss/multipart-etag.ts';
import type { ConfirmedPart, HashAlgorithm } from '../ports.ts';
import type { UploadContext } from './context.ts';
import { compare } from './integrity.ts';
import { isLegal, type Layout, type PartRange, walk } from './plan.ts';
import type { Session } from './session.ts';

/**
 * The parts of a list that hold this file's bytes: those whose ETag or checksum is the one that we know, and of the
 * others, where they would fill a gap, those whose bytes in the file come to what the server says. So a part whose answer
 * was lost, or that the checkpoint missed, is kept.
 */
export async function proveListed(
  context: UploadContext,
  session: Session,
  listed: readonly ConfirmedPart[],
): Promise<ConfirmedPart[]> {
  const proven: ConfirmedPart[] = [];
  const doubtful: ConfirmedPart[] = [];
  for (const part of listed) {
    const known = session.parts.get(part.partNumber);
    const isKnown = known !== undefined && isSamePart(context, known, part);
    if (isKnown) proven.push({ ...known, etag: part.etag });
    else doubtful.push(part);
  }
  if (context.shared.integrity === 'none') return proven;
  const { gaps } = walk(session.layout, proven);
  for (const part of doubtful.filter((candidate) => liesIn(session.layout, candidate, gaps))) {
    const crc64 = await readCrc64(context, session.layout, part);
    if (crc64 === undefined) continue;
    proven.push({ ...part, crc64 });
    session.restored.delete(part.partNumber);
  }
  return proven;
}

/**
 * Reads the parts that an earlier page has sent out of the file that was picked now, and compares. Gives the numbers of
 * those that hold other bytes; all others are proven.
 *
 * @param over aborted when nobody waits for it any more.
 */
export async function findDiffering(
  context: UploadContext,
  session: Session,
  over: AbortSignal,
): Promise<number[]> {
  const { file, shared } = context;
  const differing: number[] = [];
  if (shared.integrity === 'none') return differing;
  for (const partNumber of session.restored) {
    if (over.aborted) return differing;
    const part = session.parts.get(partNumber);
    if (part !== undefined) {
      const stored = { etag: part.etag, crc64: part.crc64 };
      const digests = await read(
        context,
        session.layout,
        part,
        part.crc64 === undefined ? ['md5'] : ['crc64'],
      );
      // Another file was picked meanwhile: what was read says nothing of that.
      if (context.file !== file) return [];
      if (compare(digests, stored) === false) {
        // It stays unproven until it is sent again: the run may end before that, and the next one must know.
        differing.push(partNumber);
        continue;
      }
    }
    session.restored.delete(partNumber);
  }
  return differing;
}

/** Whether a part is one that could be held, and begins and ends within one of the gaps. */
function liesIn(layout: Layout, part: ConfirmedPart, gaps: readonly PartRange[]): boolean {
  if (!isLegal(layout, part)) return false;
  const start = (part.partNumber - 1) * layout.unit;
  const end = start + part.size;
  return gaps.some((gap) => gap.offset <= start && end <= gap.offset + gap.size);
}

function isSamePart(
  { shared }: UploadContext,
  known: ConfirmedPart,
  listed: ConfirmedPart,
): boolean {
  if (known.size !== listed.size) return false;
  if (known.etag !== '') return isSameEtag(known.etag, listed.etag);
  // Its ETag was hidden: without checksums its size has to do.
  if (shared.integrity === 'none') return true;
  return known.crc64 !== undefined && known.crc64 === listed.crc64;
}

async function readCrc64(
  context: UploadContext,
  layout: Layout,
  part: ConfirmedPart,
): Promise<string | undefined> {
  const digests = await read(context, layout, part, ['crc64', 'md5']);
  return compare(digests, part) === true ? digests.crc64 : undefined;
}

async function read(
  { shared, file, control }: UploadContext,
  { unit }: Layout,
  { partNumber, size }: ConfirmedPart,
  algorithms: readonly HashAlgorithm[],
): ReturnType<typeof shared.hasher.digest> {
  const range = { source: file, offset: (partNumber - 1) * unit, size };
  return await shared.hasher.digest(range, algorithms, control.signal);
}
