import type { SigningClient } from '../engine/requests.ts';
import { type AskSettings, askApp } from '../oss/ask-app.ts';
import { quote } from '../oss/names.ts';
import type { Clock } from '../ports.ts';
import { checkFields, type PostFields } from './form-fields.ts';
import { readPolicy } from './policy.ts';

/** Where the fields of a form come from, and what is done when OSS refuses them. */
export interface FieldsSource extends SigningClient {
  /** @throws UploadError of kind `credentials` when the app cannot give them. */
  get(): Promise<PostFields>;
}

/** What a form, once signed, has no way to do: it is good for one bucket, and its dates are the app's server's. */
const NO_REPAIRS = {
  learnTimeFrom: () => false,
  followTo: () => undefined,
} as const;

/**
 * Fields that were given once and for all.
 *
 * @throws TypeError or RangeError naming the field that OSS would refuse, `policy` among them when it is over.
 */
export function staticFields(fields: PostFields, clock: Clock): FieldsSource {
  checkExpiration(checkFields(fields).get('policy'), clock.now());
  return {
    ...NO_REPAIRS,
    asksApp: false,
    get: () => Promise.resolve(fields),
    refuseSignatureOf(error) {
      throw error;
    },
  };
}

/** Fields that a function of the app gives: asked when they are needed, when they are over, and when they were refused. */
export function askedFields(ask: () => Promise<PostFields>, settings: AskSettings): FieldsSource {
  let held: { readonly fields: PostFields; readonly end: number } | undefined;
  const { clock } = settings;
  return {
    ...NO_REPAIRS,
    asksApp: true,
    async get() {
      if (held !== undefined && clock.now() < held.end) return held.fields;
      const fields = await askApp('fields', ask, checkRecord, settings);
      held = { fields, end: endOf(fields, clock.now()) };
      return fields;
    },
    refuseSignatureOf() {
      held = undefined;
    },
  };
}

function checkExpiration(policy: string | undefined, now: number): void {
  if (policy === undefined) return;
  const { expiration } = readPolicy(policy);
  if (now < expiration) return;
  throw new RangeError(
    `Expected the field \`policy\` to be good still; it ended at ${new Date(expiration).toISOString()}, and this device's clock says ${new Date(now).toISOString()}. Make \`fields\` a function that asks your server for new ones.`,
  );
}

// A policy that seems to be over when it comes tells of a wrong clock: OSS is to say so, not we.
function endOf({ policy }: PostFields, now: number): number {
  if (typeof policy !== 'string') return Number.POSITIVE_INFINITY;
  const { expiration } = readPolicy(policy);
  return expiration > now ? expiration : Number.POSITIVE_INFINITY;
}

function checkRecord(fields: unknown): PostFields {
  if (typeof fields === 'object' && fields !== null) return fields as PostFields;
  throw new TypeError(`Expected \`fields\` to give an object of strings; got ${quote(fields)}.`);
}
