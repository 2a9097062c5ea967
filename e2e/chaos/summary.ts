import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import type { TabReport } from './soak.ts';
import { MOST_WASTED } from './verify.ts';

/** Adds up what the tabs report, and prints it at the end. */
class Summary implements Reporter {
  readonly #reports: TabReport[] = [];
  readonly #began = performance.now();

  onTestEnd(_test: TestCase, { attachments }: TestResult): void {
    for (const { name, body } of attachments) {
      if (name === 'report' && body !== undefined) this.#reports.push(JSON.parse(body.toString()));
    }
  }

  async onEnd({ status }: FullResult): Promise<Pick<FullResult, 'status'>> {
    const uploads = this.#reports.flatMap((report) => report.uploads);
    const total = (of: (report: TabReport) => number): number =>
      this.#reports.reduce((sum, report) => sum + of(report), 0);
    const bytes = (name: 'size' | 'received' | 'wasted'): number =>
      uploads.reduce((sum, upload) => sum + upload[name], 0);
    const wasted = bytes('wasted') / Math.max(1, bytes('size'));
    const [requests, faulty] = [total((tab) => tab.requests), total((tab) => tab.faulty)];
    const rows = [
      [
        'seeds',
        this.#reports
          .map(({ seed }) => seed)
          .toSorted((a, b) => a - b)
          .join(' '),
      ],
      ['uploads', uploads.length],
      ['files', megabytes(bytes('size'))],
      ['received', megabytes(bytes('received'))],
      ['wasted', `${megabytes(bytes('wasted'))}, ${(wasted * 100).toFixed(2)} %`],
      ['requests', `${requests}, ${((faulty / requests) * 100).toFixed(1)} % with a fault`],
      ...Object.entries(this.#happened()).toSorted(([, a], [, b]) => b - a),
      ['slowest tab', seconds(Math.max(0, ...this.#reports.map((tab) => tab.milliseconds)))],
      ['all tabs', seconds(total((tab) => tab.milliseconds))],
      ['time', seconds(performance.now() - this.#began)],
    ];
    const lines = rows.map(([name, value]) => `${String(name).padEnd(14)} ${value}`);
    process.stdout.write(`\n${lines.join('\n')}\n`);
    return { status: wasted >= MOST_WASTED ? 'failed' : status };
  }

  #happened(): Record<string, number> {
    const all: Record<string, number> = {};
    for (const { happened } of this.#reports) {
      for (const [name, count] of Object.entries(happened)) all[name] = (all[name] ?? 0) + count;
    }
    return all;
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

// Playwright takes the default export of a reporter's file.
export { Summary as default };
