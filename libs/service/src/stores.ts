import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bookKeys, BookStore, SealingKeys, type Codec, type KeyWrapper } from '@growr/books'
import { openCollections, type Collections } from '@growr/collections'
import { BOOK_PURPOSE, Custody, recordCipher, type KdfCost } from '@growr/keys'
import { decodeJson, encodeJson } from '@growr/money'

/** The rooms of a group's data. Marks and the erasure log lie apart: a back-up must hold neither. */
export interface Rooms {
  readonly root: string
  readonly custody: string
  readonly collections: string
  readonly sealing: string
  readonly store: string
  readonly index: string
  readonly marks: string
  readonly erasures: string
}

export function roomsOf(dataDir: string, group: string): Rooms {
  const root = join(dataDir, group)
  return {
    root,
    custody: join(root, 'keys.json'),
    collections: join(root, 'collections.db'),
    sealing: join(root, 'sealing.db'),
    store: join(root, 'store'),
    index: join(root, 'index'),
    marks: join(dataDir, 'marks', group),
    erasures: join(dataDir, 'marks', `${group}.erasures`),
  }
}

/** What every group holds keys for, besides its own purposes. */
const COMMON = ['call-token', 'record', 'requests'] as const
const BOOKS = [BOOK_PURPOSE, 'books', 'sealing'] as const

export interface KeepOptions {
  readonly dataDir: string
  readonly group: string
  readonly passphrase: string
  /** Purposes of keys of this group alone. */
  readonly purposes?: readonly string[]
  readonly clock: { now(): Date }
  /** Cheaper derivation of the key from the pass phrase, for temporary nodes. */
  readonly cost?: KdfCost
}

/** A group's custody and collections, opened or made at the first start. */
export interface Keep {
  readonly rooms: Rooms
  readonly custody: Custody
  readonly collections: Collections
  /** For `requestRefs`. */
  readonly requestKey: Uint8Array
  close(): Promise<void>
}

export async function openKeep(options: KeepOptions): Promise<Keep> {
  const { dataDir, group, passphrase, clock, cost } = options
  const rooms = roomsOf(dataDir, group)
  await mkdir(rooms.root, { recursive: true, mode: 0o700 })
  const purposes = [...COMMON, ...BOOKS, ...(options.purposes ?? [])]
  const custody = await Custody.openOrCreate({ file: rooms.custody, group, purposes, passphrase, clock, ...(cost ? { cost } : {}) })
  try {
    await custody.ensure({ purpose: 'call-token', algorithm: 'EdDSA' })
    const collections = await openCollections({ file: rooms.collections, cipher: recordCipher(custody.secret('record')), clock })
    return {
      rooms,
      custody,
      collections,
      requestKey: custody.secret('requests').derive('params'),
      close: () => collections.close().finally(() => custody.close()),
    }
  } catch (error) {
    custody.close()
    throw error
  }
}

/** Amounts in books are digits of minor units with their currency. */
export const bookCodec: Codec = { encode: encodeJson, decode: decodeJson }

/** The data keys of a group's books, wrapped by a key of its custody. */
function openSealing({ rooms, custody }: Pick<Keep, 'rooms' | 'custody'>, clock: { now(): Date }): Promise<SealingKeys> {
  return SealingKeys.open({ file: rooms.sealing, erasureLog: rooms.erasures, wrapper: wrapperOf(custody), personKey: custody.secret('books').derive('persons'), clock })
}

function wrapperOf(custody: Custody): KeyWrapper {
  const wrapping = custody.secret('sealing')
  return { wrap: (data, context) => wrapping.wrap(data, context), unwrap: (data, context) => wrapping.unwrap(data, context) }
}

/**
 * Another key of custody wraps the data keys of the books of a group that does not run, and the former one is destroyed. May be
 * repeated after a stop at any moment: until all are wrapped anew, either opens its own.
 */
export async function rewrapSealing(keep: Pick<Keep, 'rooms' | 'custody'>, clock: { now(): Date }): Promise<void> {
  const sealing = await openSealing(keep, clock)
  try {
    keep.custody.rotateSecret('sealing')
    await sealing.rewrap(wrapperOf(keep.custody))
    keep.custody.destroyOldSecrets('sealing')
  } finally {
    await sealing.close()
  }
}

/** A group's books: one store, its keys out of custody, its data keys wrapped beside it. */
export async function openBookStore(keep: Pick<Keep, 'rooms' | 'custody'>, clock: { now(): Date }): Promise<{ readonly store: BookStore; readonly sealing: SealingKeys; close(): Promise<void> }> {
  const { rooms, custody } = keep
  const secret = custody.secret('books')
  const derived = new Map<string, Buffer>()
  const key = (use: string, organization: string): Buffer => {
    const info = `${use}/${organization}`
    const known = derived.get(info) ?? secret.derive(info)
    derived.set(info, known)
    return known
  }
  const sealing = await openSealing(keep, clock)
  const keys = bookKeys(
    {
      writerKeyPair: (book) => custody.bookWriterKeyPair(book),
      readKey: (organization) => key('read', organization),
      pseudonymKey: (organization) => key('pseudonym', organization),
      requestKey: (organization) => key('request', organization),
    },
    sealing,
  )
  try {
    const store = await BookStore.open({ dir: rooms.store, indexDir: rooms.index, marksDir: rooms.marks, keys, clock, codec: bookCodec })
    const close = async (): Promise<void> => {
      try {
        await store.close()
      } finally {
        await sealing.close()
      }
    }
    return { store, sealing, close }
  } catch (error) {
    await sealing.close()
    throw error
  }
}
