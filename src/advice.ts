export {
  DENIALS,
  type Denial,
  ERROR_CODES,
  type ErrorCodeEntry,
  explain,
  type OssErrorCode,
} from './oss/error-codes/index.ts';
