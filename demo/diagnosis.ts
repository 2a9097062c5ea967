import type { Finding } from '../src/diagnose/index.ts';
import { setText } from './dom.ts';
import { createFindingEntry } from './finding-entry.ts';

export interface DiagnosisOptions {
  readonly button: HTMLButtonElement;
  readonly summary: HTMLElement;
  readonly list: HTMLElement;
  readonly diagnose: () => Promise<readonly Finding[]>;
}

/** The button that asks what is wrong, and its report. */
export function createDiagnosis({ button, summary, list, diagnose }: DiagnosisOptions): void {
  const label = button.textContent;
  // Not `disabled`, which would take the focus away from under the finger.
  const isBusy = (): boolean => button.getAttribute('aria-disabled') === 'true';
  const run = async (): Promise<void> => {
    if (isBusy()) return;
    button.setAttribute('aria-disabled', 'true');
    setText(button, 'Looking…');
    setText(summary, 'Trying what an upload needs. Half a minute at most.');
    try {
      const findings = await diagnose();
      list.replaceChildren(...findings.map(createFindingEntry));
      setText(summary, summaryWords(findings));
    } catch (error) {
      setText(summary, error instanceof Error ? error.message : String(error));
    } finally {
      setText(button, label);
      button.removeAttribute('aria-disabled');
    }
  };
  button.addEventListener('click', () => void run());
}

function summaryWords(findings: readonly Finding[]): string {
  const count = (wanted: Finding['severity']): number =>
    findings.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors + warnings === 0) return 'All is well, as far as a page can see.';
  const words = [
    ...(errors > 0 ? [errors === 1 ? '1 error' : `${errors} errors`] : []),
    ...(warnings > 0 ? [warnings === 1 ? '1 warning' : `${warnings} warnings`] : []),
  ];
  return `${words.join(', ')}.`;
}
