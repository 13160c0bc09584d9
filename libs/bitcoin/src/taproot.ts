import { compareBytes, concatBytes, tagSchnorr, taprootTweakPubkey } from '@scure/btc-signer/utils.js'

// Trees of scripts (BIP 341): two leaves are all that is needed here.

/** A point of which nobody knows the key (BIP 341): the key path of an output with this one cannot be spent. */
export const UNSPENDABLE = Uint8Array.from(Buffer.from('50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0', 'hex'))
export const LEAF_VERSION = 0xc0

export function leafHash(script: Uint8Array, version = LEAF_VERSION): Uint8Array {
  if (script.length > 252) throw new RangeError('scripts of more than 252 bytes are not built here')
  return tagSchnorr('TapLeaf', Uint8Array.of(version, script.length), script)
}

export function branchHash(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? tagSchnorr('TapBranch', a, b) : tagSchnorr('TapBranch', b, a)
}

/** The output that commits to an internal key (32 bytes) and a tree of this root. */
export function taprootOutput(internalKey: Uint8Array, root: Uint8Array): { script: Uint8Array; parity: number } {
  const [key, parity] = taprootTweakPubkey(internalKey, root)
  return { script: concatBytes(Uint8Array.of(0x51, 32), key), parity }
}

/** What shows, in a witness, that a leaf belongs to the output: the hashes of its siblings on the way to the root. */
export function controlBlock(internalKey: Uint8Array, parity: number, siblings: readonly Uint8Array[], version = LEAF_VERSION): Uint8Array {
  return concatBytes(Uint8Array.of(version | parity), internalKey, ...siblings)
}
