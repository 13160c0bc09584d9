import { randomBytes } from 'node:crypto'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { HDKey } from '@scure/bip32'
import { wipe } from './aead.ts'
import { KeysError } from './errors.ts'
import type { ExtendedKey, HdSigner, RecoverableSignature } from './types.ts'

const HARDENED = 0x80000000
const PATH = /^m(\/(0|[1-9]\d{0,9})'?){0,10}$/
const PATH_LIMIT = 140
const { Fn } = secp256k1.Point

/** The signer of a seed (BIP 32). The seed is asked for at each use, and what is derived from it is wiped after that use. */
export function hdSigner(seed: () => Uint8Array): HdSigner {
  const at = <T>(path: string, use: (key: Uint8Array, node: HDKey) => T): T => {
    const steps = stepsOf(path)
    let node = HDKey.fromMasterSeed(seed())
    try {
      for (const step of steps) {
        const child = node.deriveChild(step)
        node.wipePrivateData()
        node = child
      }
      return use(present(node.privateKey), node)
    } finally {
      node.wipePrivateData()
    }
  }
  return {
    xpub: async (path): Promise<ExtendedKey> => at(path, (_key, node) => ({
      publicKey: present(node.publicKey).slice(), chainCode: present(node.chainCode).slice(), fingerprint: node.fingerprint,
    })),
    publicKey: async (path) => at(path, (_key, node) => present(node.publicKey).slice()),
    signEcdsa: async (path, hash) => at(path, (key) => recoverable(key, hash).signature),
    signEcdsaRecoverable: async (path, hash) => at(path, (key) => recoverable(key, hash)),
    signSchnorr: async (path, hash, tweak) => at(path, (key) => {
      const signing = tweak === undefined ? key.slice() : tweakedKey(key, tweak)
      try {
        return schnorr.sign(requireHash(hash), signing, randomBytes(32))
      } finally {
        wipe(signing)
      }
    }),
  }
}

/** The private key that signs for the key path of an output whose tree has this merkle root, empty where there is no tree (BIP 341). */
export function tweakedKey(key: Uint8Array, root: Uint8Array): Uint8Array {
  if (root.byteLength !== 0 && root.byteLength !== 32) throw new KeysError('INVALID_KEY_REQUEST', 'a merkle root has 32 bytes, or none')
  const publicKey = secp256k1.getPublicKey(key, true)
  const tweak = BigInt(`0x${Buffer.from(schnorr.utils.taggedHash('TapTweak', publicKey.subarray(1), root)).toString('hex')}`)
  const even = publicKey[0] === 2 ? Fn.fromBytes(key) : Fn.neg(Fn.fromBytes(key))
  return Fn.toBytes(Fn.add(even, Fn.create(tweak)))
}

function stepsOf(path: string): number[] {
  const steps = path.length <= PATH_LIMIT && PATH.test(path) ? path.split('/').slice(1) : undefined
  const indexes = steps?.map((step) => ({ index: Number(step.replace("'", '')), hardened: step.endsWith("'") }))
  if (indexes === undefined || indexes.some(({ index }) => index >= HARDENED)) {
    throw new KeysError('INVALID_KEY_REQUEST', "a path is m/84'/0'/0'/0/7: at most ten steps, each below 2147483648")
  }
  return indexes.map(({ index, hardened }) => (hardened ? index + HARDENED : index))
}

function recoverable(key: Uint8Array, hash: Uint8Array): RecoverableSignature {
  const bytes = secp256k1.sign(requireHash(hash), key, { prehash: false, lowS: true, format: 'recovered' })
  return { signature: bytes.slice(1), recovery: bytes[0] ?? 0 }
}

function requireHash(hash: Uint8Array): Uint8Array {
  if (hash.byteLength !== 32) throw new KeysError('INVALID_KEY_REQUEST', 'what is signed is a hash of 32 bytes')
  return hash
}

function present(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw new KeysError('CUSTODY_DAMAGED', 'a key derived from the seed lacks its bytes')
  return bytes
}
