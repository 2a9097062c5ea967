import { OssError } from '../errors.ts';

/** A parsed policy, or a part of it. */
export type PolicyValue =
  | string
  | number
  | boolean
  | null
  | readonly PolicyValue[]
  | { readonly [name: string]: PolicyValue };

/** What the character after a backslash stands for; `\$` is what JSON does not have. */
const ESCAPES: Readonly<Record<string, string>> = {
  '/': '/',
  '\\': '\\',
  '"': '"',
  $: '$',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const MAX_DEPTH = 32;

/**
 * Reads the text of a policy: JSON with one escape more, and errors of its own, which are why JSON.parse cannot be
 * asked (OSS Errors and Troubleshooting 2019-08-16, §3). Throws InvalidPolicyDocument.
 */
export function readPolicyJson(text: string): PolicyValue {
  const reader = new PolicyReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class PolicyReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PolicyValue {
    const character = this.#peek();
    if (depth > MAX_DEPTH) throw unknown(character);
    if (character === '{') return this.#object(depth);
    if (character === '[') return this.#array(depth);
    if (character === '"') return this.#string();
    return this.#scalar();
  }

  end(): void {
    if (this.#peek() !== '') throw unknown(this.#peek());
  }

  #object(depth: number): PolicyValue {
    const members: [string, PolicyValue][] = [];
    this.#at++;
    if (this.#take('}')) return {};
    do {
      if (this.#peek() !== '"') throw unknown(this.#peek());
      const name = this.#string();
      if (!this.#take(':')) throw invalid(': expected');
      members.push([name, this.value(depth + 1)]);
    } while (this.#take(','));
    if (!this.#take('}')) throw invalid(', or } expected');
    return Object.fromEntries(members);
  }

  #array(depth: number): PolicyValue {
    const items: PolicyValue[] = [];
    this.#at++;
    if (this.#take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw invalid(', or ] expected');
    return items;
  }

  #string(): string {
    let result = '';
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      const character = this.#text[this.#at];
      if (character === undefined) throw invalid('" expected');
      result += character === '\\' ? this.#escape() : character;
    }
    this.#at++;
    return result;
  }

  #escape(): string {
    const character = this.#text[++this.#at] ?? '';
    if (character !== 'u') {
      const meaning = ESCAPES[character];
      if (meaning === undefined) throw unknown(character);
      return meaning;
    }
    const digits = this.#text.slice(this.#at + 1, this.#at + 5);
    if (!/^[\da-f]{4}$/i.test(digits)) throw unknown('u');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #scalar(): PolicyValue {
    const [word = ''] = /^[\w.+-]*/.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
    const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(word);
    if (!isNumber && !['true', 'false', 'null'].includes(word)) throw unknown(this.#peek());
    this.#at += word.length;
    return JSON.parse(word) as PolicyValue;
  }

  /** The next character that is no blank; empty at the end. */
  #peek(): string {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

function unknown(character: string): OssError {
  return invalid(`unknown char ${character}`.trimEnd());
}

function invalid(what: string): OssError {
  return new OssError('InvalidPolicyDocument', {
    message: `Invalid Policy: Invalid JSON: ${what}`,
  });
}
