import { expect, test } from 'vitest';
import { readOptions, UsageError } from './cli-options.ts';

test.each([
  [[], {}],
  [['--help'], 'help'],
  [['--port', '0'], { port: 0 }],
  [['--port=65535'], { port: 65_535 }],
  [['--data-dir', 'some/where'], { dataDir: 'some/where' }],
  [['--bucket', 'abc', '--bucket', 'def'], { buckets: ['abc', 'def'] }],
  [['--region', 'cn-beijing'], { region: 'cn-beijing' }],
  [['--acl', 'public-read'], { acl: 'public-read' }],
  [
    ['--domain', 'a.example=abc', '--domain=b.example=def'],
    { addressing: { domains: { 'a.example': 'abc', 'b.example': 'def' }, endpoints: {} } },
  ],
  [
    ['--endpoint', 'oss-cn-beijing.localhost=cn-beijing'],
    { addressing: { domains: {}, endpoints: { 'oss-cn-beijing.localhost': 'cn-beijing' } } },
  ],
  [
    ['--access-key-id', 'id', '--access-key-secret', 'secret'],
    { accessKeyId: 'id', accessKeySecret: 'secret' },
  ],
])('%j', (args, options) => {
  expect(readOptions(args)).toEqual(options);
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'; see --help"],
  [['--port'], "Option '--port <value>' argument missing; see --help"],
  [['--port', 'http'], '--port: expected a number from 0 to 65535, got http'],
  [['--port', '65536'], '--port: expected a number from 0 to 65535, got 65536'],
  [['--port', ''], '--port: expected a number from 0 to 65535, got '],
  [['--bucket', 'abc', '--bucket', 'No'], '--bucket: expected 3 to 63'],
  [['--data-dir', ''], '--data-dir: expected a value'],
  [['--region', ''], '--region: expected a value'],
  [['--acl', 'open'], '--acl: expected one of private, public-read, public-read-write, got open'],
  [['--domain', 'a.example'], '--domain: expected HOST=NAME, got a.example'],
  [['--endpoint', '=cn-beijing'], '--endpoint: expected HOST=NAME, got =cn-beijing'],
  [['--access-key-id', ''], '--access-key-id: expected a value'],
  [['--access-key-secret', ''], '--access-key-secret: expected a value'],
  [['serve'], "Unexpected argument 'serve'; see --help"],
])('%j is refused', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError);
  expect(() => readOptions(args)).toThrow(message);
  expect(() => readOptions(args)).not.toThrow('\n');
});
