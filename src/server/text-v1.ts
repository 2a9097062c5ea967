import { isSignedByV1 } from '../oss/signature-v1.ts';

// V1 signs `/bucket/key?name=value&name=value`, decoded. With `?` or `&` within the pieces one text would stand for several
// requests, and who has the one signed could send the other.

/** Whether V1 signs this key, and none but it. */
export function isKeyForV1(key: string): boolean {
  return !key.includes('?');
}

/** The name of a query that V1 cannot sign so that it stands for nothing else; undefined when there is none. */
export function unfitForV1(query: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(query).find(
    (name) => isSignedByV1(name) && /[&?]/.test(`${name}${query[name]}`),
  );
}
