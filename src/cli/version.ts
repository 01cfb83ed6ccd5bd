import { readFileSync } from 'node:fs';

/** The version in package.json, which stands one folder above both `src/cli/..` and `dist`. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const found = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version?: string };
      if (found.version !== undefined) return found.version;
    } catch {
      // not there: the bundle and the sources lie at different depths
    }
  }
  return 'unknown';
}
