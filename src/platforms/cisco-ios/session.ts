import type { SessionScript } from '../../model/session-script.js';

/** Cisco IOS and IOS XE. */
export const session: SessionScript = {
  platform: 'cisco-ios',
  name: 'Cisco IOS',
  channel: 'shell',
  prompt: /^[\w.@()/:-]+[>#]\s*$/,
  questions: [
    { asks: /^Password:\s*$/, answer: { kind: 'enable-password' }, when: 'always' },
    { asks: /^\s*--More--\s*$/, answer: { kind: 'key', text: ' ' }, when: 'always' },
  ],
  refusals: [
    /^% ?(?:Invalid|Incomplete|Unknown|Access denied|Authorization|Bad secrets|Error)/,
    /^Command authorization failed/,
  ],
  prepare: [
    { send: 'enable', changesPrompt: true, needs: 'enable-password' },
    { send: 'terminal length 0' },
    { send: 'terminal width 0' },
  ],
  commands: [
    {
      send: 'show running-config',
      file: 'running-config.cfg',
      expects: { holds: /^version \d/m, ends: /\nend\s*$/ },
    },
  ],
  finish: ['exit'],
  volatile: [
    {
      find: /^(?:Building configuration|Current configuration :|! Last configuration change|! NVRAM config last).*\n/gm,
      replace: '',
    },
    { find: /^ntp clock-period .*\n/gm, replace: '' },
  ],
  sources: [
    'Cisco IOS configuration fundamentals command reference: enable, terminal length, show running-config',
  ],
};
