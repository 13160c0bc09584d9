import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './files.ts'

/** How far a book had come, kept outside the book and outside every back-up. */
export interface MarkState {
  readonly v: 1
  readonly book: string
  /** The core's key in hex: a successor has another. */
  readonly core: string
  /** Blocks that were on disk, the header block included. */
  readonly length: number
  /** The tree hash of the book at that length, in hex. */
  readonly treeHash: string
}

const INTERVAL = 1_000
const COMMITS = 256

/**
 * The mark of one book. It is taken only after the blocks that it speaks of are on disk, so it is never ahead of the book, and
 * it lags behind by at most a second or 256 commits, whichever comes first, and not at all once the book was closed.
 */
export class Mark {
  readonly #file: string
  #latest: MarkState | null = null
  #written: MarkState | null = null
  #writing: Promise<void> | null = null
  #commits = 0
  #at = -Infinity
  #timer: NodeJS.Timeout | null = null
  #failure: unknown = null

  constructor(directory: string, book: string) {
    this.#file = join(directory, `${book}.json`)
  }

  /** Why it could not be written; null when all is well. */
  get failure(): unknown {
    return this.#failure
  }

  /** What the last run left: null without a mark, 'unreadable' when it is not one. */
  async read(): Promise<MarkState | null | 'unreadable'> {
    let text: string
    try {
      text = await readFile(this.#file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    try {
      const value = JSON.parse(text) as Partial<MarkState>
      const sound = value.v === 1 && typeof value.book === 'string' && typeof value.core === 'string' && Number.isSafeInteger(value.length)
        && typeof value.treeHash === 'string'
      return sound ? value as MarkState : 'unreadable'
    } catch {
      return 'unreadable'
    }
  }

  /** Notes where the book is; written when it is due. */
  note(state: MarkState): void {
    this.#latest = state
    this.#commits += 1
    if (this.#writing !== null) return
    const wait = INTERVAL - (performance.now() - this.#at)
    if (this.#commits >= COMMITS || wait <= 0) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), wait).unref()
  }

  /** Writes what was noted, if it was not yet; on disk when it resolves. Rejects when that fails. */
  async flush(): Promise<void> {
    await this.#writing
    if (this.#latest !== this.#written) this.#start()
    await this.#writing
    if (this.#failure !== null) throw this.#failure
  }

  /** The first mark of a book, or one taken on by an operator. */
  async write(state: MarkState): Promise<void> {
    this.#latest = state
    await this.flush()
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.flush()
  }

  /** Ends without writing: after a failed sync nobody knows what is on disk. */
  abandon(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const state = this.#latest
    if (state === null || this.#writing !== null) return
    this.#commits = 0
    this.#at = performance.now()
    this.#failure = null
    this.#writing = this.#save(state).catch((error: unknown) => { this.#failure = error }).finally(() => { this.#writing = null })
  }

  async #save(state: MarkState): Promise<void> {
    await writeAtomically(this.#file, `${JSON.stringify(state)}\n`)
    this.#written = state
  }
}
