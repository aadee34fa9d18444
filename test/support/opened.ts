const opened: { stop: () => Promise<unknown> }[] = [];

export function willClose<T extends { stop: () => Promise<unknown> }>(thing: T): T {
  opened.push(thing);
  return thing;
}

export async function closeEverything(): Promise<void> {
  for (let thing = opened.pop(); thing; thing = opened.pop()) await thing.stop();
}
