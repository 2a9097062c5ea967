import {
  type PostFields,
  type PostObjectEvent,
  type PostObjectOptions,
  type PostObjectProgress,
  type PostObjectResult,
  postObject,
} from '../../src/post-object/index.ts';
import { type FileSpec, makeFile } from './make-file.ts';
import { type Reported, type ReportedError, report } from './report.ts';

/** What a test hands to the page to post a form with. */
export interface StartForm
  extends Pick<PostObjectOptions, 'url' | 'callback' | 'retry' | 'timeout'> {
  readonly file: FileSpec;
  /** Given once and for all, or, in a list, one after the other as they are asked for. */
  readonly fields: PostFields | PostFields[];
}

export interface FormOutcome {
  readonly result?: PostObjectResult;
  readonly error?: ReportedError;
}

/** The page's side of the tests of forms, each by a name. */
export interface FormKit {
  start(name: string, form: StartForm): void;
  outcome(name: string): Promise<FormOutcome>;
  abort(name: string, reason: string): void;
  events(name: string): Reported<PostObjectEvent>[];
  progress(name: string): readonly PostObjectProgress[];
}

declare global {
  interface Window {
    forms: FormKit;
  }
}

interface Started {
  readonly outcome: Promise<FormOutcome>;
  readonly controller: AbortController;
  readonly events: PostObjectEvent[];
  readonly progress: PostObjectProgress[];
}

const started = new Map<string, Started>();

export const forms: FormKit = {
  start(name, { file, fields, ...options }) {
    const controller = new AbortController();
    const events: PostObjectEvent[] = [];
    const progress: PostObjectProgress[] = [];
    const outcome = postObject(makeFile(file), {
      ...options,
      fields: Array.isArray(fields) ? giver(fields) : fields,
      signal: controller.signal,
      onEvent: (event) => events.push(event),
      onProgress: (moment) => progress.push(moment),
    }).then(
      (result) => ({ result }),
      (reason: unknown) => ({ error: report(reason) }),
    );
    started.set(name, { outcome, controller, events, progress });
  },

  outcome: async (name) => await find(name).outcome,
  abort: (name, reason) => find(name).controller.abort(new Error(reason)),
  events: (name) =>
    find(name).events.map((event) =>
      'error' in event ? { ...event, error: report(event.error) } : event,
    ),
  progress: (name) => find(name).progress,
};

function giver(fields: readonly PostFields[]): () => Promise<PostFields> {
  let given = 0;
  return async () => {
    const next = fields[given];
    given += 1;
    if (next === undefined) throw new Error(`Fields were asked for ${given} times.`);
    return next;
  };
}

function find(name: string): Started {
  const found = started.get(name);
  if (found === undefined) throw new Error(`No form ${name} was started in this page.`);
  return found;
}
