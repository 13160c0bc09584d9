import type { Caller, Cause } from '@growr/contracts'
import type { FundingEvent, FundingState, LoanEvent, LoanState, ProjectEvent, ProjectPosition, ProjectState } from '@growr/lending'

/** A record with the sequence number of its last entry. */
export interface Current<S> {
  readonly state: S
  readonly seq: number
}

export interface Events {
  readonly project: ProjectEvent
  readonly loan: LoanEvent
  readonly funding: FundingEvent
}
export interface States {
  readonly project: ProjectState
  readonly loan: LoanState
  readonly funding: FundingState
}
export type Kind = keyof Events

/** On whose behalf an entry is made, and how a repetition of the request is known. */
export interface Authority {
  readonly caller: Caller
  readonly action: string
  readonly requestId: string | undefined
  /** Digested, so that the same id with other parameters is refused. */
  readonly params: unknown
  readonly cause?: Cause | undefined
}

/** Pages of a list in the order of their keys. */
export interface Page {
  readonly first: number
  readonly after?: string | undefined
}
export interface Listed<T> {
  readonly rows: readonly { readonly key: string; readonly value: T }[]
  readonly total: number
  readonly more: boolean
}

export interface Written<S> extends Current<S> {
  /** The request had been carried out before; this is what came of it then. */
  readonly repeated: boolean
}
