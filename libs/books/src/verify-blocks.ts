import hypercoreCrypto from 'hypercore-crypto'
import { treeSignable } from 'hypercore/lib/caps.js'
import { decodeBlock, type Block } from './book-core.ts'
import type { TreeNode } from './hypercore.ts'
import { faultOf } from './succession.ts'
import type { OpenBook } from './open-book.ts'
import type { Report } from './findings.ts'

/** The roots of a Merkle tree while its leaves come in order, as Hypercore numbers them (flat-tree). */
class Roots {
  readonly #roots: { readonly index: number; readonly size: number; readonly hash: Uint8Array; readonly depth: number }[] = []
  #leaves = 0

  /** Adds a leaf; hands on every node that it completes, itself first. */
  add(block: Uint8Array, completed: (node: TreeNode) => void): void {
    let node = { index: this.#leaves * 2, size: block.byteLength, hash: hypercoreCrypto.data(block), depth: 0 }
    this.#leaves += 1
    completed(node)
    for (let left = this.#roots.at(-1); left !== undefined && left.depth === node.depth; left = this.#roots.at(-1)) {
      this.#roots.pop()
      node = {
        index: (left.index + node.index) / 2, size: left.size + node.size, hash: hypercoreCrypto.parent(left, node), depth: node.depth + 1,
      }
      completed(node)
    }
    this.#roots.push(node)
  }

  hash(): Uint8Array {
    return hypercoreCrypto.tree(this.#roots)
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** The nodes that Hypercore stored, in the order of their numbers; those that are asked for later are kept meanwhile. */
class StoredNodes {
  readonly #nodes: AsyncIterator<TreeNode>
  readonly #waiting = new Map<number, TreeNode>()
  #reached = -1

  constructor(nodes: AsyncIterable<TreeNode>) {
    this.#nodes = nodes[Symbol.asyncIterator]()
  }

  /** Reads on up to a number. */
  async reach(index: number): Promise<void> {
    while (this.#reached < index) {
      const next = await this.#nodes.next()
      if (next.done === true) {
        this.#reached = Infinity
        return
      }
      this.#reached = next.value.index
      this.#waiting.set(next.value.index, next.value)
    }
  }

  take(index: number): TreeNode | undefined {
    const node = this.#waiting.get(index)
    this.#waiting.delete(index)
    return node
  }

  async close(): Promise<void> {
    await this.#nodes.return?.()
  }
}

/**
 * Reads every stored block, as it lies there, and builds the Merkle tree from nothing: the tree that Hypercore stored and
 * signed must come out. Hypercore itself does not check what it reads from its own disk. Hands on the opened blocks.
 */
export async function verifyBlocks(book: OpenBook, length: number, report: Report, take: (block: Block) => Promise<void>): Promise<void> {
  const { state } = book.core.core.core
  const { signature, fork } = state
  const roots = new Roots()
  const stored = new StoredNodes(state.storage.createTreeNodeStream({}))
  let expected = 0
  try {
    for await (const { index, value } of state.storage.createBlockStream({ gte: 0, lt: length })) {
      while (expected < index) report.add('BLOCK_MISSING', 'the block is not there', expected++)
      expected = index + 1
      await stored.reach(index * 2)
      let sound = true
      roots.add(value, node => {
        const other = stored.take(node.index)
        if (other !== undefined && other.size === node.size && same(other.hash, node.hash)) return
        const leaf = node.index === index * 2
        if (leaf) sound = false
        if (leaf || sound) report.add(leaf ? 'BLOCK_CHANGED' : 'TREE_CHANGED', 'the block and the tree over it do not agree', index)
      })
      verifySuccession(book, expected, roots.hash(), report)
      if (index > 0) await takeBlock(book, index, value, sound, report, take)
    }
  } catch (error) {
    report.add('BLOCK_UNREADABLE', `the store cannot be read: ${message(error)}`, expected)
    expected = length
  } finally {
    await stored.close().catch(() => undefined)
  }
  for (; expected < length; expected++) report.add('BLOCK_MISSING', 'the block is not there', expected)
  const fault = book.chain.length === 0 ? null : faultOf(book.id, (await book.keys.writerKeyPair(book.id)).publicKey, book.chain)
  if (fault !== null) report.add('SUCCESSION_INVALID', fault)
  if (length > 0) verifySignature(book, length, roots.hash(), fork, signature, report)
  await verifyMark(book, length, report)
}

async function takeBlock(book: OpenBook, index: number, value: Uint8Array, sound: boolean, report: Report, take: (block: Block) => Promise<void>): Promise<void> {
  let block: Block
  try {
    block = decodeBlock(index, await book.core.decrypt(index, value))
  } catch (error) {
    // A changed block has been reported; that it cannot be read any more says nothing new.
    if (sound) report.add('BLOCK_UNREADABLE', message(error), index)
    return
  }
  await take(block)
}

/** Where a core had ended, the blocks must be those that it ended with. */
function verifySuccession(book: OpenBook, length: number, hash: Uint8Array, report: Report): void {
  for (const { predecessor } of book.chain) {
    if (predecessor.length !== length || predecessor.treeHash === Buffer.from(hash).toString('hex')) continue
    report.add('SUCCESSION_INVALID', 'the blocks are not those with which the core before ended', length - 1)
  }
}

function verifySignature(book: OpenBook, length: number, hash: Uint8Array, fork: number, signature: Uint8Array | null, report: Report): void {
  const tree = { length, hash: () => hash, signable: (context: Uint8Array) => treeSignable(context, hash, length, fork) }
  // What a successor begins with was signed where its predecessor ended: that signature stands in the succession.
  if (signature === null && length === book.chain.at(-1)?.predecessor.length) return
  if (signature === null || !book.core.core.core.verifier.verify(tree, signature)) {
    report.add('SIGNATURE_INVALID', 'the writer has not signed what is stored')
  }
}

async function verifyMark(book: OpenBook, length: number, report: Report): Promise<void> {
  const mark = await book.mark.read()
  if (mark === null || mark === 'unreadable') return report.add('MARK_MISSING', 'nothing outside the book says how long it was')
  if (mark.core !== Buffer.from(book.core.core.key).toString('hex')) return report.add('MARK_FORKED', 'the mark is that of another core')
  if (mark.length > length) return report.add('MARK_AHEAD', `the book has ${length} blocks and had ${mark.length}`)
  const hash = Buffer.from(await book.core.treeHash(mark.length)).toString('hex')
  if (hash !== mark.treeHash) report.add('MARK_FORKED', 'the book is not what it was at its mark')
}

export const message = (error: unknown): string => error instanceof Error ? error.message : String(error)
