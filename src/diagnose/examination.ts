import type { Door, DoorPlatform } from '../door.ts';
import type { Credentials } from '../oss/credentials.ts';
import type { Report } from './finding.ts';
import type { Prober } from './prober.ts';

/** What every step of a diagnosis works with. */
export interface Examination {
  readonly door: Door & DoorPlatform;
  readonly prober: Prober;
  readonly report: Report;
  /** What the keys that the credentials may write begin with. */
  readonly prefix: string;
  /** What the app gave, once it was found usable. */
  credentials: Credentials | undefined;
}
