export type Severity = 'error' | 'warning' | 'info';

/** Something to set, as it stands. */
export interface Fix {
  /** What it is, and where it goes. */
  readonly where: string;
  /** To be copied. */
  readonly text: string;
}

/** One cause, in the words of the person who has to remove it. */
export interface Finding {
  /** A stable name, such as `cors-origin`. */
  readonly id: string;
  /** `error`: uploads fail by it. `warning`: they suffer. `info`: good to know. */
  readonly severity: Severity;
  readonly title: string;
  /** What was seen. */
  readonly evidence: string;
  /** What to do. */
  readonly advice: string;
  /** The exact thing to set; several forms of one thing, where there are several places to set it. */
  readonly fix?: readonly Fix[];
}

const RANKS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Collects findings, and what stays open. */
export class Report {
  readonly #findings: Finding[] = [];
  readonly #open: string[] = [];
  readonly #secrets: string[] = [];

  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** Something that could not be found out, as a sentence. */
  leaveOpen(sentence: string): void {
    this.#open.push(sentence);
  }

  /** Whatever a server or an app puts into its messages, these stay out of the report. */
  keepOut(...secrets: readonly (string | undefined)[]): void {
    for (const secret of secrets) if (secret !== undefined) this.#secrets.push(secret);
  }

  /** A text without those, and then cut: a secret that a cut goes through would not be known any more. */
  shorten(text: string, most: number): string {
    const clean = this.#clean(text);
    return clean.length > most ? `${clean.slice(0, most)}…` : clean;
  }

  /** Errors first. */
  findings(): Finding[] {
    const isWell = this.#findings.every(({ severity }) => severity === 'info');
    const open: Finding = {
      id: 'not-found-out',
      severity: 'info',
      title: 'Not everything can be found out from a page',
      evidence: this.#open.join(' '),
      advice: isWell
        ? 'Nothing has to be done about it; it is only not vouched for.'
        : 'Put right what stands above, and look again.',
    };
    const all = this.#open.length === 0 ? this.#findings : [...this.#findings, open];
    return all
      .toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity])
      .map((finding) => this.#withoutSecrets(finding));
  }

  #clean(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  }

  #withoutSecrets(finding: Finding): Finding {
    const clean = (text: string): string => this.#clean(text);
    const { id, severity, title, evidence, advice, fix } = finding;
    return {
      id,
      severity,
      title: clean(title),
      evidence: clean(evidence),
      advice: clean(advice),
      ...(fix === undefined
        ? {}
        : { fix: fix.map(({ where, text }) => ({ where, text: clean(text) })) }),
    };
  }
}
