import type { CollectedFile } from '../collect/collect-device.js';
import type { Redaction } from '../collect/run.js';
import type { Platform } from '../platforms/platform.js';
import type { RedactionKey } from '../platforms/shared/placeholders.js';

/** Takes the secrets out of what appliances hand over, before any of it is written. */
export function redactionWith(platforms: readonly Platform[], key: RedactionKey): Redaction {
  const known = new Map(platforms.map((platform) => [platform.id, platform]));
  return {
    platforms: new Set(known.keys()),
    redact(id, files) {
      const platform = known.get(id);
      return platform === undefined ? null : redactFiles(platform, files, key);
    },
  };
}

/** Null unless everything that an audit says of the configuration is still the same. */
function redactFiles(
  platform: Platform,
  files: readonly CollectedFile[],
  key: RedactionKey,
): readonly CollectedFile[] | null {
  const redacted = files.flatMap((file) => {
    const capture = platform.redact({ file: file.file, bytes: file.bytes }, key);
    return capture === null ? [] : [{ ...file, bytes: capture.bytes }];
  });
  if (redacted.length !== files.length) return null;
  const before = platform.parse(files);
  return before.devices.length > 0 && JSON.stringify(before) === JSON.stringify(platform.parse(redacted))
    ? redacted
    : null;
}
