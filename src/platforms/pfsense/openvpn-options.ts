import type { XmlElement } from '../shared/xml.js';
import { plainText, value } from './config-tree.js';

/** What somebody added to the configuration of an OpenVPN server or client: options with their words. */
export function optionsOf(element: XmlElement): readonly (readonly string[])[] {
  return plainText(value(element, 'custom_options'))
    .split(/[;\r\n]+/)
    .map((line) => line.trim().split(/\s+/))
    .filter(([option = '']) => option !== '' && !option.startsWith('#'));
}

/** Options that run a program, or load one: openvpn(8), "Scripting and Environmental Variables" and --plugin. */
const PROGRAMS: ReadonlySet<string> = new Set([
  'auth-user-pass-verify',
  'client-connect',
  'client-crresponse',
  'client-disconnect',
  'down',
  'ipchange',
  'learn-address',
  'plugin',
  'route-pre-down',
  'route-up',
  'tls-verify',
  'up',
]);

/** Whether somebody has OpenVPN run programs of their own. */
export function runsPrograms(element: XmlElement): boolean {
  return optionsOf(element).some(([option = '']) => PROGRAMS.has(option));
}

/** Whether it takes commands from whoever connects to a port of its own, from other hosts too. */
export function isManagedFromAfar(element: XmlElement): boolean {
  return optionsOf(element).some(
    ([option = '', host = '']) => option === 'management' && !/^(?:127\.|::1$|localhost$|\/)/.test(host),
  );
}
