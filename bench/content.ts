import { open } from 'node:fs/promises';

/** The bench's files repeat so many bytes: a divisor of every offset at which a client may cut. */
const PERIOD = 1024;
const BLOCK = 1024 ** 2;

/**
 * The first bytes of every file of the bench. They repeat every KiB, so that what lies between two cuts depends on its
 * length alone, and the sink knows the sums of every part without reading it.
 */
export function firstBytes(size: number): Buffer {
  return Buffer.alloc(size, PATTERN);
}

/** Writes a file of the bench to disk. */
export async function writeContent(path: string, size: number): Promise<void> {
  const block = firstBytes(BLOCK);
  const file = await open(path, 'w');
  for (let left = size; left > 0; left -= BLOCK) await file.write(block, 0, Math.min(left, BLOCK));
  await file.close();
}

/** One period, of bytes without order, the same in every process. */
export const PATTERN: Buffer = Buffer.alloc(PERIOD);

let state = 0x9e3779b9;
for (let index = 0; index < PERIOD; index++) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  PATTERN[index] = state & 255;
}
