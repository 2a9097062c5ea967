// What is needed when something is not as it should be: after a failure, where an earlier page or another tab was at work.
// It is no part of what a plain upload waits for; it is loaded beside the first request, as it must be there when the network
// is not.

export { tryAgain } from './try-again.ts';
