/** How cells for all parts fit into a width. CSS pixels. */
export interface PartGrid {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Between two cells. */
  readonly gap: number;
  readonly height: number;
}

/** Cell sizes to choose from: large ones are read best, small ones keep 10,000 parts in sight. */
const SIZES = [22, 18, 14, 11, 9, 7, 6, 5, 4, 3];
const SMALLEST = 3;
const MAX_HEIGHT = 224;

/** Rows that fill the whole width, with the largest cells that do not make the map too high. */
export function fitGrid(width: number, count: number): PartGrid {
  const rowsAt = (size: number): number =>
    Math.ceil(count / Math.max(1, Math.floor(Math.max(width, size) / size)));
  const size = SIZES.find((candidate) => rowsAt(candidate) * candidate <= MAX_HEIGHT) ?? SMALLEST;
  const rows = Math.max(1, rowsAt(size));
  const columns = Math.max(1, Math.ceil(count / rows));
  return {
    columns,
    rows,
    cellWidth: width / columns,
    cellHeight: size,
    gap: size >= 9 ? 2 : 1,
    height: rows * size,
  };
}

/** The cell under a point, by its rank. */
export function cellAt(grid: PartGrid, x: number, y: number): number {
  const column = Math.min(grid.columns - 1, Math.floor(x / grid.cellWidth));
  return Math.floor(y / grid.cellHeight) * grid.columns + column;
}
