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

function sameBytes(some: Sample['captures'], others: Sample['captures']): boolean {
  return some.every(({ bytes }, at) => Buffer.from(bytes).equals(others[at]?.bytes as Buffer));
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
      expect(sameBytes(again, after)).toBe(true);
      // What holds no secret is the same file, byte for byte.
      if (!sameBytes(after, captures)) expect(auditOf(after, platform)).toEqual(auditOf(captures, platform));
    });
  },
);
