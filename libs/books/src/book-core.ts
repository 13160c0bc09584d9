import Hyperbee from 'hyperbee'
import { Header, Node } from 'hyperbee/lib/messages.js'
import { BookError } from './errors.ts'
import { TreeWriter } from './tree-writer.ts'
import { lineageEncryption, manifestOf, type CoreEnd, type Succession } from './succession.ts'
import type { BeeLike, CoreLike, CorestoreLike, KeyPair } from './hypercore.ts'

/** One block of a book, opened down to the key and value of its put. */
export interface Block {
  readonly seq: number
  readonly key: string
  readonly value: Uint8Array
}

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

  /** The core in which the book is after these successions. */
  static async open(store: CorestoreLike, publicKey: Uint8Array, readKey: Uint8Array, chain: readonly Succession[] = []): Promise<BookCore> {
    const core = store.get({ manifest: manifestOf(publicKey, chain), encryption: lineageEncryption(readKey, publicKey, chain) })
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

  /** Where it is now, with what the writer has signed there. */
  end(): CoreEnd {
    const { signature } = this.core.core.state
    return {
      core: Buffer.from(this.core.key).toString('hex'), length: this.core.length, treeHash: Buffer.from(this.hash()).toString('hex'),
      signature: signature === null ? null : Buffer.from(signature).toString('base64'),
    }
  }

  /** Stored blocks as they lie there, sealed, up to a length. */
  async *sealed(to: number): AsyncGenerator<Uint8Array> {
    let expected = 0
    for await (const { index, value } of this.core.core.state.storage.createBlockStream({ gte: 0, lt: to })) {
      if (index !== expected) break
      expected += 1
      yield value
    }
    if (expected < to) throw new BookError('BOOK_UNREADABLE', `block ${expected} is not there`)
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
