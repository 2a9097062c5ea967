import type { Page } from '@playwright/test';
import type { Emulator } from '../emulator/index.ts';
import type { PostObjectEvent, PostObjectProgress } from '../src/post-object/index.ts';
import type { FormOutcome, StartForm } from './page/forms.ts';
import type { ReportedError } from './page/report.ts';
import { BUCKET } from './tab.ts';

const NAME = 'form';

/** One tab with the test page in it, that posts one form. */
export class FormTab {
  readonly page: Page;
  readonly #emulator: Emulator;

  constructor(page: Page, emulator: Emulator) {
    this.page = page;
    this.#emulator = emulator;
  }

  /** Loads the page and starts the form. */
  async start(form: Omit<StartForm, 'url'>): Promise<void> {
    await this.page.goto(process.env['TEST_PAGE'] ?? '');
    const given = { url: `${this.#emulator.origin}/${BUCKET}`, ...form };
    await this.page.evaluate(([name, options]) => window.forms.start(name, options), [
      NAME,
      given,
    ] as const);
  }

  async post(form: Omit<StartForm, 'url'>): Promise<FormOutcome> {
    await this.start(form);
    return await this.outcome();
  }

  async outcome(): Promise<FormOutcome> {
    return await this.page.evaluate((name) => window.forms.outcome(name), NAME);
  }

  /** Waits for the form's failure. */
  async failure(): Promise<ReportedError> {
    const { error } = await this.outcome();
    if (error === undefined) throw new Error('The form was expected to fail; it succeeded.');
    return error;
  }

  async abort(reason: string): Promise<void> {
    await this.page.evaluate(([name, why]) => window.forms.abort(name, why), [
      NAME,
      reason,
    ] as const);
  }

  async eventTypes(): Promise<PostObjectEvent['type'][]> {
    return await this.page.evaluate(
      (name) => window.forms.events(name).map(({ type }) => type),
      NAME,
    );
  }

  async progress(): Promise<readonly PostObjectProgress[]> {
    return await this.page.evaluate((name) => window.forms.progress(name), NAME);
  }
}
