export { BookStore } from './store.ts'
export type { BookSnapshot, BookStoreOptions } from './store-options.ts'
export type { StoreHealth } from './store-health.ts'
export { isCoreEnd, isSuccession, type CoreEnd, type Succession } from './succession.ts'
export { Book, type BookVersion, type FollowOptions } from './book.ts'
export { BookError, type BookErrorCode } from './errors.ts'
export {
  entryReference, jsonCodec,
  type BookEvent, type BookRecord, type BookState, type Codec, type Draft, type Entry, type Epoch, type Posting,
  type RequestReference, type StoredEntry,
} from './entry.ts'
export { bookKeys, type Awaitable, type BookKeys, type CustodyKeys, type DataKeys, type SharedKey, type SubjectKey } from './keys.ts'
export { ErasureLog } from './erasure-log.ts'
export { SealingKeys, type KeyWrapper, type SealingKeysOptions } from './sealing-keys.ts'
export { bookId, type BookName } from './names.ts'
export { Follower, realDelay, type Cursor, type Delay, type FollowerOptions, type FollowerStatus } from './follower.ts'
export { defineView, type ViewDefinition, type ViewReader } from './view.ts'
export type { ViewDifference } from './compare.ts'
export type { SqlRow, SqlValue, ViewDatabase } from './sqlite.ts'
export type { CoreLike, KeyPair, Manifest } from './hypercore.ts'
export { endIsSound, verifyBook, type Recomputed, type Verification, type VerifyOptions } from './verify.ts'
export type { Finding, FindingCode } from './findings.ts'
