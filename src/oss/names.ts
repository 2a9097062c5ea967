const MAX_KEY_BYTES = 1023;
const encoder = new TextEncoder();

/**
 * Refuses a bucket name that OSS would refuse: 3 to 63 of `a-z 0-9 -`, the first and last no hyphen.
 *
 * @throws TypeError naming the option.
 */
export function checkBucket(bucket: unknown): string {
  if (typeof bucket === 'string' && /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) return bucket;
  throw new TypeError(
    `Expected \`bucket\` to be 3 to 63 of a-z, 0-9 and "-", not starting or ending with "-"; got ${quote(bucket)}.`,
  );
}

/**
 * Refuses a key that OSS would refuse, and one that a browser cannot address: URL parsing removes `.` and `..`
 * segments, so that the key sent would not be the key signed.
 *
 * @param option what it is called in messages.
 * @throws TypeError or RangeError naming the option.
 */
export function checkKey(key: unknown, option = 'key'): string {
  if (typeof key !== 'string' || key === '') {
    throw new TypeError(`Expected \`${option}\` to be a non-empty string; got ${quote(key)}.`);
  }
  const bytes = encoder.encode(key).length;
  if (bytes > MAX_KEY_BYTES) {
    throw new RangeError(
      `Expected \`${option}\` to be at most ${MAX_KEY_BYTES} bytes of UTF-8; got ${bytes}.`,
    );
  }
  if (/^[/\\]/.test(key)) {
    throw new TypeError(`Expected \`${option}\` not to start with "/" or "\\"; got ${quote(key)}.`);
  }
  if (key.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')) {
    throw new TypeError(
      `Expected \`${option}\` to have no "." or ".." segment; got ${quote(key)}.`,
    );
  }
  if (!isWellFormed(key)) {
    throw new TypeError(
      `Expected \`${option}\` to be well-formed text; got an unpaired surrogate.`,
    );
  }
  return key;
}

/** A value as a message shows it: strings in quotes and cut short, other things by their type. */
export function quote(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}

/** Whether it has no unpaired surrogate. */
// String.prototype.isWellFormed came to browsers only in 2023.
export function isWellFormed(text: string): boolean {
  try {
    encodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
