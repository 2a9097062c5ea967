import type { DevTools } from './devtools.ts';

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

/** A page, with the workers that it has started. */
export class Page {
  readonly #devTools: DevTools;
  readonly #session: string;
  readonly #workers = new Set<string>();

  private constructor(devTools: DevTools, session: string) {
    this.#devTools = devTools;
    this.#session = session;
  }

  /** Resolves when the page has loaded. */
  static async open(devTools: DevTools, url: string): Promise<Page> {
    const { targetId } = await devTools.send<{ targetId: string }>('Target.createTarget', {
      url: 'about:blank',
    });
    const { sessionId } = await devTools.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    const page = new Page(devTools, sessionId);
    await page.#navigate(url);
    return page;
  }

  async evaluate<Result>(expression: string): Promise<Result> {
    const { result, exceptionDetails } = await this.send<Evaluated>('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? 'The page threw.');
    }
    return result.value as Result;
  }

  /** Gives the page's file input these files of the disk, as a user's pick does. */
  async pick(files: readonly string[]): Promise<void> {
    const { root } = await this.send<{ root: { nodeId: number } }>('DOM.getDocument', {});
    const { nodeId } = await this.send<{ nodeId: number }>('DOM.querySelector', {
      nodeId: root.nodeId,
      selector: 'input',
    });
    await this.send('DOM.setFileInputFiles', { nodeId, files });
    await this.send('DOM.disable', {});
  }

  /** Seconds of processor time that the main thread has spent on tasks. */
  async taskTime(): Promise<number> {
    const { metrics } = await this.send<{ metrics: { name: string; value: number }[] }>(
      'Performance.getMetrics',
      {},
    );
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  }

  /** Bytes of JavaScript's heaps, array buffers included, of the page and its workers. */
  async heapSize(): Promise<number> {
    const sessions = [this.#session, ...this.#workers];
    const sizes = await Promise.all(sessions.map((session) => this.#heapSizeOf(session)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async collectGarbage(): Promise<void> {
    await this.send('HeapProfiler.collectGarbage', {});
  }

  /** Watches the workers that the page starts from now on. */
  async watchWorkers(onStart?: (session: string) => Promise<void>): Promise<void> {
    this.#devTools.on(({ method, params, sessionId }) => {
      if (sessionId !== this.#session) return;
      const worker = params['sessionId'] as string;
      if (method === 'Target.detachedFromTarget') this.#workers.delete(worker);
      if (method !== 'Target.attachedToTarget') return;
      this.#workers.add(worker);
      if (onStart === undefined) return;
      void onStart(worker).then(() =>
        this.#devTools.send('Runtime.runIfWaitingForDebugger', {}, worker),
      );
    });
    await this.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: onStart !== undefined,
      flatten: true,
    });
  }

  /** @param session a worker's, else the page's. */
  async send<Result = unknown>(
    method: string,
    params: object,
    session: string = this.#session,
  ): Promise<Result> {
    return await this.#devTools.send<Result>(method, params, session);
  }

  async #navigate(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      const stop = this.#devTools.on(({ method, sessionId }) => {
        if (method !== 'Page.loadEventFired' || sessionId !== this.#session) return;
        stop();
        resolve();
      });
    });
    await this.send('Page.enable', {});
    await this.send('Page.navigate', { url });
    await loaded;
    await this.send('Page.disable', {});
    // The time on the processor, not the time that passed: other processes may hold it.
    await this.send('Performance.enable', { timeDomain: 'threadTicks' });
  }

  async #heapSizeOf(session: string): Promise<number> {
    try {
      const usage = await this.send<HeapUsage>('Runtime.getHeapUsage', {}, session);
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    } catch {
      // A worker that has ended meanwhile has no heap any more.
      return 0;
    }
  }
}
