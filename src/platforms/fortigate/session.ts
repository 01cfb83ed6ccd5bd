import type { SessionScript } from '../../model/session-script.js';

/**
 * FortiOS: what the unit would write into a backup. The pager is answered, not switched off: its
 * setting is a part of the configuration.
 */
export const session: SessionScript = {
  platform: 'fortigate',
  name: 'Fortinet FortiGate',
  channel: 'shell',
  prompt: /^[\w.~-]+(?: \([\w.-]+\))?\s?[#$]\s*$/,
  questions: [
    { asks: /\(Press 'a' to accept\):\s*$/, answer: { kind: 'key', text: 'a' }, when: 'login' },
    { asks: /^--More--\s*$/, answer: { kind: 'key', text: ' ' }, when: 'always' },
  ],
  refusals: [/^Command fail\. Return code/, /^Unknown action/, /^command parse error/],
  prepare: [],
  commands: [
    { send: 'show', file: 'show.conf', expects: { holds: /^#config-version=/m, ends: /\nend\s*$/ } },
  ],
  finish: ['exit'],
  volatile: [
    { find: /^#conf_file_ver=.*\n/gm, replace: '' },
    { find: /^(\s*set \S+ ENC )\S+$/gm, replace: '$1<secret>' },
    {
      find: /-----BEGIN ((?:ENCRYPTED )?PRIVATE KEY)-----[^-]*-----END \1-----/g,
      replace: '-----BEGIN $1-----<secret>-----END $1-----',
    },
  ],
  sources: [
    'FortiOS CLI reference, config system console and config system global (post-login-banner)',
    'https://github.com/ytti/oxidized/pull/2996',
    'https://github.com/ytti/oxidized/issues/3227',
  ],
};
