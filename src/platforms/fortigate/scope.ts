import type { Location } from '../../model/location.js';
import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import { type ConfigNode, type ConfigScope, type ConfigTable, firstValue } from './tree.js';

/** What one virtual domain sees of the file: its own tables, then those of the whole appliance. */
export interface DeviceScope {
  readonly file: string;
  /** Null when the appliance is not divided into virtual domains. */
  readonly vdom: string | null;
  /** A whole backup: what it does not say is at its default. A fragment says nothing by its silence. */
  readonly whole: boolean;
  /** FortiOS version as major × 100 + minor, 704 for 7.4; null when the file does not say. */
  readonly version: number | null;
  /** The third number of the version, 5 for 7.4.5; null when the file does not say. */
  readonly patch: number | null;
  readonly log: DiagnosticLog;
  table(path: string): ConfigTable | undefined;
  /** The settings of a table without entries: `system global`. */
  node(path: string): ConfigNode | undefined;
  /** Entries of the nearest scope that has the table. */
  entries(path: string): readonly ConfigNode[];
  /** Entries of every scope that the domain sees. */
  allEntries(path: string): readonly ConfigNode[];
  locate(line: number): Location;
}

export interface ScopeSources
  extends Pick<DeviceScope, 'file' | 'vdom' | 'whole' | 'version' | 'patch' | 'log'> {
  /** Nearest first. */
  readonly scopes: readonly ConfigScope[];
}

/**
 * Whether security policies decide, behind policies that only send packets to them (FortiOS 6.2, NGFW policy-based
 * mode). Before, such a domain had one table.
 */
export function isPolicyBased(scope: DeviceScope): boolean {
  if (firstValue(scope.node('system settings'), 'ngfw-mode') !== 'policy-based') return false;
  return (scope.version ?? 0) >= 602 || scope.allEntries('firewall security-policy').length > 0;
}

/** Whether the file says that it is of this version, 702 for 7.2, with this third number, or newer. */
export function isFrom({ version, patch }: DeviceScope, wanted: number, third: number): boolean {
  if (version === null) return false;
  return version > wanted || (version === wanted && (patch ?? -1) >= third);
}

export function createScope({ scopes, ...rest }: ScopeSources): DeviceScope {
  const table = (path: string): ConfigTable | undefined => {
    for (const scope of scopes) {
      const found = scope.tables.get(path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    ...rest,
    table,
    node: table,
    entries: (path) => [...(table(path)?.entries.values() ?? [])],
    allEntries: (path) => scopes.flatMap((scope) => [...(scope.tables.get(path)?.entries.values() ?? [])]),
    locate: (line) => ({ file: rest.file, line }),
  };
}
