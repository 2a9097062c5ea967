import type { Endpoint } from './endpoint.ts';
import { canonicalQuery, percentEncodeKey, type Query } from './percent-encoding.ts';

/** The address of an object. */
export function objectUrl({ base }: Pick<Endpoint, 'base'>, key: string, query: Query): string {
  const search = canonicalQuery(query);
  return `${base}/${percentEncodeKey(key)}${search === '' ? '' : `?${search}`}`;
}
