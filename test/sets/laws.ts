import fc from 'fast-check';
import { expect, it } from 'vitest';

/** What every set algebra of fwaudit offers. */
export interface SetAlgebra<S> {
  union(other: S): S;
  intersect(other: S): S;
  subtract(other: S): S;
  isEmpty(): boolean;
  equals(other: S): boolean;
  contains(other: S): boolean;
  overlaps(other: S): boolean;
  key(): string;
}

/** Holds an algebra to the laws of sets, and its keys to be canonical. */
export function testLaws<S extends SetAlgebra<S>>(sets: fc.Arbitrary<S>, empty: S, all: S): void {
  const three = fc.tuple(sets, sets, sets);
  function law(name: string, left: (a: S, b: S, c: S) => S, right: (a: S, b: S, c: S) => S): void {
    it(name, () => {
      fc.assert(
        fc.property(three, ([a, b, c]) => {
          const [x, y] = [left(a, b, c), right(a, b, c)];
          expect(x.key()).toBe(y.key());
          expect(x.equals(y) && y.equals(x)).toBe(true);
        }),
      );
    });
  }

  law(
    'union commutes',
    (a, b) => a.union(b),
    (a, b) => b.union(a),
  );
  law(
    'intersection commutes',
    (a, b) => a.intersect(b),
    (a, b) => b.intersect(a),
  );
  law(
    'union associates',
    (a, b, c) => a.union(b).union(c),
    (a, b, c) => a.union(b.union(c)),
  );
  law(
    'intersection associates',
    (a, b, c) => a.intersect(b).intersect(c),
    (a, b, c) => a.intersect(b.intersect(c)),
  );
  law(
    'intersection distributes over union',
    (a, b, c) => a.intersect(b.union(c)),
    (a, b, c) => a.intersect(b).union(a.intersect(c)),
  );
  law(
    'De Morgan, of a union',
    (a, b) => all.subtract(a.union(b)),
    (a, b) => all.subtract(a).intersect(all.subtract(b)),
  );
  law(
    'De Morgan, of an intersection',
    (a, b) => all.subtract(a.intersect(b)),
    (a, b) => all.subtract(a).union(all.subtract(b)),
  );
  law(
    'subtraction is intersection with the complement',
    (a, b) => a.subtract(b),
    (a, b) => a.intersect(all.subtract(b)),
  );
  law(
    'the complement of the complement',
    (a) => all.subtract(all.subtract(a)),
    (a) => a,
  );
  law(
    'a set is its parts',
    (a, b) => a.subtract(b).union(a.intersect(b)),
    (a) => a,
  );
  law(
    'absorption',
    (a, b) => a.union(a.intersect(b)),
    (a) => a,
  );
  law(
    'idempotence',
    (a) => a.union(a).intersect(a),
    (a) => a,
  );
  law(
    'the empty set',
    (a) => a.union(empty).subtract(empty),
    (a) => a.intersect(all),
  );
  law(
    'nothing is outside',
    (a) => a.subtract(all).union(a.intersect(empty)),
    () => empty,
  );

  it('contains, overlaps, equals and keys agree with the operations', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(a.contains(b)).toBe(b.subtract(a).isEmpty());
        expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty());
        expect(a.equals(b)).toBe(a.subtract(b).isEmpty() && b.subtract(a).isEmpty());
        expect(a.key() === b.key()).toBe(a.equals(b));
      }),
    );
  });
}
