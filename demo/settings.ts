const KIB = 1024;

/** What the form sets, as the library wants it. */
export interface Settings {
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
  const read = (name: string): number => {
    const input = form.elements.namedItem(name);
    if (!(input instanceof HTMLInputElement)) throw new TypeError(`Expected an input ${name}.`);
    input.value = query.get(name) ?? input.defaultValue;
    return Number(query.get(name) ?? input.defaultValue);
  };
  return {
    partSize: read('part-kib') * KIB,
    concurrency: read('concurrency'),
    stall: read('stall-seconds') * 1000,
  };
}
