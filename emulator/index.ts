export { DEFAULT_CORS_RULES } from './cors.ts';
export { createEmulator } from './create-emulator.ts';
export type { Fault, FaultRule, FaultState, Faults } from './faults/types.ts';
export type {
  CorsRule,
  Emulator,
  EmulatorOptions,
  LogEntry,
  OpenUploadInfo,
  OperationName,
  StoredObjectInfo,
  TemporaryCredentials,
} from './types.ts';
