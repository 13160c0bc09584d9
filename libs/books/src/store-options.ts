import type { Codec } from './entry.ts'
import type { Delay } from './follower.ts'
import type { BookKeys } from './keys.ts'
import type { BookName } from './names.ts'
import type { Ended } from './successor.ts'

export interface BookStoreOptions {
  /** The books themselves, and the followers' places. Back it up. */
  readonly dir: string
  /** Index and views: can be deleted, is built again. */
  readonly indexDir: string
  /** How far each book had come. Must not be part of any back-up. */
  readonly marksDir: string
  readonly keys: BookKeys
  readonly clock?: { now(): Date }
  readonly codec?: Codec
  /** How followers wait before they try again. */
  readonly delay?: Delay
}

/** One book as it was at a moment, to be copied. */
export interface BookSnapshot extends BookName, Ended {
  /** Its blocks as they lie on the disk, sealed. */
  blocks(): AsyncIterable<Uint8Array>
}
