import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** A process and its children, at one moment. */
export interface ProcessUsage {
  readonly pid: number;
  /** What it is to the browser: `browser`, `renderer`, `gpu-process`, `utility: network`… */
  readonly role: string;
  /** Seconds, with those of children that have ended. */
  readonly cpu: number;
  /** Resident bytes. */
  readonly memory: number;
}

/** The processes of a tree, read from /proc. */
export function processTree(root: number): ProcessUsage[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = all.map((name) => readStat(Number(name))).filter((stat) => stat !== undefined);
  const tree = new Set([root]);
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const { pid, parent } of stats) if (tree.has(parent)) tree.add(pid);
  }
  return stats
    .filter(({ pid }) => tree.has(pid))
    .map(({ pid, cpu, memory }) => ({ pid, role: roleOf(pid), cpu, memory }));
}

/** Seconds of processor time of all of them. */
export function totalCpu(tree: readonly ProcessUsage[]): number {
  return tree.reduce((sum, { cpu }) => sum + cpu, 0);
}

/** Resident bytes of those that run pages. */
export function rendererMemory(tree: readonly ProcessUsage[]): number {
  return tree
    .filter(({ role }) => role === 'renderer')
    .reduce((sum, { memory }) => sum + memory, 0);
}

function readStat(pid: number) {
  const text = read(pid, 'stat');
  if (text === undefined) return undefined;
  // The second field, the command, may contain anything. What follows it begins with the third, the state.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number): number => fields[number - 3] ?? 0;
  const ticks = field(14) + field(15) + field(16) + field(17);
  return { pid, parent: field(4), cpu: ticks / TICKS_PER_SECOND, memory: field(24) * PAGE_BYTES };
}

function roleOf(pid: number): string {
  const command = read(pid, 'cmdline') ?? '';
  const type = /--type=([\w-]+)/.exec(command)?.[1] ?? 'browser';
  const service = /--utility-sub-type=(\w+)/.exec(command)?.[1];
  return service === undefined ? type : `${type}: ${service}`;
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
