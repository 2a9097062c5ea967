// What is needed when something is not as it should be: after a failure, or where an earlier page or another tab was at work.
// A plain upload never waits for it. It is loaded as soon as there is an uploader all the same: it must be there when the network
// is not.

export { abandon, abandonOf, abandonSession } from './abandon.ts';
export { assertThere, findMade, isThere, noteRefusedComplete, settleRefused } from './look.ts';
export { mend, settleDoubts } from './mend.ts';
export { findDiffering } from './proof.ts';
export { resume } from './resume.ts';
export { findSent, settleRefusedWhole, splitWhole } from './sent-before.ts';
export { isExpired, readSessions } from './session-record.ts';
export { tryAgain } from './try-again.ts';
export { waitForTurn } from './wait-for-turn.ts';
export { findWorkedOn } from './worked-on.ts';
