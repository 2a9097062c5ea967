import { Sink, type SinkSettings } from './sink.ts';

// The sink as a process of its own: it is told what to do by its parent, and ends with it.

/** What the parent says. */
export type Order =
  | { readonly type: 'begin'; readonly settings: SinkSettings }
  | { readonly type: 'report' };

const [folder = '', ports = '1'] = process.argv.slice(2);
const sink = new Sink(Number(ports), folder);

process.on('message', (order: Order) => {
  if (order.type === 'begin') sink.begin(order.settings);
  process.send?.(sink.traffic());
});
process.on('disconnect', () => process.exit());
process.send?.(await sink.listen());
