import type { KeyPair } from './hypercore.ts'

export type Awaitable<T> = T | Promise<T>

export interface SharedKey {
  readonly epoch: number
  readonly key: Uint8Array
}

export interface SubjectKey {
  readonly kid: string
  readonly key: Uint8Array
}

/**
 * The keys that books need, as a port: custody implements the first four, `SealingKeys` the rest, `bookKeys` joins them.
 * All symmetric keys have 32 bytes. Nothing handed out is ever written into a store.
 */
export interface BookKeys {
  /** The Ed25519 pair that signs a book; asked for at each append. */
  writerKeyPair(book: string): Awaitable<KeyPair>
  /** Opens the blocks of all books of an organization. */
  readKey(organization: string): Awaitable<Uint8Array>
  /** For the MACs that stand for whoever acted. */
  pseudonymKey(organization: string): Awaitable<Uint8Array>
  /** For the MACs that stand for request ids and parameters. */
  requestKey(organization: string): Awaitable<Uint8Array>
  /** The key of a scope: of the epoch in use (made if there is none) or of the one asked for; null if that is not at hand. */
  sharedKey(scope: string, epoch?: number): Awaitable<SharedKey | null>
  /** The key of a person in an organization, made if there is none. */
  subjectKey(person: string, organization: string): Awaitable<SubjectKey>
  /** null once it was destroyed. */
  subjectKeyById(kid: string): Awaitable<Uint8Array | null>
  /** Erases a person: answers the key ids that are gone for good. */
  destroySubjectKey(person: string, organization: string): Awaitable<readonly string[]>
  /** How many keys were ever destroyed: views built before the last of them may hold what it sealed. */
  erasures(): Awaitable<number>
  /** Makes every key handed out so far durable; called before anything sealed under them is written. */
  flush(): Awaitable<void>
  /** Writes a copy of the data keys, as wrapped as they are, into a file that does not exist yet: for a back-up. */
  copyTo(file: string): void
}

/** The part of the port that custody of long-lived keys implements. */
export type CustodyKeys = Pick<BookKeys, 'writerKeyPair' | 'readKey' | 'pseudonymKey' | 'requestKey'>

/** The part that `SealingKeys` implements. */
export type DataKeys = Pick<BookKeys, 'sharedKey' | 'subjectKey' | 'subjectKeyById' | 'destroySubjectKey' | 'erasures' | 'flush' | 'copyTo'>

/** Joins the two. */
export function bookKeys(custody: CustodyKeys, data: DataKeys): BookKeys {
  return {
    writerKeyPair: book => custody.writerKeyPair(book),
    readKey: organization => custody.readKey(organization),
    pseudonymKey: organization => custody.pseudonymKey(organization),
    requestKey: organization => custody.requestKey(organization),
    sharedKey: (scope, epoch) => data.sharedKey(scope, epoch),
    subjectKey: (person, organization) => data.subjectKey(person, organization),
    subjectKeyById: kid => data.subjectKeyById(kid),
    destroySubjectKey: (person, organization) => data.destroySubjectKey(person, organization),
    erasures: () => data.erasures(),
    flush: () => data.flush(),
    copyTo: file => data.copyTo(file),
  }
}
