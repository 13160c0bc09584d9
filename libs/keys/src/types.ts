/** Signature algorithms by their JOSE names: ECDSA on P-256, Ed25519, ECDSA on secp256k1. */
export type Algorithm = 'ES256' | 'EdDSA' | 'ES256K'

/** A public key as a JWK, with its `kid` (RFC 7638 thumbprint), `alg` and `use`. Never a private member. */
export interface PublicJwk {
  kty: 'EC' | 'OKP'
  crv: 'P-256' | 'secp256k1' | 'Ed25519'
  x: string
  y?: string
  kid: string
  alg: Algorithm
  use: 'sig'
}

/** What may be known of a signing key. */
export interface KeyInfo {
  kid: string
  purpose: string
  id: string
  /** 1 for the first key of this purpose and id, one more with each rotation. */
  version: number
  algorithm: Algorithm
  publicJwk: PublicJwk
  /** ISO instant */
  createdAt: string
  /** ISO instant from which on the key only verifies; its private part is destroyed at that moment. */
  retiredAt?: string
}

export interface NewKey {
  purpose: string
  /** Tells keys of one purpose apart (an organization, a book); 'main' unless told. */
  id?: string
  algorithm: Algorithm
}

/** Signs without letting a private key go. Custody and key table both are one; a cloud KMS can be another. */
export interface Signer {
  /** EC signatures are IEEE P1363 (r ‖ s, as JOSE wants them), hashed with SHA-256; EdDSA signs the bytes as they are. */
  sign(kid: string, bytes: Uint8Array): Promise<Uint8Array>
  publicKey(kid: string): PublicJwk
}

/** A symmetric secret of one purpose: what it can do, without ever showing it. */
export interface Secret {
  readonly purpose: string
  readonly id: string
  /** HMAC-SHA-256, 32 bytes. Always with the first version, so that blind indexes and pseudonyms stay as they are. */
  hmac(data: Uint8Array | string): Buffer
  /** Key material for one use by HKDF-SHA-256, always from the first version; the caller keeps it as secret as this one. */
  derive(info: string, length?: number): Buffer
  /** Encrypts with the newest version: XChaCha20-Poly1305, random nonce; `aad` must be the same when it is opened. */
  seal(plaintext: Uint8Array | string, aad?: Uint8Array | string): Buffer
  /** SEAL_BROKEN where the box, the additional data, the purpose or the group is another. */
  open(box: Uint8Array, aad?: Uint8Array | string): Buffer
  /** Wraps a data key that another store keeps next to its data. A wrapped key is no sealed box: one cannot pass for the other. */
  wrap(dataKey: Uint8Array, aad?: Uint8Array | string): Buffer
  unwrap(wrapped: Uint8Array, aad?: Uint8Array | string): Buffer
  /** The version with which a box or a wrapped key was made. */
  versionOf(box: Uint8Array): number
}

/** A small encrypted store of values by name (the role of node-disk-storage). */
export interface Storage {
  get(name: string): Buffer | undefined
  set(name: string, value: Uint8Array | string): void
  /** False where there was none. */
  remove(name: string): boolean
  keys(): string[]
}

/** An ed25519 pair as libsodium and hypercore want it: 32 bytes public, 64 bytes secret (seed ‖ public). */
export interface BookKeyPair {
  publicKey: Buffer
  secretKey: Buffer
}

/** What is known in the open of a key with children (BIP 32). */
export interface ExtendedKey {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** The first four bytes of HASH160 of its own public key. */
  readonly fingerprint: number
}

export interface RecoverableSignature {
  /** r ‖ s, 64 bytes, the lower s. */
  readonly signature: Uint8Array
  /** 0 to 3: which of the points with this r was meant. */
  readonly recovery: number
}

/**
 * Signs with keys of one seed (BIP 32, secp256k1), which stays here. A path is `m` or `m/84'/0'/0'/0/7`, of at most ten steps below
 * 2^31; INVALID_KEY_REQUEST where path, hash (32 bytes) or tweak is none. The same interface as HdSigner of the payment networks.
 */
export interface HdSigner {
  xpub(path: string): Promise<ExtendedKey>
  /** Compressed, 33 bytes. */
  publicKey(path: string): Promise<Uint8Array>
  /** ECDSA: r ‖ s, 64 bytes, the lower s, nonce by RFC 6979. */
  signEcdsa(path: string, hash: Uint8Array): Promise<Uint8Array>
  signEcdsaRecoverable(path: string, hash: Uint8Array): Promise<RecoverableSignature>
  /** BIP 340. With `tweak` by the key of BIP 341's key path: a merkle root of 32 bytes, or an empty one where there are no scripts (BIP 86). */
  signSchnorr(path: string, hash: Uint8Array, tweak?: Uint8Array): Promise<Uint8Array>
}

export interface Clock {
  now(): Date
}
