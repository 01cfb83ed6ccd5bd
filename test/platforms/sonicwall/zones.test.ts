import { describe, expect, it } from 'vitest';
import { codesOf, encodeText, named, only, pairsText, parseText, SMALL, zone } from './exports.js';

/** What a zone is, where the file says two things of it. */
function zoneOf(changed: (text: string) => string) {
  const pairs = { ...SMALL, ...zone(9, 'Provider', 1) };
  const { devices, diagnostics } = parseText(encodeText(changed(pairsText(pairs))));
  return { role: named(only(devices).zones, 'Provider').role.value, codes: codesOf(diagnostics) };
}

const again = (index: number, type: number) => pairsText(zone(index, 'Provider', type));

describe('a zone of two types', () => {
  it('may have strangers behind it, where its key stands twice', () => {
    const twice = (text: string) => text.replace(/zoneObjZoneType_9=1&/, '$&zoneObjZoneType_9=0&');
    expect(zoneOf(twice)).toEqual({ role: 'unknown', codes: ['duplicate-key'] });
  });

  it('may have strangers behind it, where the zone stands twice', () => {
    const twice = (text: string) => text.replace(/checksum=/, `${again(10, 0)}$&`);
    expect(zoneOf(twice)).toEqual({ role: 'unknown', codes: ['missing-value'] });
  });

  it('is what both say, where they say the same', () => {
    const key = (text: string) => text.replace(/zoneObjZoneType_9=1&/, '$&$&');
    const row = (text: string) => text.replace(/checksum=/, `${again(10, 1)}$&`);
    expect([zoneOf(key).role, zoneOf(row).role, zoneOf((text) => text).role]).toEqual([
      'trusted',
      'trusted',
      'trusted',
    ]);
  });
});
