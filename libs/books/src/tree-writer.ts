import { Node, YoloIndex } from 'hyperbee/lib/messages.js'
import { BookError } from './errors.ts'

// Hyperbee's B-tree: a node that reaches nine keys is split around its middle one.
const FULL = 9
const MAXIMUM_NODES = 16_384

interface Key {
  readonly seq: number
  bytes: Uint8Array | null
}

interface Child {
  seq: number
  offset: number
  node: TreeNode | null
}

interface TreeNode {
  readonly keys: Key[]
  readonly children: Child[]
  changed: boolean
}

interface Pending {
  readonly seq: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** The nodes that this put changed, its root first; those that a later put changes again are left out of the block. */
  readonly nodes: (Child | null)[]
}

/**
 * Makes the blocks that Hyperbee's own batch would make, byte for byte (a test holds the two against one another), but keeps
 * the nodes it has met in memory from one batch to the next: half the time of a commit went into reading them back. It only
 * ever puts; nothing is deleted from a book.
 */
export class TreeWriter {
  readonly #read: (seq: number) => Promise<Uint8Array>
  #root: TreeNode | null = null
  #nodes = 0
  #length = 0

  /** `read` gives the opened bytes of a block. */
  constructor(read: (seq: number) => Promise<Uint8Array>) {
    this.#read = read
  }

  /**
   * The blocks for puts that follow a book of `length` blocks, its header included. To be followed by appending them all, or
   * by `forget`.
   */
  async blocks(puts: readonly { readonly key: string; readonly value: Uint8Array }[], length: number): Promise<Uint8Array[]> {
    if (this.#length !== length || this.#nodes > MAXIMUM_NODES) this.forget()
    this.#root ??= length > 1 ? await this.#load(length - 1, 0) : this.#node()
    const pending: Pending[] = []
    for (const [place, put] of puts.entries()) {
      const seq = length + place
      const key = Buffer.from(put.key)
      await this.#insert({ seq, bytes: key })
      const nodes: (Child | null)[] = [{ seq, offset: 0, node: this.#root }]
      if (this.#root !== null) this.#collect(this.#root, nodes, seq)
      pending.push({ seq, key, value: put.value, nodes })
    }
    this.#length = length + puts.length
    return pending.map((put, place) => encode(put, place === pending.length - 1))
  }

  /** Reads the tree from the book again next time. */
  forget(): void {
    this.#root = null
    this.#nodes = 0
    this.#length = 0
  }

  async #insert(key: Key): Promise<void> {
    const path: TreeNode[] = []
    let node = this.#root ?? this.#node()
    let place = await this.#find(node, key)
    while (node.children.length > 0) {
      node.changed = true
      if (place.exact) {
        node.keys[place.index] = key
        return
      }
      path.push(node)
      const child = node.children[place.index]
      if (child === undefined) throw new BookError('BOOK_UNREADABLE', 'a node of the tree lacks a child')
      node = child.node ?? (child.node = await this.#load(child.seq, child.offset))
      place = await this.#find(node, key)
    }
    node.changed = true
    if (place.exact) {
      node.keys[place.index] = key
      return
    }
    node.keys.splice(place.index, 0, key)
    await this.#split(node, path)
  }

  async #split(leaf: TreeNode, path: TreeNode[]): Promise<void> {
    let node = leaf
    while (node.keys.length >= FULL) {
      const right = this.#node()
      const half = node.keys.length >> 1
      right.keys.push(...node.keys.splice(node.keys.length - half))
      const median = node.keys.pop()
      if (median === undefined) return
      if (node.children.length > 0) right.children.push(...node.children.splice(node.children.length - half - 1))
      const parent = path.pop()
      if (parent === undefined) {
        const root = this.#node()
        root.keys.push(median)
        root.children.push({ seq: 0, offset: 0, node }, { seq: 0, offset: 0, node: right })
        this.#root = root
        return
      }
      const { index } = await this.#find(parent, median)
      parent.keys.splice(index, 0, median)
      parent.children.splice(index + 1, 0, { seq: 0, offset: 0, node: right })
      node = parent
    }
  }

  /** Numbers the changed nodes of a put, in the order in which Hyperbee does. */
  #collect(node: TreeNode, nodes: (Child | null)[], seq: number): void {
    node.changed = false
    for (const child of node.children) {
      if (child.node === null || !child.node.changed) continue
      const offset = nodes.push(null) - 1
      child.seq = seq
      child.offset = offset
      this.#collect(child.node, nodes, seq)
      nodes[offset] = child
    }
  }

  async #find(node: TreeNode, key: Key): Promise<{ readonly index: number; readonly exact: boolean }> {
    const bytes = key.bytes ?? await this.#keyBytes(key)
    let from = 0
    let to = node.keys.length
    while (from < to) {
      const middle = (from + to) >> 1
      const other = node.keys[middle]
      if (other === undefined) break
      const order = Buffer.compare(bytes, other.bytes ?? await this.#keyBytes(other))
      if (order === 0) return { index: middle, exact: true }
      if (order < 0) to = middle
      else from = middle + 1
    }
    return { index: from, exact: false }
  }

  async #keyBytes(key: Key): Promise<Uint8Array> {
    key.bytes = Buffer.from(Node.decode(await this.#read(key.seq)).key)
    return key.bytes
  }

  async #load(seq: number, offset: number): Promise<TreeNode> {
    const level = YoloIndex.decode(Node.decode(await this.#read(seq)).index).levels[offset]
    if (level === undefined) throw new BookError('BOOK_UNREADABLE', `block ${seq} lacks a node of the tree`)
    const node = this.#node()
    node.changed = false
    for (const key of level.keys) node.keys.push({ seq: key, bytes: null })
    for (let i = 0; i + 1 < level.children.length; i += 2) {
      node.children.push({ seq: level.children[i] ?? 0, offset: level.children[i + 1] ?? 0, node: null })
    }
    return node
  }

  #node(): TreeNode {
    this.#nodes += 1
    return { keys: [], children: [], changed: true }
  }
}

/** A put as a block of Hyperbee. Only the last of a batch carries a root: the others keep the nodes that are still in use. */
function encode({ seq, key, value, nodes }: Pending, last: boolean): Uint8Array {
  if (!last) {
    nodes[0] = null
    let place = 0
    while (place < nodes.length) {
      const child = nodes[place]
      if (child !== null && child !== undefined && child.seq === seq) {
        child.offset = place
        place += 1
      } else if (place === nodes.length - 1) nodes.pop()
      else nodes[place] = nodes.pop() ?? null
    }
  }
  const levels = nodes.map(child => ({
    keys: child?.node?.keys.map(entry => entry.seq) ?? [],
    children: child?.node?.children.flatMap(inner => [inner.seq, inner.offset]) ?? [],
  }))
  return Node.encode({ key, value, index: YoloIndex.encode({ levels }) })
}
