import { BookError } from './errors.ts'

const KIND = /^[a-z][a-z0-9-]{0,31}$/
const ORGANIZATION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/
const LABEL = /^[a-z][a-z0-9-]{0,63}$/i

/** Which book: what it is about, and whose it is. */
export interface BookName {
  readonly kind: string
  readonly organization: string
}

/** The name under which custody and marks know a book, such as `loan.01J…`; also a file name. */
export function bookId(name: BookName): string {
  if (!KIND.test(name.kind)) throw new BookError('NAME_INVALID', 'a kind is lower-case letters, digits and hyphens')
  if (!ORGANIZATION.test(name.organization)) throw new BookError('NAME_INVALID', 'an organization id is letters, digits, _ and -')
  return `${name.kind}.${name.organization}`
}

/** Names of views and followers become file names and keys. */
export function checkLabel(label: string): string {
  if (!LABEL.test(label)) throw new BookError('NAME_INVALID', 'a name is letters, digits and hyphens, at most 64')
  return label
}
