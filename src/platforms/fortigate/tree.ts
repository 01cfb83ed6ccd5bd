/** One `set` of a configuration, after every `append` and `unselect` that followed it. */
export interface ConfigSetting {
  readonly values: string[];
  /** 1-based, where the command begins. */
  readonly line: number;
}

/** What stands between `edit` and `next`, or directly in a `config` that has no entries. */
export interface ConfigNode {
  /** The key of an entry, the path of a table. */
  readonly name: string;
  readonly line: number;
  readonly settings: Map<string, ConfigSetting>;
  tables: ReadonlyMap<string, ConfigTable>;
}

/** One `config`, however often the file comes back to it. */
export interface ConfigTable extends ConfigNode {
  /** By key, in the order of the file after every `move`. */
  entries: Map<string, ConfigNode>;
}

/** The tables of the whole appliance, of `config global`, or of one virtual domain. */
export interface ConfigScope {
  readonly name: string;
  readonly line: number;
  tables: ReadonlyMap<string, ConfigTable>;
}

/** What nearly every entry has: no tables of its own. */
export const NO_TABLES: ReadonlyMap<string, ConfigTable> = new Map();

export function createNode(name: string, line: number): ConfigNode {
  return { name, line, settings: new Map(), tables: NO_TABLES };
}

export function createTable(name: string, line: number): ConfigTable {
  return { ...createNode(name, line), entries: new Map() };
}

const NOTHING: readonly string[] = [];

/** The values of a setting, none when it is not there. */
export function valuesOf(node: ConfigNode | undefined, name: string): readonly string[] {
  return node?.settings.get(name)?.values ?? NOTHING;
}

/** The first value of a setting. */
export function firstValue(node: ConfigNode | undefined, name: string): string | undefined {
  return node?.settings.get(name)?.values[0];
}

/** Where a setting stands, or else the entry that it belongs to. */
export function lineOf(node: ConfigNode, name: string): number {
  return node.settings.get(name)?.line ?? node.line;
}

const NO_ENTRIES: readonly ConfigNode[] = [];

/** The entries of a nested table, `config ipv6` having none and settings of its own. */
export function entriesOf(node: ConfigNode | undefined, table: string): readonly ConfigNode[] {
  const found = node?.tables.get(table);
  return found === undefined ? NO_ENTRIES : [...found.entries.values()];
}
