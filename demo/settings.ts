import { isWay, type Way } from './app-client.ts';

const KIB = 1024;

/** What the form sets, as the library wants it. */
export interface Settings {
  readonly way: Way;
  /** Whether OSS tells the app's server of each upload. */
  readonly hasCallback: boolean;
  /** Bytes. */
  readonly partSize: number;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly stall: number;
}

/**
 * Reads the settings from the page's address, where the form puts them, and shows them in the form. They are not
 * checked here: the library does, and says what is wrong.
 */
export function readSettings(form: HTMLFormElement, search: string): Settings {
  const query = new URLSearchParams(search);
  const find = <Kind extends Element>(name: string, kind: new () => Kind): Kind => {
    const element = form.elements.namedItem(name);
    if (!(element instanceof kind)) throw new TypeError(`Expected ${name} to be a ${kind.name}.`);
    return element;
  };
  const read = (name: string): number => {
    const input = find(name, HTMLInputElement);
    input.value = query.get(name) ?? input.defaultValue;
    return Number(query.get(name) ?? input.defaultValue);
  };
  const way = find('way', HTMLSelectElement);
  const callback = find('callback', HTMLInputElement);
  way.value = query.get('way') ?? way.value;
  callback.checked = query.has('callback');
  if (!isWay(way.value)) throw new TypeError('Expected `way` to be sts, signer or form.');
  return {
    way: way.value,
    hasCallback: callback.checked,
    partSize: read('part-kib') * KIB,
    concurrency: read('concurrency'),
    stall: read('stall-seconds') * 1000,
  };
}
