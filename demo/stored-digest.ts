import type { UploadResult } from '../src/index.ts';
import { create, createButton, setText } from './dom.ts';
import type { EmulatorClient } from './emulator-client.ts';
import { formatBytes } from './format.ts';

/** Web Crypto wants all bytes at once, and browsers end at about 2 GB. */
const LARGEST = 2_000_000_000;
const LARGE = 200_000_000;

export interface StoredDigest {
  readonly element: HTMLElement;
  /** The object is there: it can be compared now. */
  offer(result: UploadResult): void;
}

/** Compares the SHA-256 of what is stored with the file's own, when asked. */
export function createStoredDigest(file: File, emulator: EmulatorClient): StoredDigest {
  const words = create('span', { 'data-testid': 'sha256', 'aria-live': 'polite' }, '–');
  const element = create('span', { class: 'digest' }, words);

  const compare = async ({ bucket, key }: UploadResult): Promise<void> => {
    words.hidden = false;
    setText(words, `Reading ${formatBytes(file.size)}…`);
    try {
      const [own, objects] = await Promise.all([sha256(file), emulator.objects()]);
      const stored = objects.find((object) => object.bucket === bucket && object.key === key);
      const isSame = stored?.sha256 === own;
      setText(words, isSame ? 'Same' : 'Different: stored, and the file’s own');
      const digests = isSame ? [own] : [stored?.sha256 ?? 'no such object', own];
      element.append(...digests.map((digest) => create('span', { class: 'code' }, digest)));
      element.dataset['verdict'] = isSame ? 'same' : 'different';
    } catch (error) {
      setText(words, `Could not be compared: ${String(error)}`);
    }
  };

  return {
    element,
    offer: (result) => {
      if (file.size > LARGEST) {
        setText(words, `Not here: ${formatBytes(file.size)} do not fit into the page's memory`);
        return;
      }
      const cost = file.size > LARGE ? ` (reads ${formatBytes(file.size)} into memory)` : '';
      const button = createButton(
        `Compare with the file${cost}`,
        { 'data-testid': 'compare-sha256', class: 'small' },
        () => {
          button.remove();
          void compare(result);
        },
      );
      words.hidden = true;
      element.append(button);
    },
  };
}

async function sha256(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
