import type { ConfigNode, ConfigScope, ConfigSetting, ConfigTable } from './tree.js';

const SETTING_COMMANDS: ReadonlySet<string> = new Set([
  'set',
  'unset',
  'append',
  'select',
  'unselect',
  'clear',
]);
const ENTRY_COMMANDS: ReadonlySet<string> = new Set(['delete', 'rename', 'clone', 'move', 'purge']);

/** Whether a command changes one attribute of what is being edited. */
export function isSettingCommand(verb: string): boolean {
  return SETTING_COMMANDS.has(verb);
}

/** Whether a command changes the entries of a table. Scripts have them; backups do not. */
export function isEntryCommand(verb: string): boolean {
  return ENTRY_COMMANDS.has(verb);
}

/** `set` and `select` replace all values, `append` adds, `unselect` takes away, `unset` and `clear` empty. */
export function applySetting(node: ConfigNode, verb: string, words: readonly string[], line: number): void {
  const [name = '', ...values] = words;
  const before = node.settings.get(name);
  if (verb === 'unset' || verb === 'clear') node.settings.delete(name);
  else if (verb === 'append' && before !== undefined) before.values.push(...values);
  else if (verb === 'unselect') {
    const kept = (before?.values ?? []).filter((value) => !values.includes(value));
    node.settings.set(name, { values: kept, line: before?.line ?? line });
  } else node.settings.set(name, { values, line });
}

/** Applies a command on entries; one that names an entry which is not there does nothing, as on the appliance. */
export function applyEntryCommand(
  table: ConfigTable,
  verb: string,
  words: readonly string[],
  scopes: readonly (ConfigScope | null)[],
): void {
  const [key = '', relation, other = ''] = words;
  if (verb === 'purge') table.entries.clear();
  const node = table.entries.get(key);
  if (node === undefined) return;
  if (verb === 'delete') table.entries.delete(key);
  else if (verb === 'move' && table.entries.has(other) && (relation === 'before' || relation === 'after')) {
    if (key !== other) table.entries = moved(table.entries, key, relation, other);
  } else if (relation === 'to' && other !== '' && !table.entries.has(other)) {
    const copy = copyOf(node, other);
    if (verb === 'clone') table.entries.set(other, copy);
    if (verb === 'rename') {
      table.entries = new Map(
        [...table.entries].map(([name, each]) => (name === key ? [other, copy] : [name, each])),
      );
      for (const scope of scopes) if (scope !== null) renameReferences(scope, key, other);
    }
  }
}

function copyOf(node: ConfigNode, name: string): ConfigNode {
  const settings = new Map<string, ConfigSetting>();
  for (const [key, { values, line }] of node.settings) settings.set(key, { values: [...values], line });
  return { ...node, name, settings };
}

function moved(
  entries: ReadonlyMap<string, ConfigNode>,
  key: string,
  relation: 'before' | 'after',
  other: string,
): Map<string, ConfigNode> {
  const mine = [...entries].filter(([name]) => name === key);
  return new Map(
    [...entries].flatMap((entry): readonly (readonly [string, ConfigNode])[] => {
      if (entry[0] === key) return [];
      if (entry[0] !== other) return [entry];
      return relation === 'before' ? [...mine, entry] : [entry, ...mine];
    }),
  );
}

/** Attributes that name addresses, services, zones and interfaces. */
const REFERENCES: readonly string[] = [
  'srcaddr',
  'dstaddr',
  'srcaddr6',
  'dstaddr6',
  'srcintf',
  'dstintf',
  'intf',
  'service',
  'member',
  'exclude-member',
  'interface',
];

/** What named an entry before names it by its new name: as on the appliance. */
function renameReferences(scope: ConfigScope, from: string, to: string): void {
  for (const [path, table] of scope.tables) {
    if (!path.startsWith('firewall ') && path !== 'system zone') continue;
    for (const { settings } of table.entries.values()) {
      for (const name of REFERENCES) {
        const setting = settings.get(name);
        if (setting?.values.includes(from) !== true) continue;
        settings.set(name, {
          ...setting,
          values: setting.values.map((value) => (value === from ? to : value)),
        });
      }
    }
  }
}
