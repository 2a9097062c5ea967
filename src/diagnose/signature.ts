/** The first thing that the server read otherwise than it was sent. */
export interface Difference {
  /** Such as "the header content-type". */
  readonly field: string;
  /** Empty for what was not there; nothing where it must not be shown. */
  readonly sent: string | undefined;
  readonly received: string | undefined;
}

/** What was signed here. V1 has no canonical request: all is in one text. */
export interface OurView {
  readonly canonicalRequest?: string;
  readonly stringToSign: string;
}

/** What the server says that it has signed, as far as it says. */
export interface ServerView {
  readonly canonicalRequest: string | undefined;
  readonly stringToSign: string | undefined;
}

/** Compares field by field; undefined when all that can be compared is the same. */
export function firstDifference(ours: OurView, theirs: ServerView): Difference | undefined {
  if (ours.canonicalRequest === undefined) {
    return pick(fieldsV1(ours.stringToSign), theirs.stringToSign, fieldsV1);
  }
  return (
    pick(requestFields(ours.canonicalRequest), theirs.canonicalRequest, requestFields) ??
    pick(scopeFields(ours.stringToSign), theirs.stringToSign, scopeFields)
  );
}

type Fields = ReadonlyMap<string, string>;

function pick(
  ours: Fields,
  text: string | undefined,
  read: (text: string) => Fields,
): Difference | undefined {
  if (text === undefined || text === '') return undefined;
  const theirs = read(text);
  const field = [...new Set([...ours.keys(), ...theirs.keys()])].find(
    (name) => (ours.get(name) ?? '') !== (theirs.get(name) ?? ''),
  );
  if (field === undefined) return undefined;
  const isSecret = field.includes('security-token');
  return {
    field,
    sent: isSecret ? undefined : (ours.get(field) ?? ''),
    received: isSecret ? undefined : (theirs.get(field) ?? ''),
  };
}

// Method, address, query, headers each on its line, an empty line, names of additional headers, hash of the content.
function requestFields(text: string): Fields {
  const [method = '', uri = '', query = '', ...rest] = text.replaceAll('\r', '').split('\n');
  const end = rest.indexOf('');
  const headers = (end < 0 ? rest : rest.slice(0, end)).map(headerField);
  const [additional = '', hash = ''] = end < 0 ? [] : rest.slice(end + 1);
  return new Map([
    ['the method', method],
    ['the bucket and key', uri],
    ['the query', query],
    ...headers,
    ['the list of additional headers', additional],
    ['the hash of the content', hash],
  ]);
}

// Method, Content-MD5, Content-Type and date, each on its line, headers of OSS, bucket and key with the query.
function fieldsV1(text: string): Fields {
  const [method = '', md5 = '', type = '', date = '', ...rest] = text
    .replaceAll('\r', '')
    .split('\n');
  const resource = rest.findIndex((line) => line.startsWith('/'));
  const [uri = '', ...query] = rest.slice(resource).join('\n').split('?');
  return new Map([
    ['the method', method],
    ['the bucket and key', uri],
    ['the query', query.join('?')],
    ['the header content-md5', md5],
    ['the header content-type', type],
    ...rest.slice(0, resource).map(headerField),
    ['the date', date],
  ]);
}

function headerField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [`the header ${line.slice(0, colon)}`, line.slice(colon + 1)];
}

// The last line is the hash of the request above.
function scopeFields(text: string): Fields {
  const [algorithm = '', date = '', scope = ''] = text.replaceAll('\r', '').split('\n');
  const [day = '', region = '', product = ''] = scope.split('/');
  return new Map([
    ['the algorithm', algorithm],
    ['the date', date],
    ['the day of the credential', day],
    ['the region', region],
    ['the product', product],
  ]);
}
