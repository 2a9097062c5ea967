import { parseFaultRule } from '../faults/parse-fault-rule.ts';
import { FieldError, fieldsOf, positive } from '../fields.ts';
import { ACCESS_CONTROLS } from './access-controls.ts';
import { type Control, DONE } from './control.ts';
import { LIMIT_CONTROLS } from './limit-controls.ts';
import { NETWORK_CONTROLS } from './network-controls.ts';

/** Everything the control API can do. */
export const CONTROLS: readonly Control[] = [
  ...ACCESS_CONTROLS,
  ...LIMIT_CONTROLS,
  ...NETWORK_CONTROLS,
  {
    method: 'GET',
    path: /^$/,
    run: ({ region, buckets, origin }) => ({ value: { region, buckets, origin } }),
  },
  { method: 'GET', path: /^\/faults$/, run: ({ faults }) => ({ value: faults.list() }) },
  {
    method: 'POST',
    path: /^\/faults$/,
    run: ({ faults }, { body }) => ({
      status: 201,
      value: { id: faults.add(parseFaultRule(body)) },
    }),
  },
  {
    method: 'DELETE',
    path: /^\/faults$/,
    run: ({ faults }) => {
      faults.clear();
      return DONE;
    },
  },
  {
    method: 'DELETE',
    path: /^\/faults\/([^/]+)$/,
    run: ({ faults }, { argument }) =>
      faults.remove(argument)
        ? DONE
        : { status: 404, value: { error: `no such rule: ${argument}` } },
  },
  {
    method: 'PUT',
    path: /^\/bandwidth$/,
    run: ({ faults }, { body }) => {
      const { bytesPerSecond } = fieldsOf(body, 'body', ['bytesPerSecond']);
      if (bytesPerSecond !== null && typeof bytesPerSecond !== 'number')
        throw new FieldError('bytesPerSecond', 'a positive number, or null for no limit');
      faults.bandwidth(bytesPerSecond ?? undefined);
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: /^\/refuse$/,
    run: ({ faults }, { body }) => {
      const seconds = positive(fieldsOf(body, 'body', ['seconds'])['seconds'], 'seconds');
      return { value: {}, afterwards: () => void faults.refuse(seconds) };
    },
  },
  { method: 'GET', path: /^\/log$/, run: ({ log }) => ({ value: log }) },
  {
    method: 'DELETE',
    path: /^\/log$/,
    run: (emulator) => {
      emulator.clearLog();
      return DONE;
    },
  },
  {
    method: 'GET',
    path: /^\/objects$/,
    run: async (emulator) => {
      const value = [];
      for (const object of emulator.objects())
        value.push({ ...object, sha256: await emulator.sha256(object.bucket, object.key) });
      return { value };
    },
  },
  {
    method: 'GET',
    path: /^\/callback-receiver$/,
    run: (emulator) => ({ value: emulator.callbacks() }),
  },
  { method: 'GET', path: /^\/uploads$/, run: (emulator) => ({ value: emulator.uploads() }) },
  {
    method: 'POST',
    path: /^\/reset$/,
    run: async (emulator) => {
      await emulator.reset();
      return DONE;
    },
  },
  {
    method: 'GET',
    path: /^\/sts$/,
    run: (emulator, { query }) => {
      const text = query.get('durationSeconds');
      if (text === null) return { value: emulator.issueCredentials() };
      const durationSeconds = positive(Number(text), 'durationSeconds');
      return { value: emulator.issueCredentials({ durationSeconds }) };
    },
  },
  {
    method: 'POST',
    path: /^\/expire-credentials$/,
    run: (emulator) => {
      emulator.expireCredentials();
      return DONE;
    },
  },
];
