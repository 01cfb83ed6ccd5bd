import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Capture } from '../model/capture.js';
import type { Diagnostic } from '../model/coverage.js';
import { type CollectionFacts, collectionFacts, provenanceBeside } from './provenance.js';
import { reasonOf } from './reason.js';

/** What was read, and what could not be. */
export interface Collected {
  readonly captures: readonly CollectedCapture[];
  /** The folders that were asked for, and looked through. */
  readonly folders: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A capture, and the folder it was met in; null: the user named it. What is only met may be anything. */
export interface CollectedCapture extends Capture {
  readonly folder: string | null;
  /** What the session that it came by says of the appliance; absent: nothing. */
  readonly collection?: CollectionFacts;
}

/** The largest input that is read, in bytes; the largest export known is 4 MB. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Reads every input: files, globs, folders with everything below them, and `-` for standard input.
 * An input that can't be read becomes a diagnostic; the others are read all the same.
 */
export async function collectFiles(
  inputs: readonly string[],
  stdin: () => Promise<Uint8Array>,
): Promise<Collected> {
  const captures: CollectedCapture[] = [];
  const diagnostics: Diagnostic[] = [];
  const folders: string[] = [];
  const seen = new Set<string>();
  const provenances = new Provenances((place) => readFile(place, 'utf8'));
  for (const input of inputs) {
    const found = await expand(input, folders, diagnostics);
    for (const { file, folder } of found) {
      const same = file === '-' ? file : resolve(file);
      if (seen.has(same)) continue;
      seen.add(same);
      const bytes = await read(file, stdin, diagnostics);
      if (bytes !== null) captures.push({ file, bytes, folder, ...(await provenances.of(file)) });
    }
  }
  return { captures, folders, diagnostics };
}

/** The provenances beside captures, each read once. */
export class Provenances {
  readonly #read: (place: string) => Promise<string>;
  readonly #folders = new Map<string, Promise<string | null>>();

  /** @param read rejects when there is no such file */
  constructor(read: (place: string) => Promise<string>) {
    this.#read = read;
  }

  /** What a capture has from the provenance beside it: nothing, where there is none that speaks of it. */
  async of(file: string): Promise<Pick<CollectedCapture, 'collection'>> {
    if (file === '-') return {};
    const folder = dirname(file);
    const place = provenanceBeside(file);
    const reading = this.#folders.get(folder) ?? this.#read(place).catch(() => null);
    this.#folders.set(folder, reading);
    const text = await reading;
    const collection = text === null ? null : collectionFacts(text, place, basename(file));
    return collection === null ? {} : { collection };
  }
}

interface Found {
  readonly file: string;
  readonly folder: string | null;
}

async function expand(
  input: string,
  folders: string[],
  diagnostics: Diagnostic[],
): Promise<readonly Found[]> {
  if (input === '-') return [{ file: '-', folder: null }];
  const info = await stat(input).catch((error: NodeJS.ErrnoException) => error);
  if (!(info instanceof Error)) {
    if (info.isDirectory()) {
      folders.push(input);
      return filesBelow(input, diagnostics);
    }
    return [{ file: input, folder: null }];
  }
  const matches = info.code === 'ENOENT' ? await matchesOf(input) : null;
  if (matches !== null && matches.length > 0) return matches.map((file) => ({ file, folder: null }));
  diagnostics.push(unreadable(input, matches === null ? reasonOf(info) : 'no file matches this pattern'));
  return [];
}

/** The files that a pattern matches, by name; null: it is none. */
async function matchesOf(pattern: string): Promise<readonly string[] | null> {
  // Loaded for patterns only: it would be a good part of the start of every command.
  const { glob, isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(pattern)) return null;
  return (await glob(pattern, { dot: false, onlyFiles: true, absolute: isAbsolute(pattern) })).sort();
}

async function filesBelow(input: string, diagnostics: Diagnostic[]): Promise<readonly Found[]> {
  const entries = await readdir(input, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => error,
  );
  if (entries instanceof Error) {
    diagnostics.push(unreadable(input, reasonOf(entries)));
    return [];
  }
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isHidden(relative(input, file)))
    .sort();
  const regular = await Promise.all(files.map(isFile));
  return files.filter((_, index) => regular[index]).map((file) => ({ file, folder: input }));
}

function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part.startsWith('.'));
}

/** Whether it is a file, also by a link. A link into nowhere counts, so that it is told. */
async function isFile(file: string): Promise<boolean> {
  const info = await stat(file).catch(() => null);
  return info === null || info.isFile();
}

async function read(
  file: string,
  stdin: () => Promise<Uint8Array>,
  diagnostics: Diagnostic[],
): Promise<Uint8Array | null> {
  try {
    if (file === '-') return await stdin();
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      diagnostics.push(unreadable(file, `larger than ${MAX_BYTES / 1024 / 1024} MiB`));
      return null;
    }
    return await readFile(file);
  } catch (error) {
    diagnostics.push(unreadable(file, reasonOf(error)));
    return null;
  }
}

function unreadable(file: string, reason: string): Diagnostic {
  return {
    code: 'unreadable-input',
    message: `not read: ${reason}`,
    location: { file, line: 1 },
    incomplete: true,
  };
}
