import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import DefaultEncryption from 'hypercore/lib/default-encryption.js'
import Verifier from 'hypercore/lib/verifier.js'
import hypercoreCrypto from 'hypercore-crypto'
import { treeSignable } from 'hypercore/lib/caps.js'
import { BookError } from './errors.ts'
import { makeDirectory, writeAtomically } from './files.ts'
import type { EncryptionProvider, KeyPair, Manifest } from './hypercore.ts'

/** Where a core ended and what its writer had signed there. */
export interface CoreEnd {
  /** The core's key in hex. */
  readonly core: string
  /** Blocks, the header block included; 0 in a book that was never written. */
  readonly length: number
  /** Its tree hash at that length, in hex. */
  readonly treeHash: string
  /** The writer's signature of that tree, base64; null where nothing was signed: an empty core, or a successor without entries of its own. */
  readonly signature: string | null
}

/**
 * That a book goes on in another core: the old core's key, length and tree hash, signed by the old writer. It is part of the new
 * core's manifest, so that the new core's key stands for it, and of a random value, so that two successors of the same core never
 * are the same core. The new core begins with the old one's blocks (Hypercore's prologue): entries keep their numbers.
 */
export interface Succession {
  readonly v: 1
  readonly book: string
  readonly predecessor: CoreEnd
  /** ISO instant. */
  readonly at: string
  readonly nonce: string
  /** Ed25519 by the writer over all of the above, base64. */
  readonly signature: string
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const text = ({ v, book, predecessor: { core, length, treeHash, signature }, at, nonce }: Omit<Succession, 'signature'>): Buffer =>
  Buffer.from(`growr-successor/1\n${JSON.stringify({ v, book, predecessor: { core, length, treeHash, signature }, at, nonce })}`)

/** States that a core ended there, with the writer's signature. */
export function makeSuccession(book: string, predecessor: CoreEnd, at: Date, keyPair: KeyPair): Succession {
  const statement = { v: 1 as const, book, predecessor, at: at.toISOString(), nonce: randomBytes(16).toString('hex') }
  return { ...statement, signature: Buffer.from(hypercoreCrypto.sign(text(statement), keyPair.secretKey)).toString('base64') }
}

/** Who may sign a book's core, and which core it goes on from. */
export function manifestOf(publicKey: Uint8Array, chain: readonly Succession[]): Manifest {
  const last = chain.at(-1)
  if (last === undefined) return { version: 1, signers: [{ publicKey }] }
  const { length, treeHash } = last.predecessor
  return {
    version: 2, signers: [{ publicKey }], userData: Buffer.from(JSON.stringify(last)),
    prologue: length === 0 ? null : { length, hash: Buffer.from(treeHash, 'hex') },
  }
}

/** The key of the core that the writer's book is in after these successions, in hex. */
export const coreKeyOf = (publicKey: Uint8Array, chain: readonly Succession[]): string =>
  hex(Verifier.manifestHash(Verifier.createManifest(manifestOf(publicKey, chain))))

/** Whether the writer had signed that a core ended so; `chain` are the successions before it. */
export function endIsSigned(end: CoreEnd, publicKey: Uint8Array, chain: readonly Succession[]): boolean {
  if (end.core !== coreKeyOf(publicKey, chain)) return false
  const before = chain.at(-1)?.predecessor
  // Nothing was added to it: what it began with was signed where that ended.
  if (end.length === (before?.length ?? 0)) return end.length === 0 || end.treeHash === before?.treeHash
  if (end.signature === null) return false
  const hash = Buffer.from(end.treeHash, 'hex')
  const tree = { length: end.length, hash: () => hash, signable: (context: Uint8Array) => treeSignable(context, hash, end.length, 0) }
  return Verifier.fromManifest(manifestOf(publicKey, chain)).verify(tree, Buffer.from(end.signature, 'base64'))
}

/** What is wrong with a chain of successions; null when each was signed by the writer and goes on where the one before ended. */
export function faultOf(book: string, publicKey: Uint8Array, chain: readonly Succession[]): string | null {
  for (const [place, succession] of chain.entries()) {
    const before = chain.slice(0, place)
    if (succession.book !== book) return `succession ${place + 1} is that of another book`
    if (!hypercoreCrypto.verify(text(succession), Buffer.from(succession.signature, 'base64'), publicKey)) return `the writer has not signed succession ${place + 1}`
    if (!endIsSigned(succession.predecessor, publicKey, before)) return `the writer has not signed what succession ${place + 1} goes on from`
    if (succession.predecessor.length < (before.at(-1)?.predecessor.length ?? 0)) return `succession ${place + 1} goes back behind the one before`
  }
  return null
}

/**
 * Opens each block with the key of the core that it was written into, and seals new ones with that of the newest: after a loss the
 * same numbers are written again, and one key for both would give both away.
 */
export function lineageEncryption(readKey: Uint8Array, publicKey: Uint8Array, chain: readonly Succession[]): EncryptionProvider {
  const eras = [...chain.keys(), chain.length].map(place => ({
    until: chain[place]?.predecessor.length ?? Infinity,
    encryption: new DefaultEncryption(readKey, Buffer.from(coreKeyOf(publicKey, chain.slice(0, place)), 'hex')),
  }))
  const of = (index: number): EncryptionProvider => {
    const era = eras.find(({ until }) => index < until)
    if (era === undefined) throw new BookError('BOOK_UNREADABLE', `block ${index} belongs to no core`)
    return era.encryption
  }
  return {
    padding: () => DefaultEncryption.PADDING,
    encrypt: (index, block, fork, core) => of(index).encrypt(index, block, fork, core),
    decrypt: (index, block, core) => of(index).decrypt(index, block, core),
  }
}

/** Where the successions of the books of a store lie: with the books, since without them their cores are not found. */
export class Successions {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Those of a book, oldest first. Throws BOOK_UNREADABLE where the file is none. */
  async read(book: string): Promise<readonly Succession[]> {
    let content: string
    try {
      content = await readFile(join(this.#directory, `${book}.json`), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    const chain = parse(content)
    if (chain === null) throw new BookError('BOOK_UNREADABLE', `the successions of ${book} cannot be read: put the file back from the last back-up`)
    return chain
  }

  async write(book: string, chain: readonly Succession[]): Promise<void> {
    await makeDirectory(this.#directory)
    await writeAtomically(join(this.#directory, `${book}.json`), `${JSON.stringify(chain)}\n`)
  }
}

function parse(content: string): readonly Succession[] | null {
  try {
    const chain: unknown = JSON.parse(content)
    return Array.isArray(chain) && chain.every(isSuccession) ? chain : null
  } catch {
    return null
  }
}

/** Whether a value from outside has the form of the end of a core. */
export function isCoreEnd(value: unknown): value is CoreEnd {
  if (typeof value !== 'object' || value === null) return false
  const { core, length, treeHash, signature } = value as Record<string, unknown>
  return typeof core === 'string' && /^[0-9a-f]{64}$/.test(core) && Number.isSafeInteger(length) && Number(length) >= 0
    && typeof treeHash === 'string' && /^[0-9a-f]{64}$/.test(treeHash) && (signature === null || typeof signature === 'string')
}

/** Whether a value from outside has the form of a succession. */
export function isSuccession(value: unknown): value is Succession {
  if (typeof value !== 'object' || value === null) return false
  const { v, book, predecessor, at, nonce, signature } = value as Record<string, unknown>
  return v === 1 && typeof book === 'string' && isCoreEnd(predecessor) && typeof at === 'string' && typeof nonce === 'string' && typeof signature === 'string'
}
