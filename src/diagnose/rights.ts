import type { Credentials } from '../oss/credentials.ts';
import { explain } from '../oss/error-codes/index.ts';
import { childText, readXml } from '../oss/xml.ts';
import { BARE, exposureFinding, surveyCors } from './cors.ts';
import { keyKind, leastPolicy } from './credentials.ts';
import type { Examination } from './examination.ts';
import type { Finding, Report } from './finding.ts';
import { policyFix } from './fixes.ts';
import { notOss } from './foreign-answer.ts';
import { LIST_NOTHING, unexplained } from './identity.ts';
import type { Answer, Outcome, Probe } from './prober.ts';
import { noAnswer } from './reachability.ts';
import { isDenied, refusalFinding } from './refusals.ts';
import { type NeededRight, RIGHTS } from './rights-needed.ts';

const LIFECYCLE = 'A lifecycle rule for unfinished uploads removes it.';

/** An answer, with the right that it was about. */
interface Tried {
  readonly right: NeededRight;
  readonly method: Probe['method'];
  readonly answer: Answer;
}

/** How long an Abort may take, even when the time for the diagnosis is over. Milliseconds. */
const TIDY_TIMEOUT = 3000;

/** Thrown to end the trial: what there was to say has been said. */
class Ended extends Error {}

/**
 * Goes the way of an upload up to its last step and back: Initiate, a part of one byte, ListParts, Abort. An upload is
 * begun only where it can be aborted, so that nothing stays behind; else the rights are asked about with an upload that
 * there is not, which OSS refuses for want of a right first.
 */
export async function examineRights(examination: Examination): Promise<boolean> {
  const { credentials, report } = examination;
  if (credentials === undefined) return false;
  const trial = new Trial(examination, credentials);
  try {
    await trial.run();
  } catch (reason) {
    if (!(reason instanceof Ended)) throw reason;
    return false;
  }
  const missing = trial.missing();
  if (missing !== undefined) report.add(missing);
  const hidden = trial.hiddenHeaders();
  if (hidden.length > 0) report.add(exposureFinding(examination.prober.endpoint.bucket, hidden));
  return true;
}

class Trial {
  readonly #examination: Examination;
  readonly #credentials: Credentials;
  readonly #tried: Tried[] = [];

  constructor(examination: Examination, credentials: Credentials) {
    this.#examination = examination;
    this.#credentials = credentials;
  }

  async run(): Promise<void> {
    const { report } = this.#examination;
    await this.#try(RIGHTS.list, LIST_NOTHING);
    const abort = await this.#try(RIGHTS.abort, BARE.DELETE);
    if (isDenied(abort.error)) {
      await this.#try(RIGHTS.put, BARE.PUT);
      report.leaveOpen(
        'Whether a part is stored: no upload was begun, since it could not have been aborted.',
      );
    } else {
      await this.#roundTrip();
    }
    await this.#try(RIGHTS.head, BARE.HEAD);
  }

