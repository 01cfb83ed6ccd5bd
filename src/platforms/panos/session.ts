import type { SessionScript } from '../../model/session-script.js';

/** PAN-OS: the running configuration as XML, by a setting of the session alone. */
export const session: SessionScript = {
  platform: 'panos',
  name: 'Palo Alto PAN-OS',
  channel: 'shell',
  prompt: /^[\w.@:()-]+>\s*$/,
  banner: /accept and acknowledge the statement above\s*\?\s*\(yes\/no\)\s*:?\s*$/i,
  questions: [],
  refusals: [/^Unknown command:/, /^Invalid syntax\./, /^Server error/],
  prepare: [{ send: 'set cli pager off' }, { send: 'set cli op-command-xml-output on' }],
  commands: [
    {
      send: 'show config running',
      file: 'running-config.xml',
      expects: { holds: /<config[\s>]/, ends: /<\/config>[\s\S]{0,200}$/ },
    },
  ],
  finish: ['exit'],
  volatile: [],
  sources: [
    'PAN-OS CLI quick start, set cli',
    'https://github.com/ytti/oxidized/issues/440',
    'https://github.com/ytti/oxidized/issues/2040',
    'https://github.com/ytti/oxidized/pull/1101',
  ],
};
