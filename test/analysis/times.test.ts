import { describe, expect, it } from 'vitest';
import { auditFiles } from '../support/run.js';

/** The proof of a door says when its rule was made, changed and used, and what was changed after it. */
describe('the times on a path', () => {
  const [door] = auditFiles(['fixtures/sonicwall/group-changed-later/config.exp']).exposures.filter(
    ({ service }) => service.id === 'https-management',
  );
  const details = new Map(door?.path.map(({ name, detail }) => [name, detail]));

  it('are those of the rule', () => {
    expect(details.get('WAN to WAN 14')).toBe(
      'permit · made by a user on 2021-03-01 · changed 2021-03-06 · last used 2024-08-25',
    );
  });

  it('tell what was changed after it', () => {
    expect(details.get('Support')).toBe('group, changed 2024-05-01, after the rule');
    expect(details.get('Contractor')).toBe('203.0.113.99, changed 2024-05-01, after the rule');
    expect(details.get('Office')).toBe('203.0.113.7');
  });
});
