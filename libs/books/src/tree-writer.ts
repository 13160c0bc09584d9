import { Node, YoloIndex } from 'hyperbee/lib/messages.js'
import { BookError } from './errors.ts'

// Hyperbee's B-tree: a node that reaches nine keys is split around its middle one.
const FULL = 9
const MAXIMUM_NODES = 49_152

interface Key {
  readonly seq: number
  bytes: Uint8Array | null
}

interface Child {
  seq: number
  offset: number
  node: TreeNode | null
  /** While the node is being read: whoever else needs it waits for the same reading. */
  reading: Promise<TreeNode> | null
}

interface TreeNode {
  readonly keys: Key[]
  readonly children: Child[]
  changed: boolean
  /** The batch in which it was used last. */
  used: number
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
  readonly #most: number
  #root: TreeNode | null = null
  #nodes = 0
  #length = 0
  #batch = 0

  /** `read` gives the opened bytes of a block; `most` is how many nodes to keep in memory, about 700 bytes each. */
  constructor(read: (seq: number) => Promise<Uint8Array>, most: number = MAXIMUM_NODES) {
    this.#read = read
    this.#most = most
  }

  /**
   * The blocks for puts that follow a book of `length` blocks, its header included. To be followed by appending them all, or
   * by `forget`.
   */
  async blocks(puts: readonly { readonly key: string; readonly value: Uint8Array }[], length: number): Promise<Uint8Array[]> {
    if (this.#length !== length) this.forget()
    this.#batch += 1
    this.#root ??= length > 1 ? await this.#load(length - 1, 0) : this.#node()
    // What is not in memory is read for all puts at once, before they are made one after another.
    await Promise.all(puts.map(put => this.#warm(Buffer.from(put.key))))
    const pending: Pending[] = []
    for (const [place, put] of puts.entries()) {
      const seq = length + place
      const key = Buffer.from(put.key)
      await this.#insert({ seq, bytes: key })
      const nodes: (Child | null)[] = [{ seq, offset: 0, node: this.#root, reading: null }]
      if (this.#root !== null) this.#collect(this.#root, nodes, seq)
      pending.push({ seq, key, value: put.value, nodes })
    }
    this.#length = length + puts.length
    const blocks = pending.map((put, place) => encode(put, place === pending.length - 1))
    if (this.#nodes > this.#most && this.#root !== null) this.#nodes = this.#keepSince(this.#root, this.#batch)
    return blocks
  }

  /** Reads the tree from the book again next time. */
  forget(): void {
    this.#root = null
    this.#nodes = 0
    this.#length = 0
  }

  /** Reads the way to a key. */
  async #warm(bytes: Uint8Array): Promise<void> {
    let node = this.#root
    while (node !== null) {
      const { index, exact } = await this.#find(node, bytes)
      const child: Child | undefined = exact ? undefined : node.children[index]
      node = child === undefined ? null : child.node ?? await this.#child(child)
    }
  }

  #child(child: Child): Promise<TreeNode> {
    child.reading ??= this.#load(child.seq, child.offset).then(node => {
      child.node = node
      return node
    }).finally(() => { child.reading = null })
    return child.reading
  }

  /** Lets go of nodes that the last batches did not use, until there is room again; answers how many are left. */
  #keepSince(node: TreeNode, batch: number): number {
    for (let since = batch - 256; ; since += Math.ceil((batch - since) / 2)) {
      const left = prune(node, since)
      if (left <= this.#most / 2 || since >= batch) return left
    }
  }

  async #insert(key: Key): Promise<void> {
    const path: TreeNode[] = []
    let node = this.#root ?? this.#node()
    let place = await this.#find(node, key.bytes ?? await this.#keyBytes(key))
    while (node.children.length > 0) {
      node.changed = true
      if (place.exact) {
        node.keys[place.index] = key
        return
      }
      path.push(node)
      const child = node.children[place.index]
      if (child === undefined) throw new BookError('BOOK_UNREADABLE', 'a node of the tree lacks a child')
      node = child.node ?? await this.#child(child)
      place = await this.#find(node, key.bytes ?? await this.#keyBytes(key))
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
        root.children.push(childOf(node), childOf(right))
        this.#root = root
        return
      }
      const { index } = await this.#find(parent, median.bytes ?? await this.#keyBytes(median))
      parent.keys.splice(index, 0, median)
      parent.children.splice(index + 1, 0, childOf(right))
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

  async #find(node: TreeNode, bytes: Uint8Array): Promise<{ readonly index: number; readonly exact: boolean }> {
    node.used = this.#batch
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
      node.children.push({ seq: level.children[i] ?? 0, offset: level.children[i + 1] ?? 0, node: null, reading: null })
    }
    return node
  }

  #node(): TreeNode {
    this.#nodes += 1
    return { keys: [], children: [], changed: true, used: this.#batch }
  }
}

const childOf = (node: TreeNode): Child => ({ seq: 0, offset: 0, node, reading: null })

/** Drops subtrees that were not used since a batch; answers how many nodes are left. */
function prune(node: TreeNode, since: number): number {
  let left = 1
  for (const child of node.children) {
    if (child.node === null) continue
    // A node is used whenever one below it is, so an old one has only older ones below it.
    if (child.node.used < since) child.node = null
    else left += prune(child.node, since)
  }
  return left
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
