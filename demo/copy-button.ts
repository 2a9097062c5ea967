import { createButton, setText } from './dom.ts';

/** A button that copies a text, and says whether it could. */
export function createCopyButton(
  label: string,
  text: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const button = createButton(
    label,
    { class: 'small', 'aria-live': 'polite', ...attributes },
    () => {
      navigator.clipboard.writeText(text).then(
        () => setText(button, 'Copied'),
        () => setText(button, 'Copy it by hand'),
      );
    },
  );
  return button;
}
