import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { fixturePath } from '../fixtures/expected.js';

/** One use of the command line, as `scenarios/*.yaml` describe it. */
export interface Scenario {
  readonly name: string;
  /** Fixtures to lay out, by the name that they get. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Files to lay out, by their text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commands before it: `ln -s …`, `chmod …`. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands behind `fwaudit`, as one writes it in a shell. */
  readonly run: string;
  /** What stands behind that: pipes and redirections. */
  readonly rest?: string;
  readonly exit: 0 | 1 | 2 | 3;
  /** The whole of it as one text, or lines that have to be in it, in this order. Absent: anything. */
  readonly stdout?: string | readonly string[];
  /** Likewise; absent: nothing may be there. */
  readonly stderr?: string | readonly string[];
  /** What may be in neither. */
  readonly not?: readonly string[];
  /** The files that are there in the end, beside those laid out, with fragments of their text. */
  readonly leaves?: Readonly<Record<string, readonly string[]>>;
  /** Whether terminal colours are expected. */
  readonly colour?: boolean;
}

/** A scenario and the file that it stands in. */
export interface NamedScenario extends Scenario {
  readonly file: string;
}

const folder = new URL('scenarios/', import.meta.url);

/** Every scenario, file by file. */
export function readScenarios(): readonly NamedScenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => {
      const scenarios = parse(readFileSync(new URL(name, folder), 'utf8')) as readonly Scenario[];
      return scenarios.map((scenario) => ({ ...scenario, file: name.replace('.yaml', '') }));
    });
}

/** Lays the files of a scenario out in a folder of its own, which goes when the test is finished. */
export function layOut(
  { copies = {}, files = {} }: Pick<Scenario, 'copies' | 'files'>,
  onFinished: (remove: () => void) => void,
): string {
  const place = mkdtempSync(join(tmpdir(), 'fwaudit-cli-'));
  onFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const [name, from] of Object.entries(copies)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    cpSync(fixturePath(from), join(place, name), { recursive: true });
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  return place;
}

/** Every file below a folder, by its path in it. */
export function filesIn(place: string): readonly string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
    .sort();
}
