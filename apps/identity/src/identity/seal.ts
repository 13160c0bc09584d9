import {
  createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject,
} from 'node:crypto'

// A sealed box: ephemeral X25519 key (32) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The key comes by HKDF-SHA-256 out of the
// shared secret, salted with both public keys (as in RFC 9180's base mode, in the small). Whoever has the public key
// can put something in; only the owner's private key, which is derived out of her data key, takes it out.

const CIPHER = 'chacha20-poly1305'
const TAG = 16
const INFO = 'growr/sscr/1'
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The private key of an owner, out of the data key that the key table holds for her. */
export function sealingKey(dataKey: Uint8Array): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), 'growr/sscr/x25519', 32))
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' })
  seed.fill(0)
  return key
}

/** The public part, base64url. */
export function publicPart(key: KeyObject): string {
  return rawPublic(key.type === 'private' ? createPublicKey(key) : key).toString('base64url')
}

/** Seals to a public key. `context` binds the box to its place: with another it does not open. */
export function seal(publicKey: string, plain: string, context: string): string {
  const { publicKey: ephemeral, privateKey } = generateKeyPairSync('x25519')
  const owner = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: publicKey }, format: 'jwk' })
  const mine = rawPublic(ephemeral)
  const nonce = randomBytes(12)
  const cipher = createCipheriv(CIPHER, keyOf(privateKey, owner, mine, Buffer.from(publicKey, 'base64url')), nonce, { authTagLength: TAG })
  const bytes = Buffer.from(plain, 'utf8')
  cipher.setAAD(Buffer.from(context, 'utf8'), { plaintextLength: bytes.length })
  return Buffer.concat([mine, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Opens a box; throws where the key, the context or the box is another. */
export function open(privateKey: KeyObject, box: string, context: string): string {
  const bytes = Buffer.from(box, 'base64')
  if (bytes.length < 44 + TAG) throw new Error('this is no sealed box')
  const theirs = bytes.subarray(0, 32)
  const ephemeral = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: theirs.toString('base64url') }, format: 'jwk' })
  const key = keyOf(privateKey, ephemeral, theirs, rawPublic(createPublicKey(privateKey)))
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(32, 44), { authTagLength: TAG })
  const text = bytes.subarray(44, bytes.length - TAG)
  decipher.setAAD(Buffer.from(context, 'utf8'), { plaintextLength: text.length })
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
}

function keyOf(privateKey: KeyObject, publicKey: KeyObject, ephemeral: Buffer, owner: Buffer): Buffer {
  const shared = diffieHellman({ privateKey, publicKey })
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, owner]), INFO, 32))
  shared.fill(0)
  return key
}

function rawPublic(key: KeyObject): Buffer {
  const { x } = key.export({ format: 'jwk' })
  if (x === undefined) throw new Error('not an X25519 key')
  return Buffer.from(x, 'base64url')
}
