import { describe, expect, it } from 'vitest';
import { pairedRatio, rotated, summarize } from './statistics.ts';

describe('summarize', () => {
  it('takes the middle of an odd count', () => {
    expect(summarize([9, 1, 4])).toEqual({ median: 4, least: 1, most: 9 });
  });

  it('takes the mean of the two in the middle of an even count', () => {
    expect(summarize([4, 10, 1, 2])).toEqual({ median: 3, least: 1, most: 10 });
  });

  it('refuses nothing at all', () => {
    expect(() => summarize([])).toThrow(RangeError);
  });
});

describe('pairedRatio', () => {
  it('compares within rounds, so that a round that was slow for both changes nothing', () => {
    const ours = new Map([
      [0, 11],
      [1, 110],
      [2, 12],
    ]);
    const theirs = new Map([
      [0, 10],
      [1, 100],
      [2, 10],
    ]);
    expect(pairedRatio(ours, theirs)?.median).toBeCloseTo(1.1);
  });

  it('leaves out rounds that one of them did not end', () => {
    const ours = new Map([
      [0, 5],
      [2, 30],
    ]);
    const theirs = new Map([
      [1, 1],
      [2, 10],
    ]);
    expect(pairedRatio(ours, theirs)).toEqual({ median: 3, least: 3, most: 3 });
  });

  it('says nothing where there is no pair', () => {
    expect(pairedRatio(new Map([[0, 1]]), new Map())).toBeUndefined();
  });
});

describe('rotated', () => {
  it('has everybody come first once', () => {
    const rounds = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''));
    expect(rounds).toEqual(['abc', 'bca', 'cab', 'abc']);
  });
});
