import type { Emulator } from '../types.ts';

/** What a control is called with. */
export interface ControlInput {
  /** What the path's group matched. */
  readonly argument: string;
  readonly query: URLSearchParams;
  /** Parsed JSON, or undefined. */
  readonly body: unknown;
}

/** What a control answers. */
export interface ControlResult {
  readonly status?: number;
  readonly value: unknown;
  /** Runs when the answer is out and its connection closed. */
  readonly afterwards?: () => void;
}

/** One thing that the control API can do. */
export interface Control {
  readonly method: string;
  /** Matches what follows `/__emulator`. */
  readonly path: RegExp;
  run(emulator: Emulator, input: ControlInput): ControlResult | Promise<ControlResult>;
}

/** The answer of a control that has nothing to say. */
export const DONE: ControlResult = { value: {} };
