import type { Credentials } from '../oss/credentials.ts';
import { childText, readXml } from '../oss/xml.ts';
import { keyKind } from './credentials.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { optionFix } from './fixes.ts';
import type { Answer } from './prober.ts';
import { said } from './said.ts';
import { type Difference, firstDifference } from './signature.ts';

type Explanation = Pick<Finding, 'id' | 'title' | 'evidence' | 'advice' | 'fix'>;

/** Why the signature is another than the server's: by what the server shows, else by what can be seen here. */
export function mismatchFinding(
  examination: Examination,
  credentials: Credentials,
  { response, error, signed }: Answer,
): Finding {
  const { base, region } = examination.prober.endpoint;
  const root = readXml(response.body);
  const canonicalRequest = childText(root, 'CanonicalRequest');
  const stringToSign = childText(root, 'StringToSign');
  const difference = signed && firstDifference(signed, { canonicalRequest, stringToSign });
  const answer = error === undefined ? '' : said(examination, error);
  const wanted = wantedRegion(base, region, error?.serviceMessage ?? '');
  // V1 signs no region, and shows all in one text.
  const isV1 = signed !== undefined && signed.canonicalRequest === undefined;
  const isShown = (isV1 ? stringToSign : canonicalRequest) !== undefined;
  const explanation =
    difference !== undefined && difference.field !== 'the region'
      ? byDifference(examination, difference)
      : !isV1 && (wanted !== undefined || error?.code === 'InvalidArgument')
        ? byRegion(region, wanted)
        : bySecret(isShown, keyKind(credentials));
  const evidence = [explanation.evidence, answer].filter((text) => text !== '').join(' ');
  return { severity: 'error', ...explanation, evidence };
}

/** The region that the answer or the host names, where it is another than ours. */
function wantedRegion(base: string, region: string, message: string): string | undefined {
  const inMessage = /\b[a-z]{2}-[a-z]+(?:-[a-z0-9]+)*\b/.exec(message.replace(region, ''))?.[0];
  const inHost = /\boss-(?!accelerate)([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(
    new URL(base).hostname,
  )?.[1];
  return [inMessage, inHost].find((found) => found !== undefined && found !== region);
}

function byRegion(region: string, wanted: string | undefined): Explanation {
  return {
    id: 'wrong-region',
    title: `The bucket is not in the region ${region}`,
    evidence: `Signatures contain the region, and ${region} was signed.`,
    advice: 'Set `region` to that of the bucket, which its overview in the console shows.',
    ...(wanted === undefined ? {} : { fix: [optionFix({ region: wanted })] }),
  };
}

function byDifference({ report }: Examination, { field, sent, received }: Difference): Explanation {
  const quoted = (text: string): string =>
    text === '' ? 'nothing' : `“${report.shorten(text, 120)}”`;
  const shown =
    sent === undefined || received === undefined
      ? 'Its value is not shown here.'
      : `Sent: ${quoted(sent)}; received: ${quoted(received)}.`;
  return {
    id: 'signature-mismatch',
    title: `Something on the way changed what was signed: ${field}`,
    evidence: `It is the first field that the server read otherwise. ${shown}`,
    advice: adviceFor(field, sent ?? ''),
  };
}

function adviceFor(field: string, sent: string): string {
  if (field === 'the header content-type') {
    return 'Content-Type is part of every signature: see that no proxy, service worker or wrapper of XMLHttpRequest sets or changes it.';
  }
  if (field.startsWith('the header')) {
    return sent === ''
      ? 'A proxy, CDN, service worker or browser extension adds it. All x-oss-* headers are part of the signature: let it add none.'
      : 'A proxy, CDN, service worker or browser extension changes or drops it: let it pass unchanged.';
  }
  if (field === 'the bucket and key') {
    return 'The path arrived otherwise than it was signed: look for a proxy that rewrites or decodes paths, a stray path or bucket in `endpoint`, and a wrong `bucket` behind a domain of your own.';
  }
  if (field === 'the query') {
    return 'A proxy or CDN changes the query string, or leaves parts of it out: let it pass unchanged.';
  }
  return 'Look for a proxy, CDN or service worker that changes requests.';
}

function bySecret(isShown: boolean, kind: string): Explanation {
  const list =
    'the bucket or a path inside `endpoint`, the name of the bucket, the region, a header that a proxy added, a Content-Type that the browser added';
  return {
    id: 'signature-mismatch',
    title: isShown
      ? 'The secret does not belong to the access key'
      : 'The signature does not match, most likely for the secret',
    evidence: isShown
      ? `\`credentials\` gave ${kind}. The server read every signed field as it was sent, so that only the secret is left.`
      : `\`credentials\` gave ${kind}. The server did not show what it signed.`,
    advice: `Take id and secret from the same answer of STS or the same line of the console, whole and unchanged.${isShown ? '' : ` If they are right, look at ${list}.`}`,
  };
}
