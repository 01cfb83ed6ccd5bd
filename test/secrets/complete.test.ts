import { describe, expect, it } from 'vitest';
import { corpusSamples, fixtureSamples } from '../redact/exports.js';
import { placesOf } from './places.js';

/** Every secret of an export is in the model, by its place: counted a second way, by names alone. */

describe.each([...fixtureSamples(), ...corpusSamples()].map((sample) => ({ name: sample.name, sample })))(
  '$name',
  ({ sample: { platform, captures } }) => {
    it('lists every secret that it holds', () => {
      const refs = platform.parse(captures).devices.flatMap(({ secrets }) => secrets);
      if (refs.length === 0 && platform.parse(captures).devices.length === 0) return;
      const listed = new Set(refs.map(({ location: { file, line, key } }) => `${file}:${key ?? line}`));
      const missing = captures.flatMap((capture) =>
        placesOf(platform.id, capture)
          .filter(({ at }) => !listed.has(`${capture.file}:${at}`))
          .map(({ name, at }) => `${name} ${at}`),
      );
      expect(missing).toEqual([]);
    });
  },
);
