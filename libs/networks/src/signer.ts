// How an adapter signs: by the path of a key, never with the key itself. @growr/keys is one; a signing machine elsewhere can be another.

/** What is known in the open of a key with children (BIP 32). */
export interface ExtendedKey {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** The first four bytes of HASH160 of its own public key; that of `m` names the seed in descriptors and PSBTs. */
  readonly fingerprint: number
}

export interface RecoverableSignature {
  /** r ‖ s, 64 bytes, the lower s. */
  readonly signature: Uint8Array
  /** 0 to 3: which of the points with this r was meant. */
  readonly recovery: number
}

/**
 * Signs with keys of one seed (BIP 32, secp256k1) without letting one go. A path is `m` or `m/84'/0'/0'/0/7`: at most ten steps, each
 * below 2^31, `'` marks a hardened one. What is signed is a hash of 32 bytes, and it is the caller who knows of what.
 */
export interface HdSigner {
  xpub(path: string): Promise<ExtendedKey>
  /** Compressed, 33 bytes. */
  publicKey(path: string): Promise<Uint8Array>
  /** ECDSA: r ‖ s, 64 bytes, the lower s, nonce by RFC 6979. */
  signEcdsa(path: string, hash: Uint8Array): Promise<Uint8Array>
  signEcdsaRecoverable(path: string, hash: Uint8Array): Promise<RecoverableSignature>
  /**
   * BIP 340, 64 bytes. Without `tweak` the key signs as it is (a leaf of a tree); with one it is tweaked first, as BIP 341 has it for the
   * key path: by the merkle root (32 bytes), or by an empty one where there are no scripts (BIP 86).
   */
  signSchnorr(path: string, hash: Uint8Array, tweak?: Uint8Array): Promise<Uint8Array>
}
