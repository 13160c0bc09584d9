export { recordCipher } from './cipher.ts'
export type { RecordCipher } from './cipher.ts'
export { BOOK_PURPOSE, Custody } from './custody.ts'
export type { CustodyOptions } from './custody.ts'
export { KeysError } from './errors.ts'
export type { KeysErrorCode } from './errors.ts'
export { DEFAULT_COST } from './kdf.ts'
export type { KdfCost } from './kdf.ts'
export { makePassphrase, resolvePassphrase } from './passphrase.ts'
export type { Passphrase, PassphraseOptions } from './passphrase.ts'
export { MESSAGE_LIMIT, openStream, StreamSealer } from './stream.ts'
export type { StreamOptions } from './stream.ts'
export { KeyTable } from './table.ts'
export type { KeyTableOptions } from './table.ts'
export type {
  Algorithm,
  BookKeyPair,
  Clock,
  ExtendedKey,
  HdSigner,
  KeyInfo,
  NewKey,
  RecoverableSignature,
  PublicJwk,
  Secret,
  Signer,
  Storage,
} from './types.ts'
