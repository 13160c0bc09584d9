import hypercoreCrypto from 'hypercore-crypto'
import { BookCore } from './book-core.ts'
import { BookError } from './errors.ts'
import { coreKeyOf, endIsSigned, faultOf, makeSuccession, manifestOf, type CoreEnd, type Succession, type Successions } from './succession.ts'
import type { Mark } from './mark.ts'
import type { CoreLike, CorestoreLike, KeyPair } from './hypercore.ts'

/** A book as it ended elsewhere or here: what a successor of it goes on from. */
export interface Ended {
  /** `<kind>.<organization>`. */
  readonly book: string
  /** The successions that had brought it there. */
  readonly chain: readonly Succession[]
  readonly end: CoreEnd
}

interface Hands {
  readonly store: CorestoreLike
  readonly keyPair: KeyPair
  readonly readKey: Uint8Array
  readonly at: Date
}

interface Rooms {
  readonly sync: () => Promise<void>
  readonly successions: Successions
  readonly mark: Mark
}

/** Makes the successor of an ended book, durably, with its mark; answers the book's successions. */
export async function takeUp(hands: Hands & Rooms, ended: Ended, from: CoreLike | AsyncIterable<Uint8Array>): Promise<readonly Succession[]> {
  const chain = await makeSuccessor(hands, ended, from)
  await hands.sync()
  await hands.successions.write(ended.book, chain)
  // Should this be the last that happens, the mark is missing: then the book is taken up once more.
  const { length, treeHash } = ended.end
  await hands.mark.write({ v: 1, book: ended.book, core: coreKeyOf(hands.keyPair.publicKey, chain), length, treeHash })
  return chain
}

const CHUNK_BLOCKS = 512
const CHUNK_BYTES = 4 * 1024 * 1024

/**
 * Makes the core in which an ended book goes on, in this store, and answers the book's successions with the new one at their end.
 * The new core is whole and its blocks are those that the old writer had signed, or SUCCESSION_INVALID is thrown and nothing
 * refers to what was made. Nothing is on disk yet for certain.
 */
async function makeSuccessor({ store, keyPair, readKey, at }: Hands, ended: Ended, from: CoreLike | AsyncIterable<Uint8Array>): Promise<readonly Succession[]> {
  const { book, chain, end } = ended
  const { publicKey } = keyPair
  const fault = faultOf(book, publicKey, chain) ?? (endIsSigned(end, publicKey, chain) ? null : 'its writer has not signed where it ends')
  if (fault !== null) throw new BookError('SUCCESSION_INVALID', `${book}: ${fault}`)
  const next = [...chain, makeSuccession(book, end, at, keyPair)]
  const core = await BookCore.open(store, publicKey, readKey, next)
  if (end.length > 0) {
    if ('core' in from) await copy(from, core, end)
    else await stage(store, from, staged => copy(staged, core, end))
  }
  await core.close()
  return next
}

async function copy(from: CoreLike, to: BookCore, end: CoreEnd): Promise<void> {
  try {
    await to.core.core.copyPrologue(from.core.state)
  } catch (cause) {
    throw new BookError('SUCCESSION_INVALID', 'the blocks are not those that the writer has signed', { cause })
  }
  const sound = to.length === end.length && Buffer.from(await to.treeHash(end.length)).toString('hex') === end.treeHash
  if (!sound) throw new BookError('SUCCESSION_INVALID', 'the blocks are not those that the writer has signed')
}

/** Puts blocks from outside into a core of nobody's, for as long as they are being taken from it: only there is a tree over them. */
async function stage(store: CorestoreLike, blocks: AsyncIterable<Uint8Array>, use: (core: CoreLike) => Promise<void>): Promise<void> {
  const keyPair = hypercoreCrypto.keyPair()
  const core = store.get({ manifest: manifestOf(keyPair.publicKey, []) })
  await core.ready()
  let chunk: Uint8Array[] = []
  let bytes = 0
  const append = async (): Promise<void> => {
    if (chunk.length > 0) await core.append(chunk, { keyPair })
    chunk = []
    bytes = 0
  }
  for await (const block of blocks) {
    chunk.push(block)
    bytes += block.byteLength
    if (chunk.length >= CHUNK_BLOCKS || bytes >= CHUNK_BYTES) await append()
  }
  await append()
  await use(core)
  await core.clear(0, core.length)
  await core.close()
}
