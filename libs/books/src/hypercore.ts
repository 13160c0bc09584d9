/** The parts of Corestore, Hypercore and Hyperbee that books rest on, typed here once; see types/hyper.d.ts. */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

export interface Manifest {
  readonly version: 1 | 2
  readonly signers: readonly { readonly publicKey: Uint8Array }[]
  /** What a successor of another core starts from: its length and tree hash. */
  readonly prologue?: { readonly length: number; readonly hash: Uint8Array } | null
  /** Anything; part of what the core's key stands for. */
  readonly userData?: Uint8Array | null
}

/** How a core's blocks are sealed on their way to the disk. */
export interface EncryptionProvider {
  padding(): number
  encrypt(index: number, block: Uint8Array, fork: number, core: unknown): void | Promise<void>
  decrypt(index: number, block: Uint8Array, core: unknown): void | Promise<void>
}

export interface TreeNode {
  readonly index: number
  readonly size: number
  readonly hash: Uint8Array
}

export interface StoredBlock {
  readonly index: number
  readonly value: Uint8Array
}

/** What a signature of a core is checked against. */
export interface SignedTree {
  readonly length: number
  hash(): Uint8Array
  signable(context: Uint8Array): Uint8Array
}

export interface CoreStorageLike {
  createBlockStream(range: { gte?: number; lt?: number }): AsyncIterable<StoredBlock>
  createTreeNodeStream(range: { gte?: number; lt?: number }): AsyncIterable<TreeNode>
  write(): { putBlock(index: number, block: Uint8Array): void; flush(): Promise<unknown> }
}

export interface CoreLike {
  readonly key: Uint8Array
  readonly discoveryKey: Uint8Array
  readonly length: number
  readonly fork: number
  readonly writable: boolean
  readonly encryption: EncryptionProvider | null
  readonly core: {
    readonly verifier: { verify(tree: SignedTree, signature: Uint8Array): boolean }
    readonly state: {
      readonly length: number
      readonly fork: number
      readonly signature: Uint8Array | null
      readonly storage: CoreStorageLike
      hash(): Uint8Array
    }
    /** Takes over the blocks and tree that this core's manifest begins with. */
    copyPrologue(from: unknown): Promise<void>
  }
  ready(): Promise<void>
  append(blocks: Uint8Array | readonly Uint8Array[], options: { keyPair: KeyPair }): Promise<{ length: number }>
  get(index: number, options?: { wait?: boolean }): Promise<Uint8Array | null>
  treeHash(length?: number): Promise<Uint8Array>
  replicate(stream: unknown, options?: object): unknown
  /** Frees what the blocks take; the tree over them stays. */
  clear(start: number, end: number): Promise<unknown>
  close(): Promise<void>
}

export interface BeeBatchLike {
  put(key: string, value: Uint8Array): Promise<void>
  toBlocks(): Uint8Array[]
  close(): Promise<void>
}

export interface BeeNode {
  readonly seq: number
  readonly key: string
  readonly value: Uint8Array
}

export interface BeeLike {
  readonly version: number
  ready(): Promise<void>
  get(key: string): Promise<BeeNode | null>
  batch(options?: { update?: boolean }): BeeBatchLike
  checkout(version: number): BeeLike
  createReadStream(range?: object): AsyncIterable<BeeNode>
  close(): Promise<void>
}

export interface WalFile {
  readonly path: string
  readonly number: number
}

export interface CorestoreLike {
  readonly storage: {
    readonly db: { currentWalFile(): Promise<WalFile | null>; flush(): Promise<void> }
  }
  ready(): Promise<void>
  close(): Promise<void>
  get(options: { manifest: Manifest; encryption?: EncryptionProvider; writable?: boolean }): CoreLike
}
