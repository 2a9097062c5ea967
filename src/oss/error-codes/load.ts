import type { LoadCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

const NO_CONNECTION: ErrorCodeEntry = {
  status: 0,
  meaning: 'No connection to OSS, or no answer on it, within the time that the client allows.',
  advice:
    'Parts of 100 KB to 1 MB (`partSize`) lose least on a weak link, and what is stored is never sent again. Allow more time with `timeout.stall`, or let `endpoint` name the acceleration endpoint.',
  recovery: 'retry',
  source: 'Manual 2019-08-16, §2',
};

const TOO_MANY_BUCKET_CALLS: ErrorCodeEntry = {
  status: 503,
  meaning: 'Too many calls that concern buckets in place of objects; uploads make none.',
  advice: 'Wait some seconds, and find the program that reads or changes bucket settings so often.',
  recovery: 'slow-down',
  source: 'Manual 2019-08-16, §1',
};

export const LOAD: Readonly<Record<LoadCode, ErrorCodeEntry>> = {
  ActiveRequestLimitExceeded: {
    status: 503,
    meaning: 'More requests are in progress than the account may have at once.',
    advice: 'Lower `concurrency`, or let fewer pages upload at the same time.',
    recovery: 'slow-down',
    source: 'OSS docs, HTTP status code 503',
  },
  ConnectionTimeout: NO_CONNECTION,
  ConnectionTimeoutError: NO_CONNECTION,
  CpuLimitExceeded: {
    status: 503,
    meaning:
      'OSS is processing as many pictures for the account as it may; uploads need none of it.',
    advice: 'Ask for fewer processed pictures at a time, or keep the processed ones.',
    recovery: 'slow-down',
    source: 'OSS docs, HTTP status code 503',
  },
  DownloadTrafficRateLimitExceeded: {
    status: 503,
    meaning: 'Downloads from the account exceed its bandwidth; it is no matter of uploads.',
    advice: 'Spread the downloads, put a CDN before the bucket, or apply for more bandwidth.',
    recovery: 'slow-down',
    source: 'Manual 2019-08-16, §1',
  },
  MetaOperationQPSLimitExceeded: TOO_MANY_BUCKET_CALLS,
  MetaOperationQpsLimitExceeded: TOO_MANY_BUCKET_CALLS,
  PartitionQpsLimitted: {
    status: 503,
    meaning: 'Too many requests for keys that stand close together in alphabetical order.',
    advice: 'Begin each `key` with something random in place of a date or a running number.',
    recovery: 'slow-down',
    source: 'OSS, EC 0026-00000028, as reported by users',
  },
  QpsLimitExceeded: {
    status: 429,
    meaning: 'Too many requests in a short time.',
    advice:
      'Lower `concurrency`; with many users at once, a larger `partSize` makes fewer requests.',
    recovery: 'slow-down',
    source: 'OSS docs, HTTP status code 429',
  },
  RequestTimeout: {
    status: 400,
    meaning: 'OSS closed the connection because nothing came over it for too long.',
    advice:
      'If it persists, choose a smaller `partSize` (100 KB to 1 MB) and a lower `concurrency`, so that every request keeps moving; the acceleration endpoint as `endpoint` helps on long distances.',
    recovery: 'retry',
    source: 'Manual 2019-08-16, §1 and §2',
  },
  ResponseTimeoutError: {
    status: 0,
    meaning: 'The request was sent, but no answer came within the time that the client allows.',
    advice:
      'Choose a smaller `partSize` (100 KB to 1 MB), or allow more time with `timeout.stall`; putting thousands of parts together takes minutes, for which `timeout.complete` is there.',
    recovery: 'retry',
    source: 'Manual 2019-08-16, §2',
  },
  ServiceUnavailable: {
    status: 503,
    meaning: 'OSS is too busy to answer.',
    advice: 'Try again later; if it comes often, lower `concurrency`.',
    recovery: 'slow-down',
    source: 'OSS docs, HTTP status code 503',
  },
  TotalQpsLimitExceeded: {
    status: 503,
    meaning: 'The account makes more requests per second than it may.',
    advice:
      'Choose a larger `partSize` or a lower `concurrency`, and begin each `key` with something random: keys in sequence have a much lower limit.',
    recovery: 'slow-down',
    source: 'OSS docs, HTTP status code 503',
  },
  UploadTrafficRateLimitExceeded: {
    status: 503,
    meaning: 'Uploads to the account exceed its bandwidth.',
    advice: 'Lower `concurrency`, spread the uploads over the day, or apply for more bandwidth.',
    recovery: 'slow-down',
    source: 'Manual 2019-08-16, §1',
  },
};
