// Completes package-lock.json after `npm install`. Some packages (esbuild, biome, rolldown …) come with
// one native package for each system, as optional dependencies. A registry mirror that holds only some
// systems leaves the others out of the lock file, and `npm ci` then refuses it everywhere. This adds
// them with the exact version that their package asks for and the systems that their name says, so
// that npm passes over those of other systems and finds its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = missingPackages(lock.packages);
for (const [path, entry] of added) lock.packages[path] = entry;
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
if (added.size > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.size} packages of other systems added`);

/** Optional dependencies that have no entry, by the path of the entry to add. */
function missingPackages(packages) {
  const missing = new Map();
  for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isInstalled(packages, parent, name)) continue;
      const top = `node_modules/${name}`;
      const taken = packages[top] ?? missing.get(top);
      const path = taken === undefined || taken.version === version ? top : `${parent}/${top}`;
      missing.set(path, entryOf(name, version, dev));
    }
  }
  return missing;
}

/** Whether Node would find the package from its parent: beside it or in a folder above. */
function isInstalled(packages, parent, name) {
  for (
    let folder = parent;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))
  ) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) return true;
    if (folder === '') return false;
  }
}

function entryOf(name, version, dev) {
  if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version))
    throw new Error(`${name}: ${version} is not an exact version`);
  const words = name.split(/[^a-z0-9]+/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length + cpu.length === 0) throw new Error(`${name}: neither a system nor a processor in its name`);
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  const saysLibc = words.some((word) => /^(gnu|musl)/.test(word));
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(saysLibc && { libc }),
    ...(os.length > 0 && { os }),
    optional: true,
  };
}
