import { invalidArgument } from '../errors.ts';

/**
 * The names of the additional headers, which are none when there is no list. Throws InvalidArgument for a list that is
 * there but empty (OSS docs, "0002-00000209"), and for a name whose header the request does not have.
 */
export function requireAdditionalHeaders(
  list: string | undefined,
  headers: Readonly<Record<string, string>>,
  argument: string,
): string[] {
  if (list === undefined) return [];
  if (list === '')
    throw invalidArgument(argument, list, 'AdditionalHeaders is empty.', '0002-00000209');
  const names = list.split(';').map((name) => name.trim().toLowerCase());
  const absent = names.find((name) => !name.startsWith('x-oss-') && !(name in headers));
  if (absent === undefined) return names;
  const message = `The additional header ${absent} is not in the request.`;
  throw invalidArgument(argument, list, message);
}
