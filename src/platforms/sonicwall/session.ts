import type { SessionScript } from '../../model/session-script.js';

/** SonicOS 5.9 to 7.3: the whole configuration as CLI text, without going into config mode. */
export const session: SessionScript = {
  platform: 'sonicwall',
  name: 'SonicWall SonicOS',
  channel: 'shell',
  prompt: /^[\w.-]+@[\w.-]+>\s*$/,
  questions: [
    // Many builds let SSH in and ask for the password once more, in the terminal.
    { asks: /^Password:\s*$/, answer: { kind: 'password' }, when: 'login' },
    { asks: /^yes:\s*$/, answer: { kind: 'line', text: 'yes' }, when: 'login' },
    // Another administrator is at work: reading needs nobody pushed out.
    {
      asks: /Do you wish to preempt them \(yes\/no\)\?\s*$/,
      answer: { kind: 'line', text: 'no' },
      when: 'always',
    },
    { asks: /^--MORE--\s*$/, answer: { kind: 'key', text: ' ' }, when: 'always' },
  ],
  refusals: [/^% ?Error\b/, /^Access denied/, /^% Session timed out/],
  prepare: [{ send: 'no cli pager session' }],
  commands: [
    {
      send: 'show current-config',
      file: 'current-config.cfg',
      expects: { holds: /^\s*firmware-version /m, ends: null },
    },
  ],
  finish: ['exit'],
  volatile: [
    { find: /^\s*(?:system-time|system-uptime|checksum) .*\n/gm, replace: '' },
    // Encrypted with another salt at each export: `password 4,3f21…`.
    { find: /\b(\d),[0-9a-fA-F]{6,}(?=\s|$)/gm, replace: '$1,<secret>' },
  ],
  sources: [
    'SonicOS 6.5 and 7 E-CLI reference guide',
    'https://github.com/ytti/oxidized/issues/938',
    'https://github.com/ytti/oxidized/issues/3339',
    'https://github.com/ytti/oxidized/issues/3730',
  ],
};
