import type { Capture } from '../model/capture.js';
import { fortigate } from './fortigate/index.js';
import { iptables } from './iptables/index.js';
import { pfsense } from './pfsense/index.js';
import type { Confidence, Platform } from './platform.js';
import { sonicwall } from './sonicwall/index.js';

/** Every platform, in no order that matters. Adding one is a line here. */
export const platforms: readonly Platform[] = [fortigate, iptables, pfsense, sonicwall];

/** Which platform a capture belongs to. */
export type Detection =
  | { readonly kind: 'one'; readonly platform: Platform; readonly confidence: Confidence }
  /** Several are equally sure: the user has to say. */
  | { readonly kind: 'ambiguous'; readonly platforms: readonly Platform[]; readonly confidence: Confidence }
  | { readonly kind: 'none' };

/** Asks every platform how sure it is; the highest wins, whatever the order of the list. */
export function detectPlatform(capture: Capture, candidates: readonly Platform[] = platforms): Detection {
  const sure = candidates
    .map((platform) => ({ platform, confidence: platform.detect(capture) }))
    .filter(({ confidence }) => confidence > 0);
  const confidence = sure.reduce((highest, each) => Math.max(highest, each.confidence), 0);
  const best = sure.filter((each) => each.confidence === confidence).map(({ platform }) => platform);
  const [platform] = best;
  if (platform === undefined) return { kind: 'none' };
  return best.length === 1
    ? { kind: 'one', platform, confidence }
    : { kind: 'ambiguous', platforms: best, confidence };
}
