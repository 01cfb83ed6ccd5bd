import type { SessionScript } from '../../model/session-script.js';

/** RouterOS: version 7 leaves secrets out by itself, version 6 does not. */
export const session: SessionScript = {
  platform: 'mikrotik',
  name: 'MikroTik RouterOS',
  channel: 'exec',
  prompt: /\] > ?$/,
  questions: [],
  refusals: [],
  prepare: [],
  commands: [{ send: '/export', file: 'export.rsc', expects: { holds: /^# .*RouterOS \d/m, ends: null } }],
  finish: [],
  exitCodeMayBeMissing: true,
  volatile: [
    { find: /^# .* by RouterOS (\S+)\s*$/gm, replace: '# by RouterOS $1' },
    {
      find: /^# (?:inactive time|received packet from .*|\S+ not ready|poe-out status: .*)\s*\n/gm,
      replace: '',
    },
  ],
  sources: [
    'https://help.mikrotik.com/docs/spaces/ROS/pages/328155/Configuration+Management',
    'https://github.com/ytti/oxidized/blob/master/lib/oxidized/model/routeros.rb',
  ],
};
