// None of these packages ships types: what this library calls of them, and nothing more. The shapes live in ../hypercore.ts,
// so that declarations built from this library never name an untyped package.
declare module 'corestore' {
  import type { CorestoreLike } from '../hypercore.ts'
  const Corestore: new (dir: string, options?: { allowBackup?: boolean; globalCache?: unknown }) => CorestoreLike
  export default Corestore
}

declare module 'hyperbee' {
  import type { BeeLike, CoreLike } from '../hypercore.ts'
  const Hyperbee: new (
    core: CoreLike,
    options: { keyEncoding: 'utf-8'; valueEncoding: 'binary'; extension: false; sessions?: boolean },
  ) => BeeLike
  export default Hyperbee
}

declare module 'hyperbee/lib/messages.js' {
  export const Header: { encode(header: { protocol: 'hyperbee' }): Buffer }
  interface Levels { levels: { keys: number[]; children: number[] }[] }
  export const YoloIndex: { encode(index: Levels): Buffer; decode(index: Uint8Array): Levels }
  export const Node: {
    encode(node: { key: Uint8Array; value: Uint8Array; index: Uint8Array }): Buffer
    decode(block: Uint8Array): { key: Buffer; value: Buffer | null; index: Buffer }
  }
}

declare module 'hypercore-crypto' {
  interface TreeNode { index: number; size: number; hash: Uint8Array }
  const crypto: {
    keyPair(seed?: Uint8Array): { publicKey: Uint8Array; secretKey: Uint8Array }
    data(block: Uint8Array): Uint8Array
    parent(left: TreeNode, right: TreeNode): Uint8Array
    tree(roots: readonly TreeNode[]): Uint8Array
    randomBytes(length: number): Uint8Array
    sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array
    verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
  }
  export default crypto
}

declare module 'hypercore/lib/default-encryption.js' {
  import type { EncryptionProvider } from '../hypercore.ts'
  const DefaultEncryption: {
    readonly PADDING: number
    new (encryptionKey: Uint8Array, hypercoreKey: Uint8Array): EncryptionProvider
  }
  export default DefaultEncryption
}

declare module 'hypercore/lib/verifier.js' {
  import type { Manifest, SignedTree } from '../hypercore.ts'
  const Verifier: {
    createManifest(manifest: Manifest): Manifest
    manifestHash(manifest: Manifest): Uint8Array
    fromManifest(manifest: Manifest): { verify(tree: SignedTree, signature: Uint8Array): boolean }
  }
  export default Verifier
}

declare module 'hypercore/lib/caps.js' {
  export function treeSignable(manifestHash: Uint8Array, treeHash: Uint8Array, length: number, fork: number): Uint8Array
}

declare module 'sodium-native' {
  const sodium: {
    crypto_aead_xchacha20poly1305_ietf_KEYBYTES: number
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES: number
    crypto_aead_xchacha20poly1305_ietf_ABYTES: number
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      out: Uint8Array, message: Uint8Array, ad: Uint8Array | null, nsec: null, nonce: Uint8Array, key: Uint8Array,
    ): number
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      out: Uint8Array, nsec: null, sealed: Uint8Array, ad: Uint8Array | null, nonce: Uint8Array, key: Uint8Array,
    ): number
    crypto_auth_BYTES: number
    crypto_auth(out: Uint8Array, message: Uint8Array, key: Uint8Array): void
    sodium_memzero(buffer: Uint8Array): void
    randombytes_buf(buffer: Uint8Array): void
  }
  export default sodium
}
