import type { Person } from '../document.ts'

/** Somebody at a door: who they are, and what they hold there (a session, a phone). */
export interface Actor {
  readonly name: string
  readonly person: Person
}

export interface Request {
  readonly kind: 'do' | 'query'
  readonly operation: string
  readonly with: Readonly<Record<string, unknown>>
  readonly requestId?: string
}

/** What came of a request: a result, or a refusal with its code. */
export type Outcome = { readonly result: unknown } | { readonly refusal: { readonly code: string; readonly path?: string; readonly details?: unknown; readonly message?: string } }

/** A way into a node from outside. Another kind (USSD, a chain, a relay) is another implementation. */
export interface Door {
  readonly name: string
  perform(actor: Actor, request: Request): Promise<Outcome>
  /** Gives up what it holds open, at the end of the journey. */
  close?(): void | Promise<void>
}
