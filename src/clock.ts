/** Time as the engine sees it. */
export interface Clock {
  /** Epoch milliseconds; jumps when the machine wakes from sleep. */
  now(): number;
  /** Returns a function that takes the timer back. */
  after(milliseconds: number, callback: () => void): () => void;
}
