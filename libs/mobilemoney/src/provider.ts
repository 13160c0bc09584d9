/** An organization's account at a provider. */
export interface ProviderAccount {
  /** The number that people pay to. */
  readonly shortCode: string
  readonly key: string
  readonly secret: string
}

/** A payment as the provider itself reports it. */
export interface Transaction {
  /** The provider's own name of it, which no other payment has. */
  readonly reference: string
  /** Decimal, in the account's currency. */
  readonly amount: string
  /** What the payer entered as the account: a payment code, or anything else. */
  readonly account: string
  readonly at: Date
}

/** What a callback says and nobody has confirmed: enough to know where to look. */
export interface Hint {
  readonly reference: string
  /** When it is said to have been; null where the callback says nothing that can be read. */
  readonly at: Date | null
}

/** A line of a statement: money that came in or went out, and whether it did in the end. */
export interface StatementLine extends Transaction {
  readonly direction: 'IN' | 'OUT'
  readonly completed: boolean
}

/** What a statement's file is like: for whoever reads CSV. */
export interface StatementForm {
  readonly required: readonly StatementColumn[]
  readonly optional: readonly StatementColumn[]
  readonly names: Readonly<Record<StatementColumn, readonly string[]>>
  /** How many lines stand before the header; null where there is none. */
  headerAt(text: string): number | null
  /** A row; a reason where it is not of its form; null for one that is no payment (a charge, a total). */
  read(cells: Readonly<Record<StatementColumn, string>>): StatementLine | string | null
}
export type StatementColumn = 'reference' | 'completed' | 'status' | 'in' | 'out' | 'account' | 'details' | 'reason'

/**
 * The port «mobile money provider». Callbacks of most providers carry no signature: what they say is a hint. What the provider
 * answers when it is asked, over TLS and with our key, is the fact.
 */
export interface MobileMoneyProvider {
  readonly name: string
  /** How far back the provider can be asked; what is older, a statement tells. */
  readonly reachMs: number
  /** What a callback says; null where it is none. */
  readHint(body: unknown): Hint | null
  /** What the provider wants to be answered to a callback. */
  readonly acknowledgement: unknown
  /** All completed payments to the account between two instants. Throws MobileMoneyError. */
  received(account: ProviderAccount, from: Date, to: Date): Promise<Transaction[]>
  readonly statement: StatementForm
}
