import { quote } from './names.ts';

/**
 * Refuses what is no whole number within bounds.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function checkInteger(option: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Expected \`${option}\` to be a whole number; got ${quote(value)}.`);
  }
  if (value < least || value > most) {
    throw new RangeError(`Expected \`${option}\` to be ${least} to ${most}; got ${value}.`);
  }
  return value;
}
