import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDisguise } from '../../src/platforms/shared/disguise.js';
import { vocabularyOf } from '../../src/platforms/shared/vocabulary.js';
import { rangesOf } from '../../src/redact/disguised-ranges.js';
import { corpusSamples, fixtureSamples } from '../redact/exports.js';
import { pairsOf, placesOf } from '../secrets/places.js';

const key = new Uint8Array(32).fill(5);
const vocabulary = vocabularyOf('firewall address');

function disguise(text: string): string {
  return createDisguise(key, []).text(text, vocabulary);
}

describe('a name', () => {
  it('becomes another one, the same wherever it is a part', () => {
    const [one = '', other = ''] = disguise('Acme Paris|VPN to acme_paris-2').split('|');
    expect(one).toMatch(/^[A-Z][a-z]{9} [A-Z][a-z]{9}$/);
    expect(other).toBe(`VPN to ${one.toLowerCase().replace(' ', '_')}-2`);
  });

  it('stays itself when everybody calls things so', () => {
    for (const text of [
      'WAN to LAN',
      'eth0.10',
      'X1',
      'All HTTPS services',
      '443',
      'redacted-0123456789abcdef',
    ])
      expect(disguise(text)).toBe(text);
  });

  it('hides addresses, also in the middle of names, serials, telephones and hardware addresses', () => {
    const after = disguise(
      'fw-81-2-69-144 81.2.69.144 2a01:e0a::5 0017C5123456 +33612345678 00:17:c5:12:34:56',
    );
    expect(after).not.toMatch(/81.2.69.144|e0a|0017C5|612345678|17:c5/);
    expect(after).toMatch(
      /^fw-\d+-\d+-\d+-144 \d+\.\d+\.\d+\.144 [0-9a-f:]+ [0-9A-F]{12} \+\d{11} (?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/,
    );
  });

  it('is never that of another', () => {
    const one = createDisguise(key, []);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{4,9}$/), { minLength: 2, maxLength: 20 }),
        (words) => {
          expect(new Set(words.map((word) => one.text(word, new Set()))).size).toBe(words.length);
        },
      ),
    );
  });

  it('stays when it is well known', () => {
    const known = createDisguise(key, [], ['bad-account', '81.2.69.144']);
    expect(known.text('Bad-Account', vocabulary)).toBe('Bad-Account');
    expect(known.text('from 81.2.69.144', vocabulary)).toBe('from 81.2.69.144');
  });
});

/** Names that the fixtures give, and no vendor: ACME is a protocol, and a package of pfSense. */
const GIVEN = /paris|lyon|metz|lille|nantes|dupont|martin|exemple/i;

describe.each([...fixtureSamples(), ...corpusSamples()].map((sample) => ({ name: sample.name, sample })))(
  '$name',
  ({ sample: { platform, captures } }) => {
    it('holds no name, address or secret of the original', () => {
      const made = createDisguise(key, platform.parse(captures).devices.flatMap(rangesOf));
      for (const capture of captures) {
        const bytes = platform.anonymise(capture, made)?.bytes ?? new Uint8Array();
        const raw = Buffer.from(bytes).toString('latin1');
        const text =
          platform.id === 'sonicwall' && /\.exp$/.test(capture.file) ? pairsOf(raw).join('\n') : raw;
        expect(bytes.length).toBeGreaterThan(0);
        expect(text).not.toMatch(/PLANTED/);
        if (capture.file.startsWith('fixtures')) expect(text).not.toMatch(GIVEN);
        for (const { value } of placesOf(platform.id, capture)) {
          if (value.length >= 10 && !/^-----BEGIN|^<removed>$|^0+$|^[a-z]+$/.test(value))
            expect(text).not.toContain(value);
        }
      }
    });
  },
);
