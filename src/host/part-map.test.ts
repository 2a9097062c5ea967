import { expect, test } from 'vitest';
import { packParts, unpackParts } from './part-map.ts';

test('a map of parts is what it was', () => {
  const terabytes = 48.8 * 1024 ** 4;
  const parts = [
    { partNumber: 1, offset: 0, size: 102_400, state: 'confirmed', isRetried: true },
    { partNumber: 2, offset: 102_400, size: 307_200, state: 'in-flight', isRetried: false },
    {
      partNumber: 10_000,
      offset: Math.floor(terabytes),
      size: 1,
      state: 'waiting',
      isRetried: false,
    },
  ] as const;
  expect(unpackParts(packParts(parts))).toEqual(parts);
  expect(unpackParts(packParts([]))).toEqual([]);
});
