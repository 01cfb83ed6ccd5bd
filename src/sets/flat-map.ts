/**
 * What `convert` makes of each element, one list behind the other. `Array.prototype.flatMap` asks each of those
 * lists for every element by its name: where there are thousands of short ones, that is a twentieth of a scan.
 */
export function flatMap<T, U>(
  list: readonly T[],
  convert: (each: T, index: number) => readonly U[],
): readonly U[] {
  const all: U[] = [];
  for (let at = 0; at < list.length; at += 1) {
    const some = convert(list[at] as T, at);
    for (let i = 0; i < some.length; i += 1) all.push(some[i] as U);
  }
  return all;
}
