export type { AddressingOptions } from './addressing.ts';
export type { CallbackOptions } from './callbacks/options.ts';
export type { ReceivedCallback } from './callbacks/receiver.ts';
export type { CallbackReport, CallbackTrial } from './callbacks/trial.ts';
export { DEFAULT_CORS_RULES } from './cors-rules.ts';
export { createEmulator } from './create-emulator.ts';
export type { Fault, FaultRule, FaultState, Faults } from './faults/types.ts';
export type { Limits } from './limits.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { NetworkSettings } from './network.ts';
export type { FormLimits } from './post-object/form-limits.ts';
export type { RefererConfiguration, RefererReading } from './referer.ts';
export type { Statement } from './rights/policy.ts';
export type { AccessControl, RoleOptions, UserOptions } from './rights/types.ts';
export type { StsLimits } from './sts/sts-limits.ts';
export type { RepeatedPart, TrafficReport } from './traffic.ts';
export type {
  BucketAcl,
  CorsRule,
  Emulator,
  EmulatorOptions,
  LogEntry,
  OpenUploadInfo,
  OperationName,
  StoredObjectInfo,
  TemporaryCredentials,
} from './types.ts';
