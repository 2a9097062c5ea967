import { BARE, surveyCors } from './cors.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { foreignAnswer } from './foreign-answer.ts';
import { LIST_NOTHING } from './identity.ts';
import { noAnswer } from './reachability.ts';
import { REFERER_DENIAL, refererFinding } from './referer.ts';
import { addressRefusal } from './refusals.ts';

/** Headers that caches and proxies on the way leave, and what they are told by. */
const TRACES: readonly (readonly [header: string, ofCdn: RegExp])[] = [
  ['via', /./],
  ['x-cache', /./],
  ['x-swift-savetime', /./],
  ['eagleid', /./],
  ['cf-ray', /./],
  ['x-amz-cf-id', /./],
  ['server', /^(?!AliyunOSS)/i],
];

/** Whether answers can be read, by a plain GET that needs neither preflight nor signature, and who gives them. */
export async function examineOpenness(examination: Examination): Promise<boolean> {
  const { prober, report } = examination;
  const outcome = await prober.send(BARE.GET);
  if (outcome.kind === 'silent') {
    report.add(noAnswer('The endpoint, asked for an object that does not exist,'));
    return false;
  }
  if (outcome.kind === 'unreadable') return !(await surveyCors(examination));
  const { response, error } = outcome;
  const stranger = foreignAnswer(examination.prober.endpoint.base, response);
  if (stranger !== undefined && !(await isOssAfterAll(examination))) {
    report.add(stranger);
    return false;
  }
  const misplaced = error && addressRefusal(examination, error);
  if (misplaced !== undefined) {
    report.add(misplaced);
    return false;
  }
  const traces = TRACES.flatMap(([name, pattern]) => {
    const value = response.header(name);
    return value !== undefined && pattern.test(value) ? [`${name}: ${value}`] : [];
  });
  if (traces.length > 0) report.add(cdn(traces));
  if (REFERER_DENIAL.test(error?.serviceMessage ?? ''))
    report.add(await refererFinding(examination, false));
  return true;
}

// A bucket that serves a website answers a plain GET by a page; whose it is cannot be seen where the headers are hidden.
async function isOssAfterAll({ prober, credentials }: Examination): Promise<boolean> {
  for (const keys of new Set([undefined, credentials])) {
    const outcome = await prober.send(LIST_NOTHING, keys);
    if (outcome.kind !== 'answer') continue;
    if (foreignAnswer(prober.endpoint.base, outcome.response) === undefined) return true;
  }
  return false;
}

function cdn(traces: readonly string[]): Finding {
  return {
    id: 'cdn',
    severity: 'info',
    title: 'A CDN or proxy stands before the bucket',
    evidence: `Answers carry ${traces.join('; ')}.`,
    advice:
      'Its own rules come first: CORS, Referer and IP lists, limits of body size and time. It must pass PUT, POST and DELETE on uncached, keep query strings and the Authorization header, and add no x-oss-* header, which would spoil the signature.',
  };
}
