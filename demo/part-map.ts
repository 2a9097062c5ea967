import type { PartView } from '../src/index.ts';
import { create, setText } from './dom.ts';
import { formatBytes, formatCount } from './format.ts';
import { cellAt, fitGrid, type PartGrid } from './part-grid.ts';
import { createPartLegend, type PartColors, STATE_WORDS } from './part-legend.ts';

/** Reading thousands of parts more often than this shows nobody anything more. Milliseconds. */
const DRAW_EVERY = 100;

export interface PartMapOptions {
  readonly readParts: () => readonly PartView[];
  /** How many parts there will be, so that the map takes its place before it is known. */
  readonly expectedParts: number;
  /** Ends the map. */
  readonly signal: AbortSignal;
}

export interface PartMap {
  readonly element: HTMLElement;
  /** The parts have changed: they are drawn soon. */
  invalidate(): void;
}

/** A picture of all parts of a file, one cell each, with a legend that counts them. */
export function createPartMap({ readParts, expectedParts, signal }: PartMapOptions): PartMap {
  const legend = createPartLegend();
  const canvas = create('canvas', { role: 'img', 'aria-label': 'Map of the parts' });
  canvas.setAttribute('aria-describedby', legend.id);
  const readout = create('p', { class: 'part-readout', 'aria-hidden': 'true' });
  const caption = create('div', { class: 'part-caption' }, legend.element, readout);
  const element = create('div', { class: 'part-map' }, canvas, caption);
  let parts: readonly PartView[] = [];
  let grid = fitGrid(1, expectedParts);
  let timer: number | undefined;

  const draw = (): void => {
    timer = undefined;
    parts = readParts();
    grid = fitGrid(canvas.clientWidth, parts.length === 0 ? expectedParts : parts.length);
    legend.show(parts, expectedParts);
    paint(canvas, grid, parts, expectedParts, legend.colors());
  };
  const invalidate = (): void => {
    if (!signal.aborted) timer ??= window.setTimeout(draw, DRAW_EVERY);
  };

  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const part = parts[cellAt(grid, offsetX, offsetY)];
    setText(readout, part === undefined ? '' : describe(part));
  });
  canvas.addEventListener('pointerleave', () => setText(readout, ''));
  const resize = new ResizeObserver(draw);
  resize.observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', invalidate, { signal });
  signal.addEventListener('abort', () => {
    resize.disconnect();
    clearTimeout(timer);
  });
  return { element, invalidate };
}

function paint(
  canvas: HTMLCanvasElement,
  grid: PartGrid,
  parts: readonly PartView[],
  expectedParts: number,
  colors: PartColors,
): void {
  const scale = devicePixelRatio;
  canvas.style.height = `${grid.height}px`;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(grid.height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return;

  // Whole device pixels: blurred edges would make a moiré of small cells.
  const fill = (rank: number, top: number, share: number): void => {
    const column = rank % grid.columns;
    const row = Math.floor(rank / grid.columns);
    const left = Math.round(column * grid.cellWidth * scale);
    const right = Math.round(((column + 1) * grid.cellWidth - grid.gap) * scale);
    const height = Math.round((grid.cellHeight - grid.gap) * scale);
    const y = Math.round(row * grid.cellHeight * scale) + Math.round(height * top);
    context.fillRect(left, y, Math.max(1, right - left), Math.max(1, Math.round(height * share)));
  };

  context.fillStyle = colors.waiting;
  const count = parts.length === 0 ? expectedParts : parts.length;
  for (let rank = 0; rank < count; rank++) fill(rank, 0, 1);
  // Shapes beside colors: in flight is half full, sent again has a foot.
  for (const state of ['in-flight', 'confirmed'] as const) {
    context.fillStyle = colors[state];
    parts.forEach((part, rank) => {
      if (part.state === state) fill(rank, 0, state === 'confirmed' ? 1 : 0.55);
    });
  }
  context.fillStyle = colors.retried;
  parts.forEach((part, rank) => {
    if (part.isRetried) fill(rank, 0.72, 0.28);
  });
}

function describe({ partNumber, offset, size, state, isRetried }: PartView): string {
  const again = isRetried ? ', sent again' : '';
  return `Part ${formatCount(partNumber)}: ${formatBytes(size)} at ${formatBytes(offset)}, ${STATE_WORDS[state]}${again}`;
}
