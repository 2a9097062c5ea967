import { expect, test } from 'vitest';
import { duration } from './identity.ts';

test.each([
  [20_000, 'less than a minute'],
  [47 * 60_000, '47 min'],
  [2 * 3_600_000, '2 h'],
  [125 * 60_000, '2 h 5 min'],
  [26 * 3_600_000, '1 d 2 h'],
  [365 * 86_400_000, '365 d'],
])('%i ms are %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});
