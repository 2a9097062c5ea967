import { doorOf } from '../door.ts';
import { checkKey } from '../oss/names.ts';
import { toHex } from '../oss/web-crypto.ts';
import type { Uploader } from '../uploader.ts';
import { examineCredentials } from './credentials.ts';
import { examineEnvironment } from './environment.ts';
import type { Examination } from './examination.ts';
import { type Finding, Report } from './finding.ts';
import { examineIdentity } from './identity.ts';
import { examineOpenness } from './openness.ts';
import { createDoorPlatform } from './platform.ts';
import { Prober } from './prober.ts';
import { examineReachability } from './reachability.ts';
import { examineRights } from './rights.ts';

export interface DiagnoseOptions {
  /**
   * What the keys that the credentials may write begin with, for policies that cover one prefix.
   *
   * @default ''
   */
  readonly prefix?: string;
}

interface Step {
  /** What it finds out, as it stands in the list of what could not be. */
  readonly about: string;
  /** Tells whether to go on: a cause is not looked for behind one that explains it. */
  readonly needsKeys?: true;
  readonly run: (examination: Examination) => boolean | Promise<boolean>;
}

const STEPS: readonly Step[] = [
  { about: 'what the browser allows', run: examineEnvironment },
  { about: 'whether the endpoint answers', run: examineReachability },
  { about: 'what the `credentials` function gives', run: examineCredentials },
  { about: 'whether this page may read answers', run: examineOpenness },
  { about: 'bucket, region, clock, key and signature', needsKeys: true, run: examineIdentity },
  {
    about: 'the rights of the credentials and the exposed headers',
    needsKeys: true,
    run: examineRights,
  },
];

/**
 * Answers "why does it not work?": tries, with small requests of its own, what an upload needs, and says what is wrong,
 * what was seen and what to set. Takes some seconds, at most half a minute; leaves nothing in the bucket.
 *
 * A healthy set-up gives no `error` and no `warning`.
 *
 * @throws TypeError for what is no uploader, or a prefix that is none.
 */
export async function diagnose(
  uploader: Uploader,
  { prefix = '' }: DiagnoseOptions = {},
): Promise<Finding[]> {
  const door = doorOf(uploader);
  const key = checkKey(`${prefix}.partway-diagnose/${randomName()}`);
  const platform = door.platform ?? createDoorPlatform();
  return await examine({ ...platform, ...door }, key, prefix);
}

async function examine(door: Examination['door'], key: string, prefix: string): Promise<Finding[]> {
  const report = new Report();
  const prober = new Prober(door, key);
  const examination: Examination = { door, prober, report, prefix, credentials: undefined };
  let isOver = false;
  const skipped: string[] = [];
  for (const { about, needsKeys, run } of STEPS) {
    isOver ||= needsKeys === true && examination.credentials === undefined;
    if (isOver) skipped.push(about);
    else isOver = !(await run(examination));
  }
  if (skipped.length > 0) {
    report.leaveOpen(`Not looked at, since the above comes first: ${skipped.join('; ')}.`);
  }
  report.leaveOpen(
    'Whether CompleteMultipartUpload works was not tried: it would have made an object. It needs no right beyond those of the parts.',
  );
  return report.findings();
}

// WebCrypto's part that insecure pages have, too.
function randomName(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(12)).buffer);
}
