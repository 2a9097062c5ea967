import type { UploadError } from '../errors.ts';
import type { Credentials } from '../oss/credentials.ts';
import { surveyCors } from './cors.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { foreignAnswer } from './foreign-answer.ts';
import { type Answer, NO_UPLOAD, type Probe } from './prober.ts';
import { noAnswer } from './reachability.ts';
import { refusalFinding } from './refusals.ts';

/** Asks for the parts of an upload that there is not: signed like everything else, and without effect. */
export const LIST_NOTHING: Probe = {
  operation: 'ListParts',
  method: 'GET',
  query: [
    ['max-parts', '1'],
    ['uploadId', NO_UPLOAD],
  ],
};

/** Off by more than this is worth a word; OSS refuses from 15 minutes on. Milliseconds. */
const NOTABLE_SKEW = 5 * 60_000;

/** Whether OSS knows who asks, and the bucket is there where it is asked for. */
export async function examineIdentity(examination: Examination): Promise<boolean> {
  const { prober, report, credentials } = examination;
  if (credentials === undefined) return false;
  const first = await ask(examination, credentials);
  if (first === undefined) return false;
  const skew = noteSkew(examination, first);
  const { serverTime } = first.error ?? {};
  const isRefused = first.error?.code === 'RequestTimeTooSkewed';
  let answer: Answer | undefined = first;
  if (isRefused && serverTime !== undefined) {
    // As uploads do: the server's time is taken over, so that what else is wrong shows, too.
    prober.clock.set(serverTime);
    answer = await ask(examination, credentials);
  }
  if (skew !== undefined) report.add(skew);
  if (answer === undefined) return false;
  const finding =
    foreignAnswer(prober.endpoint.base, answer.response) ??
    (await refusalFinding(examination, credentials, answer));
  if (finding !== undefined) report.add(finding);
  return finding === undefined;
}

/** Gives nothing, and reports why, when there is no readable answer. */
async function ask(
  examination: Examination,
  credentials: Credentials,
): Promise<Answer | undefined> {
  const { prober, report } = examination;
  const outcome = await prober.send(LIST_NOTHING, credentials);
  if (outcome.kind === 'answer') return outcome;
  if (outcome.kind === 'silent') report.add(noAnswer('The endpoint, asked with a signature,'));
  else if (!(await surveyCors(examination))) report.add(unexplained());
  return undefined;
}

function noteSkew({ door }: Examination, { error }: Answer): Finding | undefined {
  const serverTime = error?.serverTime;
  if (serverTime === undefined) {
    return error?.code === 'RequestTimeTooSkewed' ? skewFinding(error, undefined) : undefined;
  }
  const offset = serverTime - door.clock.now();
  return Math.abs(offset) < NOTABLE_SKEW ? undefined : skewFinding(error, offset);
}

function skewFinding(error: UploadError | undefined, offset: number | undefined): Finding {
  const amount = offset === undefined ? 'more than 15 minutes' : duration(Math.abs(offset));
  const side = offset === undefined ? 'off' : offset > 0 ? 'slow' : 'fast';
  const isZone = offset !== undefined && isWholeHours(offset);
  const isRefused = error?.code === 'RequestTimeTooSkewed';
  return {
    id: 'clock-skew',
    severity: offset === undefined ? 'error' : 'warning',
    title: `This device's clock is ${amount} ${side}`,
    evidence: isRefused
      ? 'OSS refused a request for its time (RequestTimeTooSkewed): it allows 15 minutes.'
      : 'The Date of an answer of OSS is another than that of this device; it allows 15 minutes.',
    advice: [
      'Uploads take the server’s time over by themselves where it can be read.',
      isZone
        ? 'A difference of whole hours is mostly a wrong time zone, made up for by setting the clock: set the zone first, then the clock.'
        : 'Set the clock right, best by the network.',
    ].join(' '),
    fix: [
      {
        where: isZone ? 'Time zone and clock of this device' : 'Clock of this device',
        text:
          offset === undefined
            ? 'Set the time automatically'
            : `Set the time automatically, or ${offset > 0 ? 'forward' : 'back'} by ${amount}`,
      },
    ],
  };
}

const HOUR = 3_600_000;

// By less than two minutes: clocks set by hand are not better than that.
function isWholeHours(offset: number): boolean {
  const rest = Math.abs(offset) % HOUR;
  return Math.abs(offset) > HOUR / 2 && Math.min(rest, HOUR - rest) < 120_000;
}

/** As in "2 h 5 min". */
export function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const units = [
    [days, 'd'],
    [hours, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const words = units.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return words.slice(0, 2).join(' ') || 'less than a minute';
}

export function unexplained(): Finding {
  return {
    id: 'unreadable',
    severity: 'warning',
    title: 'A request got no answer that this page can read, and the next ones did',
    evidence: 'Neither CORS nor the way to the endpoint explains it: both were tried afterwards.',
    advice:
      'Connections break on the way, or something picks requests out: an ad-blocker, a virus scanner, a proxy. Try again, and in a private window without extensions.',
  };
}
