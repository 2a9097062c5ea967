import type { Endpoint } from '../oss/endpoint.ts';
import { addressFinding } from './address.ts';
import { watchPolicy } from './content-policy.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { optionFix } from './fixes.ts';

/** One endpoint that cannot be used. */
interface Trouble {
  readonly finding: Finding;
  /** Whether a device without a network would look the same. */
  readonly mayBeOffline: boolean;
}

/** Where anything answers, readable or not, and what is wrong where nothing does. The rest is looked at where something does. */
export async function examineReachability(examination: Examination): Promise<boolean> {
  const { door, prober, report } = examination;
  const answering: Endpoint[] = [];
  const troubles: Trouble[] = [];
  for (const endpoint of door.endpoints) {
    const trouble = await troubleAt(examination, endpoint);
    if (trouble === undefined) answering.push(endpoint);
    else troubles.push(trouble);
  }
  const [first] = answering;
  if (first === undefined) {
    for (const finding of await causes(examination, troubles)) report.add(finding);
    return false;
  }
  for (const { finding } of troubles) report.add(spared(finding, first));
  prober.endpoint = first;
  return true;
}

async function troubleAt(
  { door, prober }: Examination,
  { base }: Endpoint,
): Promise<Trouble | undefined> {
  const misplaced = addressFinding({ base }, globalThis.location?.protocol);
  if (misplaced !== undefined) return { finding: misplaced, mayBeOffline: false };
  const policy = watchPolicy(door.clock, 'connect-src');
  const reached = await prober.reach(`${base}/`);
  if (reached === 'answers') return undefined;
  const url = new URL(base);
  const directive = (await policy.violated())[0];
  if (directive !== undefined)
    return { finding: blockedByPolicy(directive.text, url.origin), mayBeOffline: false };
  const finding = reached === 'silent' ? noAnswer(url.host) : unreachable(url);
  return { finding, mayBeOffline: true };
}

async function causes(
  examination: Examination,
  troubles: readonly Trouble[],
): Promise<readonly Finding[]> {
  const certain = troubles.filter(({ mayBeOffline }) => !mayBeOffline);
  const isAway = certain.length < troubles.length && (await isOffline(examination));
  const told = (isAway ? certain : troubles).map(({ finding }) => finding);
  return isAway ? [offline(), ...told] : told;
}

/** Another endpoint stands in. */
function spared(finding: Finding, { base }: Endpoint): Finding {
  const advice = `${finding.advice} Until then all goes by ${new URL(base).host}.`;
  return { ...finding, severity: 'warning', advice };
}

async function isOffline({ prober, door }: Examination): Promise<boolean> {
  const { location } = globalThis;
  if (isSaidToBeOffline()) return true;
  const origin = location?.origin ?? '';
  const isOwn = door.endpoints.some(({ base }) => new URL(base).origin === origin);
  if (isOwn || !origin.startsWith('http')) return false;
  return (await prober.reach(`${origin}/`)) !== 'answers';
}

// What is said to be online may be anything, but who is said to be offline mostly is.
function isSaidToBeOffline(): boolean {
  const { navigator }: { navigator?: Partial<Navigator> } = globalThis;
  return navigator?.onLine === false;
}

function blockedByPolicy(directive: string, origin: string): Finding {
  return {
    id: 'csp-connect',
    severity: 'error',
    title: 'The Content-Security-Policy of this page forbids requests to the endpoint',
    evidence: `The browser refused by: ${directive}`,
    advice: 'Add the endpoint to connect-src in the header or meta element that sets the policy.',
    fix: [{ where: 'Content-Security-Policy of the page', text: `connect-src 'self' ${origin}` }],
  };
}

function offline(): Finding {
  return {
    id: 'offline',
    severity: 'error',
    title: 'This device has no network',
    evidence: isSaidToBeOffline()
      ? 'The browser says that it is offline, and the endpoint does not answer.'
      : "Neither the endpoint nor this page's own server answers.",
    advice: 'Uploads wait for the network and go on by themselves. Look at Wi-Fi, VPN and cable.',
  };
}

/** @param who what has kept silent. */
export function noAnswer(who: string): Finding {
  return {
    id: 'no-answer',
    severity: 'error',
    title: 'No answer in time',
    evidence: `${who} gave no answer in the time that a diagnosis has: connections are let through, but nothing comes back, or too slowly.`,
    advice:
      'On a weak link take smaller parts, and allow more time with `timeout.stall`; what is stored is never sent again, so resuming costs nothing. Far from the region, transfer acceleration helps. Otherwise a firewall or proxy swallows the requests.',
    fix: [
      {
        where: 'Options of createUploader(), for a weak link',
        text: 'partSize: 100 * 1024,\nconcurrency: 2,\ntimeout: { stall: 120_000 },',
      },
      {
        where: 'Options of createUploader(), once the bucket has transfer acceleration',
        text: "endpoint: 'oss-accelerate.aliyuncs.com',",
      },
    ],
  };
}

function unreachable({ host, hostname }: URL): Finding {
  const region = /\boss-([a-z0-9-]+)-internal\.aliyuncs\.com$/.exec(hostname)?.[1];
  if (region !== undefined) {
    return {
      id: 'internal-endpoint',
      severity: 'error',
      title: 'The endpoint is for machines inside Alibaba Cloud only',
      evidence: `Nothing answers at ${host}; internal endpoints are not reachable from the internet.`,
      advice: "Use the region's public endpoint.",
      fix: [optionFix({ endpoint: `oss-${region}.aliyuncs.com` })],
    };
  }
  return {
    id: 'unreachable',
    severity: 'error',
    title: `Nothing answers at ${host}`,
    evidence:
      'The network is there, but no connection comes about: the name does not resolve, the connection is refused, or the certificate is not valid for it. Browsers do not tell which.',
    advice:
      'Check `region`, `endpoint` and `bucket` for typing mistakes; open the address in a tab, which shows the reason; and look for an ad-blocker, firewall or VPN that stands in between.',
  };
}
