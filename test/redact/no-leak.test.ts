import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Capture } from '../../src/model/capture.js';
import { pairsOf, placesOf } from '../secrets/places.js';
import { corpusSamples, fixtureSamples } from './exports.js';

/** No secret of the original stands in the redacted bytes, in any encoding that an export uses. */

const key = new Uint8Array(32).fill(7);

/** Values that everybody knows stay; those that are part of plain words or an address can't be told from them. */
const KNOWN = /^(?:public|private|admin|password|fortinet|pfsense|sonicwall|changeme|default|cisco|root)$/;

/** Everything that can be read out of a capture. */
function readable(platform: string, { bytes }: Capture): string {
  const text = Buffer.from(bytes).toString('latin1');
  const inner = platform === 'sonicwall' ? pairsOf(text).join('\n') : '';
  const blobs = [...`${text}\n${inner}`.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([each]) =>
    Buffer.from(each, 'base64').toString('latin1'),
  );
  const all = [text, inner, ...(text.length < 200_000 ? blobs : [])].join('\n');
  return `${all}\n${all.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))}`;
}

function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64').replace(/.{0,2}=*$/, '')];
}

describe.each([...fixtureSamples(), ...corpusSamples()].map((sample) => ({ name: sample.name, sample })))(
  '$name',
  ({ sample: { platform, captures } }) => {
    it('holds no secret any more', () => {
      for (const capture of captures) {
        const redacted = platform.redact(capture, key);
        expect(redacted).not.toBeNull();
        if (redacted === null) continue;
        const text = readable(platform.id, redacted);
        const secrets = placesOf(platform.id, capture).map(({ value }) => value.replace(/\s+/g, ' '));
        const leaked = new Set(secrets);
        for (const secret of leaked) {
          if (secret.length < 6 || KNOWN.test(secret) || /^-----BEGIN|^<removed>$|^0+$/.test(secret))
            continue;
          for (const spelling of spellings(secret))
            expect([secret, text.includes(spelling)]).toEqual([secret, false]);
        }
        expect(text).not.toMatch(/PLANTED/);
      }
    });
  },
);
