import { readdir, readFile } from 'node:fs/promises';
import type { Pack } from '../checks/pack.js';

/** The built-in checks and services: made at build time, or from `rules/` when run from the sources. */
export async function readPack(): Promise<Pack> {
  const built = await readFile(new URL('./pack.json', import.meta.url), 'utf8').catch(() => null);
  if (built !== null) return JSON.parse(built) as Pack;
  const { compilePack } = await import('../checks/pack.js');
  const rules = new URL('../../rules/', import.meta.url);
  const names = (await readdir(rules, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      path: `rules/${name}`,
      text: await readFile(new URL(name, rules), 'utf8'),
    })),
  );
  return compilePack(files);
}
