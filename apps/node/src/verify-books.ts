import { verifyBook, type Book, type Recomputed, type Verification } from '@growr/books'
import { postingsFor } from '@growr/ledger'
import { RULES, rulesOf, type EventOf, type Kind } from '@growr/lending'

/** The auditor's own call of the rules that made an entry. */
export function recompute({ kind, rules, before, event }: Recomputed): object {
  const known = kind as Kind
  return rulesOf(Number(rules))[known](before as never, event as never)
}

export function postings({ kind, before, event, after }: Recomputed): ReturnType<typeof postingsFor> {
  const known = kind as Kind
  return postingsFor(known, event as EventOf[typeof known], before as never, after as never)
}

/** A book from its bytes up, each state and posting made again by the domain's rules. */
export const verifyWhole = (book: Book): Promise<Verification> => verifyBook(book, { rules: [String(RULES)], recompute, postings })
