// sodium-native ships no types: these are the functions used here.
declare module 'sodium-native' {
  interface Sodium {
    crypto_pwhash_ALG_ARGON2ID13: number
    crypto_pwhash_async(
      out: Uint8Array,
      password: Uint8Array,
      salt: Uint8Array,
      opslimit: number,
      memlimit: number,
      algorithm: number,
    ): Promise<void>
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      c: Uint8Array,
      m: Uint8Array,
      ad: Uint8Array | null,
      nsec: null,
      npub: Uint8Array,
      k: Uint8Array,
    ): number
    /** Throws where the tag does not fit. */
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      m: Uint8Array,
      nsec: null,
      c: Uint8Array,
      ad: Uint8Array | null,
      npub: Uint8Array,
      k: Uint8Array,
    ): number
    crypto_secretstream_xchacha20poly1305_STATEBYTES: number
    crypto_secretstream_xchacha20poly1305_HEADERBYTES: number
    crypto_secretstream_xchacha20poly1305_ABYTES: number
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE: number
    crypto_secretstream_xchacha20poly1305_TAG_FINAL: number
    crypto_secretstream_xchacha20poly1305_init_push(state: Uint8Array, header: Uint8Array, k: Uint8Array): void
    crypto_secretstream_xchacha20poly1305_push(state: Uint8Array, c: Uint8Array, m: Uint8Array, ad: Uint8Array | null, tag: number): number
    crypto_secretstream_xchacha20poly1305_init_pull(state: Uint8Array, header: Uint8Array, k: Uint8Array): void
    /** Throws where the message does not come next in this stream. */
    crypto_secretstream_xchacha20poly1305_pull(state: Uint8Array, m: Uint8Array, tag: Uint8Array, c: Uint8Array, ad: Uint8Array | null): number
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    sodium_memzero(buffer: Uint8Array): void
    /** Guarded memory that is not swapped where the system allows it, and zeroed when freed. */
    sodium_malloc(size: number): Buffer
  }
  const sodium: Sodium
  export default sodium
}
