import type { DrivenPage } from '../tab.ts';

/** A browser engine that the tests know how to find, to install and to drive. */
export interface Engine {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  /** Debian's packages of all that driving it takes. */
  readonly packages: readonly string[];
  isInstalled(): boolean;
  launch(): Promise<EngineBrowser>;
}

/** A running browser. */
export interface EngineBrowser {
  /** Name and version, as the browser says them. */
  readonly version: string;
  /** Opens a tab in a profile of its own, which ends with the tab. */
  newPage(): Promise<EnginePage>;
  /** Ends all processes that were started for it. */
  close(): Promise<void>;
}

/** A tab of whichever engine. */
export interface EnginePage extends DrivenPage {
  close(): Promise<void>;
}
