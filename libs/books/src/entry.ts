/** One line of double entry: minor units as signed digits, a debit above zero, a credit below. */
export interface Posting {
  readonly account: string
  readonly amount: string
  readonly currency: string
}

/** What happened. `subject` is what leads to a person: it is sealed apart, and null once the person was erased. */
export interface BookEvent {
  readonly type: string
  readonly subject?: unknown
}

/** What a record is after the event. `subject` as in the event. */
export interface BookState {
  readonly subject?: unknown
}

/** Which key `shared` is sealed under: the scope (`organization:<id>` or `project:<id>`) and the epoch of its key. */
export interface Epoch {
  readonly of: string
  readonly n: number
}

/**
 * What a block of a book holds besides its key: the form of version 1, fixed for as long as books are kept. All of it but
 * `shared` and `subject.box` can be read by whoever can read the book, and none of it leads to a person.
 */
export interface Entry {
  readonly v: 1
  /** Names the version of the rules (`apply`) that made the state. */
  readonly rules: string
  readonly type: string
  /** ISO instant at which the writer took it. */
  readonly at: string
  /** YYYY-MM-DD, of the organization. */
  readonly businessDate: string
  readonly actor: { readonly role: string; readonly pseudonym: string | null }
  /** The entry or payment that it follows from, such as `payment.ORG#17`. */
  readonly cause: string | null
  readonly action: string
  /** MAC of caller, action, request id and the place in the append; base64url. */
  readonly requestId: string | null
  /** MAC of the parameters: a plain hash would let a phone number be guessed. */
  readonly paramsDigest: string | null
  readonly postings: readonly Posting[]
  readonly epoch: Epoch
  /** base64 of nonce and XChaCha20-Poly1305 box over {event, state} without their subjects. */
  readonly shared: string
  /** Sealed {event, state}: the subjects, under the key `kid` of one person. */
  readonly subject: { readonly kid: string; readonly box: string } | null
}

/** The request that a draft answers: repeated with the same parameters it gives the earlier entry, never a second one. */
export interface RequestReference {
  readonly id: string
  readonly caller: string
  /** Any plain JSON; only a keyed digest of it is kept. */
  readonly params: unknown
}

/** What a service hands in to be appended. Event and state belong to the book from then on: do not change them. */
export interface Draft<E extends BookEvent = BookEvent, S extends object = BookState> {
  /** The record's key: a random id, never derived from a person. */
  readonly key: string
  readonly rules: string
  readonly businessDate: string
  /** `id` may lead to a person: only a keyed pseudonym of it is kept. */
  readonly actor: { readonly role: string; readonly id: string | null }
  readonly action: string
  readonly event: E
  readonly state: S
  readonly postings?: readonly Posting[]
  /** ISO instant; the store's clock unless given. */
  readonly at?: string
  readonly cause?: string | null
  /** In an array the first draft's request stands for all. */
  readonly request?: RequestReference | null
  /** Under which scope's key `shared` is sealed; the organization's unless given. */
  readonly scope?: string
  /** Whom `subject` leads to (a user id, a DID): needed when there is a subject, and never written down. */
  readonly person?: string | null
  /** Refuse with STALE_STATE unless the record's last entry is this one; 0: the record must not exist. */
  readonly expectedSeq?: number
}

/** An entry read out of its book, opened as far as the keys at hand allow. */
export interface StoredEntry<E extends BookEvent = BookEvent, S extends object = BookState> extends Omit<Entry, 'shared' | 'subject'> {
  readonly book: string
  readonly kind: string
  readonly organization: string
  readonly key: string
  /** Place in the book, from 1; entries of one book have consecutive numbers. */
  readonly seq: number
  /** The book's version that this entry's commit made: give it to `atVersion`. */
  readonly version: number
  /** null when the key of its epoch is not at hand. */
  readonly event: E | null
  readonly state: S | null
  /** Under which person's key its subject is sealed. */
  readonly kid: string | null
  /** There was a subject, and its key is gone: `event.subject` and `state.subject` are null. */
  readonly erased: boolean
  /** The request had been answered before: this is the entry of then. */
  readonly repeated?: true
}

/** A record as of one of its entries. */
export interface BookRecord<S extends object = BookState> {
  readonly key: string
  readonly seq: number
  readonly state: S
}

/** Turns events and states into JSON text and back; pass one that knows the domain's amounts. */
export interface Codec {
  encode(value: unknown): string
  decode(text: string): unknown
}

export const jsonCodec: Codec = { encode: value => JSON.stringify(value), decode: text => JSON.parse(text) as unknown }

/** How another entry names this one as its cause. */
export const entryReference = (book: string, seq: number): string => `${book}#${seq}`
