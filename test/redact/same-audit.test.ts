import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { auditOf, corpusSamples, fixtureSamples, type Sample } from './exports.js';

/** The audit of the redacted configuration is the audit of the original. */

const key = new Uint8Array(32).fill(7);

function redacted({ platform, captures }: Sample): Sample['captures'] {
  return captures.map((capture) => {
    const result = platform.redact(capture, key);
    if (result === null) throw new Error(`${capture.file} was not redacted`);
    return result;
  });
}

describe.each([...fixtureSamples(), ...corpusSamples()].map((sample) => ({ name: sample.name, sample })))(
  '$name',
  ({ sample }) => {
    it('is audited alike', () => {
      const { captures, platform } = sample;
      const after = redacted(sample);
      // Whatever an audit says of a capture, it has from this.
      expect(platform.parse(after)).toEqual(platform.parse(captures));
      expect(after.map(platform.detect)).toEqual(captures.map(platform.detect));
      const again = redacted({ ...sample, captures: after });
      expect(again.every(({ bytes }, at) => Buffer.from(bytes).equals(after[at]?.bytes as Buffer))).toBe(
        true,
      );
      if (captures.every(({ bytes }) => bytes.length < 100_000))
        expect(auditOf(after, platform)).toEqual(auditOf(captures, platform));
    });
  },
);
