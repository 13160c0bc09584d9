import { BookError } from './errors.ts'
import { markOf, type OpenBook } from './open-book.ts'
import type { MarkState } from './mark.ts'

/**
 * Holds a book against its mark. Answers why it must not be written, or null when it may. A book that lost entries which
 * others hold would fork with its next one, and forks close a core on every side for good: so below its mark, without a mark,
 * or with another past it is read-only, until it was synchronised from a follower or got a signed successor.
 */
export async function compareWithMark(book: OpenBook, adopt: boolean): Promise<BookError | null> {
  const mark = await book.mark.read()
  const { length } = book.core
  if (mark === null || mark === 'unreadable') {
    if (length > 0 && !adopt) {
      return new BookError('BOOK_WITHOUT_MARK', `${book.id} has entries and ${mark === null ? 'no mark' : 'a mark that cannot be read'}`, { details: { book: book.id, length } })
    }
    await book.mark.write(markOf(book, await book.core.treeHash()))
    return null
  }
  return compare(book, mark)
}

async function compare(book: OpenBook, mark: MarkState): Promise<BookError | null> {
  const { length } = book.core
  const details = { book: book.id, length, mark: mark.length }
  if (mark.core !== Buffer.from(book.core.core.key).toString('hex')) {
    return new BookError('BOOK_FORKED', `the mark of ${book.id} is that of another core`, { details })
  }
  if (length < mark.length) {
    return new BookError('BOOK_BEHIND_MARK', `${book.id} has ${length} blocks and had ${mark.length}`, { details })
  }
  const hash = Buffer.from(await book.core.treeHash(mark.length)).toString('hex')
  if (hash !== mark.treeHash) return new BookError('BOOK_FORKED', `${book.id} is not what it was at its mark`, { details })
  return null
}
