import type { SessionScript } from '../../model/session-script.js';

/** Both families, each in a file of its own; `sudo` where the account is not root. */
export const session: SessionScript = {
  platform: 'iptables',
  name: 'Linux iptables',
  channel: 'exec',
  prompt: /[#$]\s*$/,
  questions: [],
  refusals: [],
  prepare: [],
  commands: [
    {
      send: 'iptables-save',
      elevated: 'sudo -n iptables-save',
      file: 'iptables-save.rules',
      expects: { holds: /^\*[a-z]+$/m, ends: /\nCOMMIT\n(?:#.*\n)?\s*$/ },
    },
    {
      send: 'ip6tables-save',
      elevated: 'sudo -n ip6tables-save',
      file: 'ip6tables-save.rules',
      expects: { holds: /^\*[a-z]+$/m, ends: /\nCOMMIT\n(?:#.*\n)?\s*$/ },
      mayBeEmpty: true,
    },
  ],
  finish: [],
  volatile: [
    { find: /^# (?:Generated|Completed).*\n/gm, replace: '' },
    { find: /^(:\S+ \S+) \[\d+:\d+\]/gm, replace: '$1 [0:0]' },
    { find: /^\[\d+:\d+\] /gm, replace: '' },
  ],
  sources: ['iptables-save(8)', 'https://netfilter.org/'],
};