  async #roundTrip(): Promise<void> {
    const initiated = await this.#try(RIGHTS.put, {
      operation: 'InitiateMultipartUpload',
      method: 'POST',
      query: [['uploads']],
      headers: { 'content-type': 'application/octet-stream' },
    });
    if (initiated.error !== undefined) return;
    const { response } = initiated;
    const uploadId = childText(readXml(response.body), 'UploadId') ?? '';
    // With no id in it, the request for a part would be one for an object.
    if (uploadId === '') this.#end(notOss(new URL(response.url).origin, response));
    const ofUpload = ['uploadId', uploadId] as const;
    const body = { source: new Blob(['.']), offset: 0, size: 1 };
    try {
      const query = [['partNumber', '1'], ofUpload] as const;
      await this.#try(RIGHTS.put, { operation: 'UploadPart', method: 'PUT', query, body });
      await this.#try(RIGHTS.list, { operation: 'ListParts', method: 'GET', query: [ofUpload] });
    } finally {
      await this.#abort({ ...BARE.DELETE, query: [ofUpload] });
    }
  }

  // A second time, should the first be lost: nothing is to stay behind.
  async #abort(probe: Probe): Promise<void> {
    const { prober, report } = this.#examination;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const outcome = await prober.send(probe, this.#credentials, TIDY_TIMEOUT);
      if (outcome.kind === 'answer' && (outcome.error?.status ?? 204) < 500) return;
    }
    report.leaveOpen(
      `Whether the open upload of ${prober.key} is gone: its Abort got no answer. ${LIFECYCLE}`,
    );
  }

  async #try(right: NeededRight, probe: Probe): Promise<Answer> {
    const outcome = await this.#examination.prober.send(probe, this.#credentials);
    const answer = await this.#answerOf(probe, outcome);
    const finding = await refusalFinding(this.#examination, this.#credentials, answer);
    if (finding !== undefined) this.#end(finding);
    this.#tried.push({ right, method: probe.method, answer });
    return answer;
  }

  async #answerOf(probe: Probe, outcome: Outcome): Promise<Answer> {
    if (outcome.kind === 'answer') return outcome;
    const { prober, report } = this.#examination;
    const isLate = outcome.kind === 'silent';
    if (!isLate && (await surveyCors(this.#examination))) throw new Ended();
    if (probe.operation === 'InitiateMultipartUpload') {
      report.leaveOpen(
        `Whether an upload of ${prober.key} was begun: the answer did not come. ${LIFECYCLE}`,
      );
    }
    this.#end(isLate ? noAnswer(`The endpoint, asked for ${probe.operation},`) : unexplained());
  }

  #end(finding: Finding): never {
    this.#examination.report.add(finding);
    throw new Ended();
  }

  /** One finding for all rights: they are one policy. */
  missing(): Finding | undefined {
    const denied = this.#tried.filter(({ answer }) => isDenied(answer.error));
    const rights = [...new Set(denied.map(({ right }) => right))];
    if (rights.length === 0) return undefined;
    const { prober, prefix, report } = this.#examination;
    const { message, advice } = reasonOf(report, denied);
    const granted = Object.values(RIGHTS).filter((right) => !rights.includes(right));
    return {
      id: 'rights',
      severity: rights.some(({ isVital }) => isVital) ? 'error' : 'warning',
      title: `The credentials may not ${rights.map(({ action }) => action).join(', ')}`,
      evidence: [
        `Denied for ${prober.key}: ${rights.map(({ action, use }) => `${action} (${use})`).join('; ')}.`,
        `Not denied: ${granted.map(({ action }) => action).join(', ') || 'nothing'}.`,
        `\`credentials\` gave ${keyKind(this.#credentials)}.`,
        message,
      ].join(' '),
      advice: `${advice} Where a policy covers one prefix only, name it: diagnose(uploader, { prefix: 'uploads/' }).`,
      fix: [
        leastPolicy(this.#examination),
        ...(granted.length === 0
          ? []
          : [
              {
                ...policyFix(
                  prober.endpoint.bucket,
                  prefix,
                  rights.map(({ action }) => action),
                ),
                where: 'Or only what is missing, as a policy beside the present one',
              },
            ]),
      ],
    };
  }

  /** Headers that OSS has certainly sent, and that this page could not read. */
  hiddenHeaders(): string[] {
    const all = this.#tried;
    const parts = all.filter(({ method, answer }) => method === 'PUT' && !answer.error);
    const heads = all.filter(({ method, answer }) => method === 'HEAD' && answer.error);
    const isHidden = (name: string, among: readonly Tried[]): boolean =>
      among.length > 0 && among.every(({ answer }) => answer.response.header(name) === undefined);
    return [
      ...(isHidden('etag', parts) ? ['ETag'] : []),
      ...(isHidden('date', all) ? ['Date'] : []),
      ...(isHidden('x-oss-request-id', all) ? ['x-oss-request-id'] : []),
      ...(isHidden('x-oss-err', heads) ? ['x-oss-err'] : []),
    ];
  }
}

// The vital right's message, if it is among them: the others follow from it.
function reasonOf(report: Report, denied: readonly Tried[]): { message: string; advice: string } {
  const telling = denied.find(({ answer }) => answer.error?.serviceMessage !== undefined);
  const message = telling?.answer.error?.serviceMessage;
  if (message === undefined) {
    return { message: '', advice: 'Add the actions to the policy of the RAM user or role.' };
  }
  const { advice } = explain('AccessDenied', message) ?? {};
  return {
    message: `OSS said: ${report.shorten(message, 200)}`,
    advice: advice ?? 'Add the actions to the policy of the RAM user or role.',
  };
}
