import type { SessionScript } from '../../model/session-script.js';

/** VyOS, and Vyatta before it: the running configuration as commands. */
export const session: SessionScript = {
  platform: 'vyos',
  name: 'VyOS',
  channel: 'shell',
  prompt: /^[\w.-]+@[\w.-]+(?::~\$|>)\s*$/,
  questions: [],
  refusals: [/^\s*(?:Invalid command|Configuration path|Cannot)/, /command not found/],
  prepare: [],
  commands: [
    {
      send: 'show configuration commands | no-more',
      file: 'configuration.conf',
      expects: { holds: /^set system /m, ends: null },
    },
  ],
  finish: ['exit'],
  volatile: [],
  sources: ['https://docs.vyos.io/en/latest/cli.html'],
};
