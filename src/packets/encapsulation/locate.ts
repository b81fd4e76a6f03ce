import { type Layers, locateLayers, noLayers, TCP } from '../headers/layers.ts';
import { locateNetwork } from './link-layer.ts';
import { type LengthField, nowhere, type Place } from './place.ts';
import { locateInside } from './tunnels.ts';

/**
 * Which of the IP packets that stand one in another is looked at: the outermost that carries TCP, or the innermost.
 * Where none carries TCP, `outermost tcp` is the outermost of all.
 */
export type Wanted = 'outermost tcp' | 'innermost';

const found = nowhere();

/** Where the first IP header of a frame begins, or -1. */
export function firstNetwork(linkType: number, bytes: Uint8Array): number {
  found.network = -1;
  locateNetwork(linkType, bytes, found);
  return found.network;
}

/** Where the IP header begins that is wanted, in a frame whose first is at `first`, with these layers. */
export function wantedNetwork(bytes: Uint8Array, first: number, layers: Layers, wanted: Wanted): number {
  if (first < 0 || layers.protocol === TCP || layers.isFragment) return first;
  let network = first;
  let inner: Layers | undefined;
  for (;;) {
    found.network = -1;
    locateInside(bytes, inner ?? layers, found);
    if (found.network < 0) break;
    network = found.network;
    inner ??= noLayers();
    locateLayers(bytes, network, inner);
    if (inner.protocol === TCP) return network;
  }
  return wanted === 'innermost' && inner !== undefined && inner.version !== 0 ? network : first;
}

/** Fills in the layers of the innermost IP packet of that which begins at `network`, and says what stands in it. */
export function innermost(bytes: Uint8Array, network: number, into: Layers): Place {
  const place = nowhere();
  for (let at = network; at >= 0; at = place.network) {
    locateLayers(bytes, at, into);
    place.network = -1;
    locateInside(bytes, into, place);
  }
  return place;
}

/** The IP packets around that which begins at `network`, the outermost first, and all lengths on the way. */
export function enclosing(
  linkType: number,
  bytes: Uint8Array,
  network: number,
): {
  readonly outer: readonly (Layers & { readonly network: number })[];
  readonly lengths: readonly LengthField[];
} {
  const lengths: LengthField[] = [];
  const place = nowhere(lengths);
  const outer: (Layers & { readonly network: number })[] = [];
  locateNetwork(linkType, bytes, place);
  while (place.network >= 0 && place.network < network) {
    const at = place.network;
    const layers = noLayers();
    locateLayers(bytes, at, layers);
    outer.push({ ...layers, network: at });
    lengths.push(layers.version === 6 ? { at: at + 4, from: at + 40 } : { at: at + 2, from: at });
    place.network = -1;
    locateInside(bytes, layers, place);
  }
  return { outer, lengths };
}
