import type { SessionScript } from '../../model/session-script.js';

/** Junos: one statement a line, so that each stands for itself. */
export const session: SessionScript = {
  platform: 'junos',
  name: 'Juniper Junos',
  channel: 'shell',
  prompt: /^[\w.@:-]+>\s*$/,
  questions: [{ asks: /^---\(more(?: \d+%)?\)---\s*$/, answer: { kind: 'key', text: ' ' }, when: 'always' }],
  refusals: [/^(?:unknown command|syntax error|error:|missing argument)/, /^\s*\^\s*$/],
  prepare: [{ send: 'set cli screen-length 0' }, { send: 'set cli screen-width 0' }],
  commands: [
    {
      send: 'show configuration | display set | no-more',
      file: 'configuration.set',
      expects: { holds: /^set version /m, ends: null },
    },
  ],
  finish: ['exit'],
  volatile: [{ find: /^## Last (?:commit|changed):.*\n/gm, replace: '' }],
  sources: ['Junos CLI user guide: set cli screen-length, show | display set'],
};
