/** How a part of the page can be told. */
export interface Form {
  readonly lines: readonly string[];
  /** The smaller, the sooner there has to be room for it. */
  readonly rank: number;
  /** Whether it needs no empty line before another that needs none. */
  readonly tight: boolean;
}

/** A part of the page, from its shortest form to the one that leaves nothing out. */
export interface Part {
  readonly forms: readonly [Form, ...Form[]];
  /** Whether its full form has the lines to paste into `fwaudit.yaml`. */
  readonly holdsSample: boolean;
}

/** What became of a list of parts. */
export interface Fitted {
  readonly lines: readonly string[];
  /** The parts that are not told in full. */
  readonly folded: ReadonlySet<Part>;
}

/** A form that is laid out when somebody asks for it: most of a page with much to say have no room. */
export function laidOutLater(rank: number, layOut: () => readonly string[], tight = false): Form {
  let lines: readonly string[] | null = null;
  return {
    rank,
    tight,
    get lines() {
      lines ??= layOut();
      return lines;
    },
  };
}

/** A part that is always told in full. */
export function fixed(lines: readonly string[], tight = false): Part {
  return { forms: [{ lines, rank: 0, tight }], holdsSample: false };
}

/**
 * Chooses the form of every part so that together they take at most `room` lines: all in full if that fits;
 * else each in its shortest form, and the next in order of rank, then of the page, wherever there is room.
 * What the shortest forms take is never cut. Where one form of a part has no room, longer ones are not tried.
 */
export function fitParts(parts: readonly Part[], room: number): Fitted {
  const full = new Map(parts.map((part): [Part, Form] => [part, part.forms.at(-1) ?? part.forms[0]]));
  if (haveRoom(full.values(), room)) {
    const whole = layOut(parts, full);
    if (whole.length <= room) return { lines: whole, folded: new Set() };
  }
  const chosen = new Map(parts.map((part): [Part, Form] => [part, part.forms[0]]));
  const steps = parts.flatMap((part) => part.forms.slice(1).map((form) => ({ part, form })));
  let lines = layOut(parts, chosen);
  const stuck = new Set<Part>();
  for (const { part, form } of steps.toSorted((a, b) => a.form.rank - b.form.rank)) {
    if (stuck.has(part)) continue;
    const tried = layOut(parts, new Map(chosen).set(part, form));
    if (tried.length > room && tried.length > lines.length) {
      stuck.add(part);
      continue;
    }
    chosen.set(part, form);
    lines = tried;
  }
  return { lines, folded: new Set(parts.filter((part) => chosen.get(part) !== full.get(part))) };
}

/** Whether forms can have room, as far as one has to count to see that they do not. */
function haveRoom(forms: Iterable<Form>, room: number): boolean {
  let taken = 0;
  for (const { lines } of forms) {
    taken += lines.length;
    if (taken > room) return false;
  }
  return true;
}

/** The parts with an empty line between two of them, but for those that need none. */
function layOut(parts: readonly Part[], chosen: ReadonlyMap<Part, Form>): readonly string[] {
  const forms = parts.flatMap((part) => chosen.get(part) ?? []);
  return forms.flatMap(({ lines, tight }, index) => {
    const joined = index === 0 || (tight && forms[index - 1]?.tight === true);
    return joined ? lines : ['', ...lines];
  });
}
