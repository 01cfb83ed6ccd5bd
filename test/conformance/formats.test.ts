import { describe, expect, it } from 'vitest';
import { formats } from '../../src/report/index.js';
import { auditFiles } from '../support/run.js';

/** What every report format has to hold to. */

const hostile = ['fixtures/sonicwall/secrets-and-escapes/config.exp'];

describe.each(formats.map((format) => ({ id: format.id, format })))('$id', ({ format }) => {
  it.each([0, 1, 2] as const)('keeps hostile names inert at verbosity %i', (verbosity) => {
    const text = format.render(auditFiles(hostile), { width: 100, colour: false, verbosity, unicode: true });
    const lines = text.replaceAll(format.newline ?? '\n', '\n');
    expect(lines).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('is a pure function of the report', () => {
    const report = auditFiles(hostile);
    const options = { width: 100, colour: true, verbosity: 1, unicode: true } as const;
    expect(format.render(report, options)).toBe(format.render(structuredClone(report), options));
  });

  it(`writes ${format.ascii ? 'plain ASCII when asked' : 'the same whatever the terminal can show'}`, () => {
    const report = auditFiles(hostile);
    const options = { width: 80, colour: false, verbosity: 1 } as const;
    const plain = format.render(report, { ...options, unicode: false });
    if (format.ascii) expect(plain).toMatch(/^[\n -~]*$/);
    else expect(plain).toBe(format.render(report, { ...options, unicode: true }));
  });
});
