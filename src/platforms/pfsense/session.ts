import type { SessionScript } from '../../model/session-script.js';

/**
 * pfSense keeps its whole configuration in one file. The user `admin` gets a menu in place of a shell:
 * another user with shell access, or `root`, reads it.
 */
export const session: SessionScript = {
  platform: 'pfsense',
  name: 'pfSense',
  channel: 'exec',
  prompt: /[#$%]\s*$/,
  questions: [],
  refusals: [],
  prepare: [],
  commands: [
    {
      send: 'cat /conf/config.xml',
      elevated: 'sudo -n cat /conf/config.xml',
      file: 'config.xml',
      expects: { holds: /<pfsense>/, ends: /<\/pfsense>\s*$/ },
    },
  ],
  finish: [],
  volatile: [
    { find: /<revision>[\s\S]{0,2000}?<\/revision>\s*/g, replace: '' },
    { find: /<last_rule_upd_time>\d*<\/last_rule_upd_time>\s*/g, replace: '' },
  ],
  sources: [
    'https://docs.netgate.com/pfsense/en/latest/backup/index.html',
    'https://github.com/ytti/oxidized/issues/535',
  ],
};
