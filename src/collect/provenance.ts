import { dirname, join } from 'node:path';
import type { Location } from '../model/location.js';
import type { CollectedDevice } from './collect-device.js';
import { OLD_ALGORITHMS } from './ssh/algorithms.js';

/** Where the captures of one device came from; stands beside them, and holds no secret. */
export interface Provenance {
  readonly schemaVersion: '1.0';
  /** The run that collected it. */
  readonly run: string;
  readonly device: string;
  readonly site: string;
  readonly platform: string;
  readonly method: 'ssh' | 'https';
  /** When, in UTC. */
  readonly at: string;
  readonly address: string;
  readonly hostKey: CollectedDevice['hostKey'];
  /** Algorithms of the session that are no longer safe. */
  readonly oldAlgorithms: readonly string[];
  /** Placeholders stand where secrets stood. */
  readonly redacted: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly command: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  readonly notes: CollectedDevice['notes'];
  readonly tool: { readonly name: 'fwaudit'; readonly version: string };
}

/** Hidden, so that a scan of the folder reads the captures alone. */
export const PROVENANCE = '.provenance.json';

/** The place of the provenance of a capture, should it have one. */
export function provenanceBeside(file: string): string {
  return join(dirname(file), PROVENANCE);
}

/** What the session by which a capture came says of the appliance. */
export interface CollectionFacts {
  /** Algorithms, no longer safe, that the appliance agreed on: at least one. */
  readonly oldAlgorithms: readonly string[];
  readonly location: Location;
}

/**
 * The facts that a provenance holds about a capture; null: none, or it is about other files. It may come
 * from anywhere, so nothing is taken from it but names that fwaudit knows.
 *
 * @param place where the provenance stands
 * @param name the capture, without its folder
 */
export function collectionFacts(text: string, place: string, name: string): CollectionFacts | null {
  const provenance = parsed(text);
  if (!Array.isArray(provenance?.files) || !Array.isArray(provenance.oldAlgorithms)) return null;
  const { files, oldAlgorithms } = provenance;
  if (!files.some((each) => (each as { file?: unknown } | null)?.file === name)) return null;
  const old = OLD_ALGORITHMS.filter((each) => oldAlgorithms.includes(each));
  if (old.length === 0) return null;
  const line = text.split('\n').findIndex((each) => each.includes('"oldAlgorithms"'));
  return { oldAlgorithms: old, location: { file: place, line: Math.max(1, line + 1) } };
}

function parsed(text: string): { readonly files?: unknown; readonly oldAlgorithms?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
