import { fieldsOf, oneOf, positive } from '../fields.ts';
import { parseNetworkSettings } from '../network.ts';
import { type Control, DONE } from './control.ts';

/** What the control API can do with the network, and tell of it; and the retention of objects. */
export const NETWORK_CONTROLS: readonly Control[] = [
  {
    method: 'GET',
    path: /^\/bandwidth$/,
    run: ({ faults }) => ({ value: { bytesPerSecond: faults.network().bytesPerSecond ?? null } }),
  },
  { method: 'GET', path: /^\/network$/, run: ({ faults }) => ({ value: faults.network() }) },
  {
    method: 'PUT',
    path: /^\/network$/,
    run: ({ faults }, { body }) => ({ value: faults.network(parseNetworkSettings(body)) }),
  },
  {
    method: 'PUT',
    path: /^\/retention$/,
    run: (emulator, { body }) => {
      const { bucket, seconds } = fieldsOf(body, 'body', ['bucket', 'seconds']);
      const name = oneOf(emulator.buckets)(bucket, 'bucket');
      emulator.setRetention(name, seconds === null ? undefined : positive(seconds, 'seconds'));
      return DONE;
    },
  },
  { method: 'GET', path: /^\/traffic$/, run: (emulator) => ({ value: emulator.traffic() }) },
  {
    method: 'DELETE',
    path: /^\/traffic$/,
    run: (emulator) => {
      emulator.resetTraffic();
      return DONE;
    },
  },
];
