export { type DiagnoseOptions, diagnose } from './diagnose.ts';
export type { Finding, Fix, Severity } from './finding.ts';
