import type { CollectionDefinition } from '@growr/collections'
import type { Deed } from './engine.ts'
import type { State } from './state.ts'

/** What is known of a session; all of it is encrypted, and no PIN and no code is in it. */
export interface SessionData {
  readonly state: State
  /** Whoever has signed in: the access token opens nothing without the session that stands behind it. */
  readonly signedIn: { readonly token: string; readonly user: string } | null
  /** How much of a gateway's whole text was read, and a keyed digest of it: the text itself holds the PIN. */
  readonly read: { readonly length: number; readonly digest: string }
  /** Keyed digests of the requests, with the answers that were given: a repetition gets its own again. */
  readonly steps: readonly { readonly digest: string; readonly answer: string }[]
  readonly ended: boolean
  /** What was being done when the session was cut off, and by which requests of that step are known. */
  readonly work: { readonly state: State; readonly deed: Deed | null; readonly base: string } | null
  /** It is not offered again. */
  readonly settled: boolean
  /** ISO instant of the last request. */
  readonly touchedAt: string
}

/** A session of a gateway, by a keyed hash of its id and the number. */
export interface SessionDoc {
  id: string
  phone: string
  expiresAt: string
  data: SessionData
}

export const sessions: CollectionDefinition<SessionDoc> = {
  name: 'ussd-sessions',
  personal: ['phone', 'data'],
  lookup: { phone: { blind: true } },
  expires: 'expiresAt',
}
