import type { Collected, CollectedCapture } from './collect/files.js';
import type { Capture } from './model/capture.js';
import type { Diagnostic } from './model/coverage.js';
import type { FirewallConfig } from './model/firewall-config.js';
import type { ParsedCapture } from './pipeline.js';
import { detectPlatform } from './platforms/index.js';
import type { Parsed, Platform } from './platforms/platform.js';

/** Every capture that is somebody's, and what has to be said about the folders they were met in. */
export interface ParsedInputs {
  readonly captures: readonly ParsedCapture[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds each capture's platform and parses it. Never throws: what can't be used says why. */
export function parseInputs(
  { captures, folders }: Pick<Collected, 'captures' | 'folders'>,
  platforms: readonly Platform[],
  wanted: string | null,
): ParsedInputs {
  const found = captures.map((capture) => ({ capture, detected: detect(capture, platforms, wanted) }));
  const parsed = new Map<Platform, Parsed>();
  for (const { platform } of found.map((each) => each.detected)) {
    if (platform === null || parsed.has(platform)) continue;
    const own = found.filter((each) => each.detected.platform === platform).map((each) => each.capture);
    parsed.set(platform, platform.parse(own));
  }
  const unique = uniqueIds([...parsed.values()].flatMap((each) => each.devices));
  const kept = found.filter((each) => !each.detected.passedOver);
  return {
    captures: kept.map(({ capture, detected }) => {
      const { platform } = detected;
      if (platform === null) return unrecognised(capture, detected.diagnostics);
      return collectParsed(capture, platform, parsed.get(platform) as Parsed, unique);
    }),
    diagnostics: folders.flatMap((folder) => {
      const met = found.filter((each) => each.capture.folder === folder);
      return aboutFolder(folder, met.length, met.filter((each) => each.detected.passedOver).length);
    }),
  };
}

/** A folder without any configuration is an input unread; files that are none are counted, not hidden. */
function aboutFolder(folder: string, files: number, passedOver: number): readonly Diagnostic[] {
  const location = { file: folder, line: 1 };
  if (passedOver === files) {
    const what =
      files === 0
        ? 'no file in it'
        : `${files === 1 ? '1 file, not one that' : `${files} files, none of which`} fwaudit knows`;
    const message = `no configuration in this folder: ${what}`;
    return [{ code: 'no-configuration-found', message, location, incomplete: true }];
  }
  if (passedOver === 0) return [];
  const count = passedOver === 1 ? 'is no configuration and was' : 'are no configurations and were';
  const message = `${passedOver} of ${files} files in this folder ${count} passed over`;
  return [{ code: 'passed-over', message, location, incomplete: false }];
}

interface Detected {
  readonly platform: Platform | null;
  readonly passedOver: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

function detect(capture: CollectedCapture, platforms: readonly Platform[], wanted: string | null): Detected {
  const location = { file: capture.file, line: 1 };
  const fail = (code: Diagnostic['code'], message: string, hint?: string): Detected => ({
    platform: null,
    passedOver: false,
    diagnostics: [{ code, message, location, incomplete: true, ...(hint === undefined ? {} : { hint }) }],
  });
  if (wanted !== null) {
    const platform = platforms.find((each) => each.id === wanted);
    if (platform === undefined) return fail('unrecognised-input', `there is no platform ${wanted}`);
    return { platform, passedOver: false, diagnostics: [] };
  }
  const detection = detectPlatform(capture, platforms);
  if (detection.kind === 'one') {
    return { platform: detection.platform, passedOver: false, diagnostics: [] };
  }
  if (detection.kind === 'ambiguous') {
    const names = detection.platforms.map((each) => each.id).join(', ');
    return fail('ambiguous-platform', `could be ${names}`, 'say which with --platform');
  }
  if (capture.folder !== null && !looksLikeExport(capture)) {
    return { platform: null, passedOver: true, diagnostics: [] };
  }
  if (capture.bytes.length === 0) return fail('empty-input', 'empty file');
  return fail(
    'unrecognised-input',
    `not a configuration that fwaudit knows (${describe(capture.bytes)})`,
    'fwaudit platforms lists what it reads',
  );
}

/** Endings that configurations are exported with: what bears one in a folder is not passed over. */
const EXPORT_ENDING = /\.(exp|conf|cfg|config|xml|rules|rsc|boot|set|dump|bak)$/i;

function looksLikeExport(capture: Capture): boolean {
  return EXPORT_ENDING.test(capture.file);
}

/** What an unrecognised input looks like, in two or three words. */
function describe(bytes: Uint8Array): string {
  const starts = (...head: readonly number[]) => head.every((byte, at) => bytes[at] === byte);
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) return 'UTF-16 text';
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'a PNG image';
  if (starts(0x25, 0x50, 0x44, 0x46)) return 'a PDF document';
  if (starts(0x50, 0x4b, 0x03, 0x04)) return 'a ZIP archive';
  if (starts(0x1f, 0x8b)) return 'gzip data';
  return bytes.subarray(0, 4096).includes(0) ? 'binary data' : 'text';
}

function unrecognised(capture: Capture, diagnostics: readonly Diagnostic[]): ParsedCapture {
  return { file: capture.file, platform: null, coverage: null, limits: [], devices: [], diagnostics };
}

function collectParsed(
  capture: CollectedCapture,
  platform: Platform,
  parsed: Parsed,
  unique: ReadonlyMap<FirewallConfig, FirewallConfig>,
): ParsedCapture {
  const here = (file: string | undefined) => file === capture.file;
  return {
    file: capture.file,
    platform,
    coverage: parsed.coverage.find((each) => here(each.file)) ?? null,
    limits: parsed.limits,
    devices: parsed.devices
      .filter((device) => here(device.location.file))
      .map((device) => withCollection(unique.get(device) ?? device, capture)),
    diagnostics: parsed.diagnostics.filter((each) => here(each.location?.file)),
  };
}

/** Adds what the session that a configuration came by says of the appliance, and the file does not. */
function withCollection(device: FirewallConfig, { collection }: CollectedCapture): FirewallConfig {
  if (collection === undefined) return device;
  const { oldAlgorithms, location } = collection;
  const setting = { name: 'ssh-old-algorithms', value: oldAlgorithms.join(', '), location } as const;
  return { ...device, settings: [...device.settings, setting] };
}

/** Two devices of one name are told apart by their file: keys and explanations need one name each. */
function uniqueIds(devices: readonly FirewallConfig[]): ReadonlyMap<FirewallConfig, FirewallConfig> {
  const count = new Map<string, number>();
  for (const device of devices) count.set(device.id, (count.get(device.id) ?? 0) + 1);
  return new Map(
    devices.map((device) => [
      device,
      count.get(device.id) === 1 ? device : { ...device, id: `${device.id}@${device.location.file}` },
    ]),
  );
}
