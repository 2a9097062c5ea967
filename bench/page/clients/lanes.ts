/** Does all of it, so many at a time, in order. Each lane has a number, from 0. */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item, lane: number) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const run = async (lane: number): Promise<void> => {
    for (const item of rest) await work(item, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
}
