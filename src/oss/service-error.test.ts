import { describe, expect, test } from 'vitest';
import type { TransportResponse } from '../ports.ts';
import { serviceError } from './service-error.ts';

function answer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): TransportResponse {
  return {
    status,
    body,
    url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/',
    header: (name) => headers[name],
  };
}

describe('an answer that is an error', () => {
  test('tells its code, its request, and what to do', () => {
    const body =
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>You have no right to access this object.</Message><RequestId>6556E3AED11E553933CCDEDF</RequestId><EC>0003-00000001</EC></Error>';
    const error = serviceError('UploadPart', answer(403, body), 11);
    expect(error).toMatchObject({
      kind: 'service',
      code: 'AccessDenied',
      status: 403,
      requestId: '6556E3AED11E553933CCDEDF',
      ec: '0003-00000001',
      operation: 'UploadPart',
      partNumber: 11,
    });
    expect(error.message).toBe(
      'UploadPart 11 was refused (403 AccessDenied: You have no right to access this object.).',
    );
  });

  test('names the part that Complete misses', () => {
    const body = '<Error><Code>InvalidPart</Code><PartNumber>21</PartNumber></Error>';
    expect(serviceError('CompleteMultipartUpload', answer(400, body)).partNumber).toBe(21);
  });

  test('of a HEAD is read out of its header', () => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><Error><Code>NoSuchKey</Code><RequestId>6556E3AED11E553933CCDEDF</RequestId></Error>';
    const headers = { 'x-oss-err': btoa(xml), 'x-oss-ec': '0026-00000001' };
    expect(serviceError('HeadObject', answer(404, '', headers))).toMatchObject({
      code: 'NoSuchKey',
      requestId: '6556E3AED11E553933CCDEDF',
      ec: '0026-00000001',
    });
  });

  test.each([
    ['an HTML page', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
    ['nothing', ''],
    ['a cut-off document', '<Error><Code>Inter'],
    ['JSON', '{"Code":"Nope"}'],
  ])('with %s for a body has a status and no code', (_name, body) => {
    const error = serviceError('UploadPart', answer(502, body), 1);
    expect(error).toMatchObject({ kind: 'service', status: 502, code: undefined });
    expect(error.message).toBe('UploadPart 1 was refused (502).');
  });

  test('with a broken header for a HEAD does not break us', () => {
    expect(serviceError('HeadObject', answer(404, '', { 'x-oss-err': '%%%' })).status).toBe(404);
  });

  test('asks for a wait with Retry-After, in seconds or as a date', () => {
    const waitFor = (value: string): number | undefined =>
      serviceError('UploadPart', answer(503, '', { 'retry-after': value })).retryAfter;
    expect(waitFor('7')).toBe(7000);
    expect(waitFor(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
    expect(waitFor('0')).toBeUndefined();
    expect(waitFor('soon')).toBeUndefined();
  });
});
