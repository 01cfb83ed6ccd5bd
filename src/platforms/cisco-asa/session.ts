import type { SessionScript } from '../../model/session-script.js';

/** Cisco ASA: the running configuration as shown, in which pre-shared keys are stars. */
export const session: SessionScript = {
  platform: 'cisco-asa',
  name: 'Cisco ASA',
  channel: 'shell',
  prompt: /^[\w.@/()-]+[>#]\s*$/,
  questions: [
    { asks: /^Password:\s*$/, answer: { kind: 'enable-password' }, when: 'always' },
    { asks: /^<--- More --->\s*$/, answer: { kind: 'key', text: ' ' }, when: 'always' },
  ],
  refusals: [/^ERROR: /, /^% ?(?:Invalid|Authorization|Access denied)/, /^Command authorization failed/],
  prepare: [{ send: 'enable', changesPrompt: true, needs: 'enable-password' }, { send: 'terminal pager 0' }],
  commands: [
    {
      send: 'show running-config',
      file: 'running-config.cfg',
      expects: { holds: /^ASA Version /m, ends: /\n: end\s*$/ },
    },
  ],
  finish: ['exit'],
  volatile: [{ find: /^: (?!Saved|end).*\n/gm, replace: '' }],
  sources: ['Cisco ASA series command reference: enable, terminal pager, show running-config'],
};
