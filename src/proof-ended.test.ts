import { beforeEach, expect, test } from 'vitest';
import { loadHashing } from './platform/load-hashing.ts';
import { errorAnswer } from './testing/fake-oss.ts';
import { fileOf, KEY, SECOND, UNIT, World } from './testing/world.ts';
import { sleep } from './waiting.ts';

let world: World;

beforeEach(() => {
  world = new World();
});

/** Has every reading take a second, and tells of them. */
function slowHashing(): { readonly read: string[] } {
  const read: string[] = [];
  world.loadHashing = async () => {
    const hasher = (await loadHashing()).createHasher();
    return {
      createHasher: () => ({
        async digest(range, algorithms, signal) {
          read.push(`${range.offset / UNIT}+${range.size / UNIT}`);
          await sleep(world.clock, SECOND, signal ?? new AbortController().signal);
          return await hasher.digest(range, algorithms, signal);
        },
      }),
    };
  };
  return { read };
}

test('what an earlier page has sent of an upload that is gone is read no further', async () => {
  const file = fileOf(12 * UNIT);
  await world.uploadSome(file, 10);
  const { read } = slowHashing();
  world.oss.interfere = ({ operation, process, partNumber }) => {
    if (operation === 'part' && partNumber === 11 && world.oss.uploads.has('upload-1'))
      world.oss.uploads.delete('upload-1');
    return process();
  };
  const upload = world.openPage().upload(file, { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  await world.clock.advance(30 * SECOND);
  expect(read.filter((range) => range.endsWith('+1')).length).toBeLessThan(3);
});

test('what an earlier page has sent is read once where the upload is opened again', async () => {
  const file = fileOf(12 * UNIT);
  await world.uploadSome(file, 10);
  const { read } = slowHashing();
  let isBroken = false;
  world.oss.interfere = async ({ operation, process, partNumber }) => {
    if (operation === 'part' && partNumber === 11 && !isBroken) {
      isBroken = true;
      return errorAnswer(400, 'InvalidPart', 11);
    }
    return await process();
  };
  const upload = world.openPage().upload(file, { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  const parts = read.filter((range) => range.endsWith('+1'));
  expect(parts.filter((range, index) => parts.indexOf(range) < index).length).toBeLessThan(2);
});
