import type { PartView } from '../events.ts';

/** The map of the parts in a form that crosses at no cost to the page, which reads it only when it is asked for. */
export type PackedParts = Float64Array;

const STATES = ['waiting', 'in-flight', 'confirmed'] as const;
/** Numbers for each part: its own, its offset, its size, its state, whether it was retried. */
const WIDTH = 5;

export function packParts(parts: readonly PartView[]): PackedParts {
  const packed = new Float64Array(parts.length * WIDTH);
  for (const [index, { partNumber, offset, size, state, isRetried }] of parts.entries()) {
    const numbers = [partNumber, offset, size, STATES.indexOf(state), Number(isRetried)];
    packed.set(numbers, index * WIDTH);
  }
  return packed;
}

export function unpackParts(packed: PackedParts): readonly PartView[] {
  return Array.from({ length: packed.length / WIDTH }, (_part, index) => {
    const numbers = packed.subarray(index * WIDTH, (index + 1) * WIDTH);
    const [partNumber = 0, offset = 0, size = 0, state = 0, isRetried] = numbers;
    return {
      partNumber,
      offset,
      size,
      state: STATES[state] ?? 'waiting',
      isRetried: isRetried === 1,
    };
  });
}
