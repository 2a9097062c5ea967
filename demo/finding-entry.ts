import type { Finding, Fix, Severity } from '../src/diagnose/index.ts';
import { createCopyButton } from './copy-button.ts';
import { create } from './dom.ts';
import { createFacts } from './facts.ts';

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Good to know',
};

/** A finding as a person reads it: what is wrong, what was seen, what to do, what to set. */
export function createFindingEntry(finding: Finding): HTMLElement {
  const { id, severity, title, evidence, advice, fix = [] } = finding;
  return create(
    'li',
    { class: 'card finding', 'data-testid': 'finding', 'data-id': id, 'data-severity': severity },
    create('p', { class: 'status' }, SEVERITY_WORDS[severity]),
    create('h3', {}, ...createWords(title)),
    createFacts({ class: 'facts' }, [
      ['Seen', createProse(evidence)],
      ['What to do', createProse(advice)],
    ]),
    ...fix.map(createFix),
  );
}

function createProse(text: string): HTMLElement {
  return create('span', {}, ...createWords(text));
}

/** What stands between backticks is a name in code. */
function createWords(text: string): (HTMLElement | string)[] {
  return text
    .split('`')
    .map((piece, index) => (index % 2 === 0 ? piece : create('code', { class: 'code' }, piece)));
}

function createFix({ where, text }: Fix): HTMLElement {
  const copy = createCopyButton('Copy', text, { 'aria-label': `Copy: ${where}` });
  return create(
    'figure',
    { class: 'fix' },
    create('figcaption', {}, createProse(where), copy),
    // What is long scrolls, and so must be reachable by the keyboard.
    create('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': where }, text),
  );
}
