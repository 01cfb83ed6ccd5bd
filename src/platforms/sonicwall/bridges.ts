import type { DiagnosticLog } from '../shared/diagnostic-log.js';
import type { KeyReader } from './key-reader.js';
import type { ReadFamily } from './read-families.js';
import { isOn } from './values.js';

/** By which key an interface is made a port of a bridge, and which names the other port, by its number. */
const MODES = [
  ['iface_lan_l2_bridged_N', 'iface_bridged_other_N'],
  ['iface_nativebridge_N', 'iface_nativebridge_to_N'],
  ['iface_lan_transparent_N', 'iface_lan_trans_shared_if_N'],
  ['iface_wire_mode_N', 'iface_wm_if_N'],
] as const satisfies readonly (readonly [ReadFamily, ReadFamily])[];

/** What the export says of an interface as a port of a bridge. */
export interface Port {
  /** Names the bridge: the number of the port that all others are tied to. */
  readonly bridge: string;
  /** It has no address of its own, and the file does not hold the other port. */
  readonly alone: boolean;
}

/**
 * Interfaces that are bridged to another, or share its subnet (Layer 2 Bridged Mode, Native Bridge, Transparent Mode
 * and Wire Mode of the SonicOS administration guide): access rules decide what crosses, from zone to zone, and no route leads it.
 *
 * @returns what is known of a slot, by its number; null: it is no port of a bridge
 */
export function readBridges(reader: KeyReader, log: DiagnosticLog): (index: number) => Port | null {
  const numbers = new Map<string, number>();
  for (const index of reader.indices('iface_ifnum_N')) {
    const number = reader.at('iface_ifnum_N', index)?.text;
    if (number !== undefined && !numbers.has(number)) numbers.set(number, index);
  }
  const other = new Map<number, string | null>();
  for (const index of reader.indices('iface_ifnum_N', 'iface_name_N')) {
    for (const [mode, tied] of MODES) {
      const to = reader.at(tied, index)?.text ?? '';
      if (isOn(reader.at(mode, index)) === true)
        other.set(index, numbers.has(to) && numbers.get(to) !== index ? to : null);
    }
    noteBypass(reader, index, log);
  }
  const mains = new Set(other.values());
  return (index) => {
    const number = reader.at('iface_ifnum_N', index)?.text;
    const to = other.get(index);
    if (to === null) return { bridge: `slot ${index}`, alone: true };
    if (to !== undefined) return { bridge: to, alone: false };
    return number !== undefined && mains.has(number) ? { bridge: number, alone: false } : null;
  };
}

/**
 * Of the sorts of Wire Mode, Secure alone processes what crosses: Bypass and Inspect pass everything on ("Interfaces",
 * SonicOS 5.8.1 Administrator Guide). No source says by which number an export calls each.
 */
function noteBypass(reader: KeyReader, index: number, log: DiagnosticLog): void {
  const at = (family: ReadFamily) => reader.at(family, index);
  const wired = at('iface_wire_mode_N');
  if (wired !== undefined && isOn(wired) === true && at('iface_wm_type_N')?.text !== 'secure') {
    const trouble = 'an interface is in Wire Mode: what crosses it may pass without access rules';
    log.note('unclassified', trouble, wired.location);
  }
  const native = at('iface_nativebridge_N');
  const filtered = isOn(at('nativebridge_do_firewalling_N')) !== false;
  if (native !== undefined && isOn(native) === true && !filtered) {
    log.note('unclassified', 'a native bridge passes packets without access rules', native.location);
  }
  const stateless = at('bridged_iface_stateless_N');
  if (stateless !== undefined && isOn(at('iface_lan_l2_bridged_N')) === true && isOn(stateless) === true) {
    const trouble = 'a bridge has no stateful inspection: what crosses it as an answer is not known';
    log.note('unclassified', trouble, stateless.location);
  }
}
