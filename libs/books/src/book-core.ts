import Hyperbee from 'hyperbee'
import { Header, Node } from 'hyperbee/lib/messages.js'
import { BookError } from './errors.ts'
import { TreeWriter } from './tree-writer.ts'
import type { BeeLike, CoreLike, CorestoreLike, KeyPair, Manifest } from './hypercore.ts'

/** One block of a book, opened down to the key and value of its put. */
export interface Block {
  readonly seq: number
  readonly key: string
  readonly value: Uint8Array
}

/** Who may sign a book. A signed successor will name its forerunner's length and tree hash in `prologue`. */
export const manifestOf = (publicKey: Uint8Array): Manifest => ({ version: 1, signers: [{ publicKey }] })

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()

/** The Hypercore of a book with the Hyperbee on it. Block 0 is Hyperbee's header, each block after it one entry. */
export class BookCore {
  readonly core: CoreLike
  readonly bee: BeeLike
  readonly #writer = new TreeWriter(seq => this.#bytes(seq))

  private constructor(core: CoreLike, bee: BeeLike) {
    this.core = core
    this.bee = bee
  }

  static async open(store: CorestoreLike, publicKey: Uint8Array, readKey: Uint8Array): Promise<BookCore> {
    const core = store.get({ manifest: manifestOf(publicKey), encryption: { key: readKey } })
    await core.ready()
    const bee = new Hyperbee(core, { keyEncoding: 'utf-8', valueEncoding: 'binary', extension: false })
    await bee.ready()
    return new BookCore(core, bee)
  }

  /** Blocks that there are, the header included; entries are numbered 1 to length - 1. */
  get length(): number {
    return this.core.length
  }

  treeHash(length?: number): Promise<Uint8Array> {
    return this.core.treeHash(length)
  }

  /** The tree hash at the present length, out of memory. */
  hash(): Uint8Array {
    return this.core.core.state.hash()
  }

  /** Puts values under their keys in one step. The key pair is used for the signature and kept nowhere. */
  async append(puts: readonly { readonly key: string; readonly value: Uint8Array }[], keyPair: KeyPair): Promise<void> {
    if (this.core.length === 0) await this.core.append(Header.encode({ protocol: 'hyperbee' }), { keyPair })
    await this.core.append(await this.#writer.blocks(puts, this.core.length), { keyPair })
  }

  async block(seq: number): Promise<Block> {
    return decodeBlock(seq, await this.#bytes(seq))
  }

  async #bytes(seq: number): Promise<Uint8Array> {
    const bytes = await this.core.get(seq, { wait: false })
    if (bytes === null) throw new BookError('BOOK_UNREADABLE', `block ${seq} is not there`)
    return bytes
  }

  /** Blocks from one number up to another, in order, read straight through. */
  async *blocks(from: number, to: number): AsyncGenerator<Block> {
    let expected = from
    for await (const { index, value } of this.core.core.state.storage.createBlockStream({ gte: from, lt: to })) {
      if (index !== expected) break
      expected += 1
      yield decodeBlock(index, await this.decrypt(index, value))
    }
    if (expected < to) throw new BookError('BOOK_UNREADABLE', `block ${expected} is not there`)
  }

  async decrypt(index: number, stored: Uint8Array): Promise<Uint8Array> {
    const { encryption } = this.core
    if (encryption === null) return stored
    const bytes = Buffer.from(stored)
    await encryption.decrypt(index, bytes, this.core.core)
    return bytes.subarray(encryption.padding())
  }

  async close(): Promise<void> {
    await this.core.close()
  }
}

/** Throws BOOK_UNREADABLE for what is not a put of Hyperbee: nothing is ever deleted from a book. */
export function decodeBlock(seq: number, bytes: Uint8Array): Block {
  let node: { key: Buffer; value: Buffer | null }
  try {
    node = Node.decode(bytes)
  } catch (cause) {
    throw new BookError('BOOK_UNREADABLE', `block ${seq} is no node of a tree`, { cause })
  }
  if (node.value === null) throw new BookError('BOOK_UNREADABLE', `block ${seq} deletes a key`)
  return { seq, key: text(node.key), value: node.value }
}
