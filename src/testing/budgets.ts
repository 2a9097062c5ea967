import type { FakeOperation } from './fake-oss.ts';
import type { Fate, Scenario } from './scenario.ts';
import type { Outcome } from './stage.ts';
import { UNIT } from './world.ts';

/** Failures in a row that end a request are six. */
const MOST_FAILURES = 5;
/** A page that was never answered takes the third request without an answer for the fault of CORS. */
const MOST_UNANSWERED = 2;
/** Repairs of an upload, of each kind. */
const MOST_REPAIRS = 2;

const UNANSWERED: readonly Fate[] = ['lost', 'answer lost', 'lands late'];

/** What spends the budget of a request. */
const SPENDING: readonly Fate[] = [
  ...UNANSWERED,
  'swallowed',
  'swallowed, lands late',
  'applied, never answered',
  'answered after 50 s',
  '500',
  '503',
  'page of a proxy, 502',
  'page of a portal, 200',
  'part damaged',
  'part damaged, answer lost',
];

/** After which the server has a part in another way than was told. */
const DECEIVING: readonly Fate[] = [
  'part lost afterwards',
  'wrong ETag told',
  'lands late',
  'swallowed, lands late',
];

/**
 * Whether an upload has to succeed: nobody cancels it, and even if all that happens met one and the same request, no
 * budget would be spent. What comes late and without an end, of bodies that break, may exceed any number of repairs. A page that is loaded anew begins with new budgets, which is not counted on.
 */
export function isBorne({ faults, actions, refused, bearsUnits, landsBroken }: Scenario): boolean {
  const met = (fates: readonly Fate[], operations?: readonly FakeOperation[]): number =>
    faults.filter(
      ({ fate, operation }) => fates.includes(fate) && operations?.includes(operation) !== false,
    ).length;
  const done = count(actions, ({ what }) => what);
  const away = done('network away');
  // Whoever may not look at the object cannot know that a Complete has worked whose answer he has not heard.
  const unseen = refused.includes('head')
    ? faults.filter(({ operation }) => operation === 'complete').length + done('reload')
    : 0;
  return (
    done('cancel') === 0 &&
    !(landsBroken && bearsUnits !== undefined) &&
    met(SPENDING) + away <= MOST_FAILURES &&
    met(UNANSWERED, ['initiate', 'put', 'list', 'head', 'complete']) + away <= MOST_UNANSWERED &&
    met(['upload forgotten']) + unseen <= MOST_REPAIRS &&
    met(DECEIVING) <= MOST_REPAIRS &&
    met(['clock skewed']) <= 2 &&
    met(['token expired']) <= 1
  );
}

/** Whether what was begun on the server has to be ended there, too: that is tried three times. */
export function isTidied({ faults }: Scenario): boolean {
  return faults.filter(({ operation }) => operation === 'abort').length < 3;
}

/**
 * The most requests that are right: each unit once for each time that all may have to be sent, some around them for each look
 * at the server, and what failures and interruptions cost.
 */
export function mostRequests(
  { size, partUnits, concurrency, faults, actions, bearsUnits }: Scenario,
  { events, reloads, pauses }: Outcome,
): number {
  const told = count(events, ({ type }) => type);
  const done = count(actions, ({ what }) => what);
  const units = Math.max(1, Math.ceil(size / UNIT));
  const restarts = told('restarted');
  const sendings = 1 + restarts + told('reopened') + reloads;
  // Parts that no link bears are tried twice in each lane, and halved; larger ones again after eight.
  const halvings = bearsUnits === undefined ? 0 : Math.ceil(Math.log2(partUnits)) + 1;
  return (
    units * sendings +
    // PutObject, HeadObject, InitiateMultipartUpload, ListParts, Complete, and a list before it.
    6 * (sendings + pauses) +
    // Once more, after a look.
    2 * faults.length +
    concurrency * (pauses + reloads + done('network away')) +
    concurrency * 2 * halvings +
    Math.ceil(units / 8) * 2 +
    // Abort, until it is gone.
    3 * (restarts + done('cancel'))
  );
}

function count<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): (name: string) => number {
  return (name) => items.filter((item) => nameOf(item) === name).length;
}
