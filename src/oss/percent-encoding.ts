/** Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`, in upper-case hexadecimal, as V4 signatures want it. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The same for a key, whose slashes stay. */
export function percentEncodeKey(key: string): string {
  return key.split('/').map(percentEncode).join('/');
}

/** A query as pairs; no value for a bare name such as `uploads`. */
export type Query = readonly (readonly [name: string, value?: string | null | undefined])[];

/**
 * The query in its canonical form: encoded, sorted by encoded name in byte order, empty values without `=`.
 * The address of a request uses the same string, so that what is sent is what was signed.
 */
export function canonicalQuery(query: Query): string {
  return query
    .map(([name, value]) => [percentEncode(name), percentEncode(value ?? '')] as const)
    .toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
