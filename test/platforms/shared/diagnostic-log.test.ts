import { expect, test } from 'vitest';
import { createDiagnosticLog } from '../../../src/platforms/shared/diagnostic-log.js';

test('says each kind of trouble of a file once, with its number and its first place', () => {
  const log = createDiagnosticLog();
  log.note('malformed-value', 'an address that cannot be read', { file: 'a', line: 3 });
  log.note('malformed-value', 'an address that cannot be read', { file: 'a', line: 9 });
  log.note('malformed-value', 'an address that cannot be read', { file: 'b', line: 1, key: 'addrObjIp1_4' });
  log.note('malformed-value', 'an address that cannot be read', { file: 'b', line: 1, key: 'addrObjIp1_7' });
  log.note('malformed-value', 'a port that cannot be read', { file: 'b', line: 1 }, false);

  expect(log.list()).toEqual([
    {
      code: 'malformed-value',
      message: 'an address that cannot be read (2 times, first in line 3)',
      location: { file: 'a', line: 3 },
      incomplete: true,
    },
    {
      code: 'malformed-value',
      message: 'an address that cannot be read (2 times, first addrObjIp1_4)',
      location: { file: 'b', line: 1, key: 'addrObjIp1_4' },
      incomplete: true,
    },
    {
      code: 'malformed-value',
      message: 'a port that cannot be read',
      location: { file: 'b', line: 1 },
      incomplete: false,
    },
  ]);
});
