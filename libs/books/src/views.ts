import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { builtFrom, catchUp } from './catch-up.ts'
import { compareViews, type ViewDifference } from './compare.ts'
import { BookError } from './errors.ts'
import { makeDirectory } from './files.ts'
import { defineView, ViewFile, type ViewDefinition } from './view.ts'
import type { BookKeys } from './keys.ts'
import type { OpenBook } from './open-book.ts'

/** The views of a store and how they are kept level with its books. */
export class Views {
  readonly #directory: string
  readonly #books: () => Iterable<OpenBook>
  readonly #keys: Pick<BookKeys, 'erasures'>
  readonly #files = new Map<string, ViewFile>()
  #rebuilds = 0

  constructor(directory: string, books: () => Iterable<OpenBook>, keys: Pick<BookKeys, 'erasures'>) {
    this.#directory = directory
    this.#books = books
    this.#keys = keys
  }

  all(): Iterable<ViewFile> {
    return this.#files.values()
  }

  /** Throws VIEW_INVALID when none of that name is open. */
  file(name: string): ViewFile {
    const file = this.#files.get(name)
    if (file === undefined) throw new BookError('VIEW_INVALID', `no view ${name} is open`)
    return file
  }

  async open(definition: ViewDefinition): Promise<ViewFile> {
    defineView(definition)
    if (this.#files.has(definition.name)) throw new BookError('VIEW_INVALID', `${definition.name} is open already`)
    await makeDirectory(this.#directory)
    const erasures = await this.#keys.erasures()
    let view = ViewFile.open(definition, join(this.#directory, `${definition.name}.db`), erasures)
    for (const book of this.#of(view)) {
      if (await builtFrom(book, view.length(book.id), view.hash(book.id))) continue
      view.close()
      view = ViewFile.create(definition, view.file, erasures)
      break
    }
    const opened = view
    await this.#whenLevel(opened, () => this.#files.set(definition.name, opened))
    return opened
  }

  /** Brings the views up to a book that is being opened, and its index with them. */
  async admit(book: OpenBook): Promise<void> {
    const views = [...this.#files.values()].filter(view => view.wants(book.kind))
    for (const view of views) {
      if (!await builtFrom(book, view.length(book.id), view.hash(book.id))) await this.rebuild(view.definition.name)
    }
    await catchUp(book, views)
  }

  /** Builds a view anew out of its books and puts it in the place of the old one. Writing goes on meanwhile. */
  async rebuild(name: string): Promise<void> {
    const view = this.file(name)
    await this.#fresh(name, fresh => view.replaceBy(fresh, renameSync))
  }

  /** Builds a second copy of a view out of its books, from the first entry on, and hands it on the moment it is level. */
  async #fresh<T>(name: string, then: (fresh: ViewFile) => T): Promise<T> {
    const view = this.file(name)
    this.#rebuilds += 1
    const fresh = ViewFile.create(view.definition, join(this.#directory, `.${name}.${process.pid}.${this.#rebuilds}.db`), await this.#keys.erasures())
    try {
      return await this.#whenLevel(fresh, () => then(fresh))
    } finally {
      // Where it has taken the place of the view nothing is left under its own name.
      fresh.discard()
    }
  }

  /** What differs between a view and its rebuild; a view that has failed differs. */
  compare(name: string): Promise<readonly ViewDifference[]> {
    return this.#fresh(name, fresh => compareViews(this.file(name), fresh))
  }

  commit(): void {
    for (const view of this.#files.values()) view.commit()
  }

  close(): void {
    for (const view of this.#files.values()) view.close()
  }

  #of(view: ViewFile): OpenBook[] {
    return [...this.#books()].filter(book => view.wants(book.kind))
  }

  /**
   * Brings a view up to all that its books have acknowledged, and does something at that very moment: without a pause after
   * the last look, in which a commit could be acknowledged.
   */
  async #whenLevel<T>(view: ViewFile, then: () => T): Promise<T> {
    while (true) {
      const behind = view.failure === null ? this.#of(view).find(book => view.length(book.id) < book.index.length) : undefined
      if (behind === undefined) return then()
      await catchUp(behind, [view], behind.index.length)
    }
  }
}
