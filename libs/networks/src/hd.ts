import { createECDH, createHash, createHmac } from 'node:crypto'
import type { ExtendedKey, HdSigner, RecoverableSignature } from './signer.ts'

// Keys in memory, for tests alone: what moves money signs through @growr/keys. Written on node:crypto only, so that signatures of the
// two can be held against each other.

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const HARDENED = 0x80000000

interface Node {
  readonly key: bigint
  readonly chainCode: Buffer
}

/** A signer over a seed in memory (16 to 64 bytes): for tests alone. The same seed signs the same always. */
export function hdSignerOf(seed: Uint8Array): HdSigner {
  const master = hmac(Buffer.from('Bitcoin seed'), seed)
  const root: Node = { key: toInt(master.subarray(0, 32)), chainCode: master.subarray(32) }
  const nodeAt = (path: string): Node => stepsOf(path).reduce(child, root)
  const publicKeyAt = (path: string): Uint8Array => Uint8Array.from(pointOf(nodeAt(path).key))
  return {
    xpub: async (path): Promise<ExtendedKey> => {
      const node = nodeAt(path)
      const publicKey = pointOf(node.key)
      const id = createHash('ripemd160').update(createHash('sha256').update(publicKey).digest()).digest()
      return { publicKey: Uint8Array.from(publicKey), chainCode: Uint8Array.from(node.chainCode), fingerprint: id.readUInt32BE(0) }
    },
    publicKey: async (path) => publicKeyAt(path),
    signEcdsa: async (path, hash) => ecdsa(nodeAt(path).key, hash).signature,
    signEcdsaRecoverable: async (path, hash) => ecdsa(nodeAt(path).key, hash),
    signSchnorr: async (path, hash, tweak) => schnorr(tweak === undefined ? nodeAt(path).key : tweaked(nodeAt(path).key, tweak), hash),
  }
}

function stepsOf(path: string): number[] {
  if (!/^m(\/\d{1,10}'?){0,10}$/.test(path)) throw new RangeError('a path is m/84\'/0\'/0\'/0/7, of at most ten steps')
  return path.split('/').slice(1).map((step) => {
    const index = Number(step.replace("'", ''))
    if (index >= HARDENED) throw new RangeError('a step of a path is below 2^31')
    return step.endsWith("'") ? index + HARDENED : index
  })
}

// BIP 32, CKDpriv.
function child(parent: Node, index: number): Node {
  const at = Buffer.alloc(4)
  at.writeUInt32BE(index)
  const data = index >= HARDENED ? Buffer.concat([Buffer.alloc(1), toBytes(parent.key)]) : pointOf(parent.key)
  const derived = hmac(parent.chainCode, Buffer.concat([data, at]))
  return { key: (toInt(derived.subarray(0, 32)) + parent.key) % N, chainCode: derived.subarray(32) }
}

// SEC 1, 4.1.3, with the nonce of RFC 6979 and the lower s (BIP 62).
function ecdsa(key: bigint, hash: Uint8Array): RecoverableSignature {
  const message = toInt(requireHash(hash))
  const reduced = toBytes(message % N)
  let k = Buffer.alloc(32)
  let v = Buffer.alloc(32, 1)
  for (const mark of [0, 1]) {
    k = hmac256(k, Buffer.concat([v, Buffer.of(mark), toBytes(key), reduced]))
    v = hmac256(k, v)
  }
  for (;;) {
    v = hmac256(k, v)
    const nonce = toInt(v)
    if (nonce > 0n && nonce < N) {
      const point = pointOf(nonce)
      const x = toInt(point.subarray(1))
      const r = x % N
      const s = (inverse(nonce) * ((message + r * key) % N)) % N
      if (r > 0n && s > 0n) {
        const odd = (point[0] === 3) !== s > N / 2n
        const signature = Buffer.concat([toBytes(r), toBytes(s > N / 2n ? N - s : s)])
        return { signature: Uint8Array.from(signature), recovery: (odd ? 1 : 0) + (x >= N ? 2 : 0) }
      }
    }
    k = hmac256(k, Buffer.concat([v, Buffer.alloc(1)]))
    v = hmac256(k, v)
  }
}

// BIP 340, with auxiliary data of zeros.
function schnorr(secret: bigint, hash: Uint8Array): Uint8Array {
  const message = requireHash(hash)
  const point = pointOf(secret)
  const key = even(secret, point)
  const x = point.subarray(1)
  const masked = toBytes(key ^ toInt(tagged('BIP0340/aux', Buffer.alloc(32))))
  const nonce = toInt(tagged('BIP0340/nonce', masked, x, message)) % N
  const noncePoint = pointOf(nonce)
  const challenge = toInt(tagged('BIP0340/challenge', noncePoint.subarray(1), x, message)) % N
  return Uint8Array.from(Buffer.concat([noncePoint.subarray(1), toBytes((even(nonce, noncePoint) + challenge * key) % N)]))
}

// BIP 341, taproot_tweak_seckey.
function tweaked(key: bigint, root: Uint8Array): bigint {
  if (root.byteLength !== 0 && root.byteLength !== 32) throw new RangeError('a merkle root has 32 bytes, or none')
  const point = pointOf(key)
  return (even(key, point) + toInt(tagged('TapTweak', point.subarray(1), root))) % N
}

const even = (key: bigint, point: Buffer): bigint => (point[0] === 2 ? key : N - key)

function requireHash(hash: Uint8Array): Uint8Array {
  if (hash.byteLength !== 32) throw new RangeError('what is signed is a hash of 32 bytes')
  return hash
}

function pointOf(key: bigint): Buffer {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(toBytes(key))
  return curve.getPublicKey(null, 'compressed')
}

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value % N, N, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x]
  }
  return ((x % N) + N) % N
}

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha512', key).update(data).digest()
const hmac256 = (key: Uint8Array, data: Uint8Array): Buffer<ArrayBuffer> => Buffer.from(createHmac('sha256', key).update(data).digest())
const toInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const toBytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')

function tagged(tag: string, ...parts: readonly Uint8Array[]): Buffer {
  const name = createHash('sha256').update(tag).digest()
  return createHash('sha256').update(Buffer.concat([name, name, ...parts])).digest()
}
