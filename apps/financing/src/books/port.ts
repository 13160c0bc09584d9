import type { FundingEvent, FundingState, LoanEvent, LoanState, ProjectEvent, ProjectState } from '@growr/lending'
import type { Current } from '@growr/service'

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

/** What a decision comes to: its events, and the record that it was taken on, null for one that begins with them. */
export interface Step<K extends Kind> {
  readonly current: Current<States[K]> | null
  readonly events: readonly Events[K][]
  /** Whom the record's subject leads to; null where there is none, or none any more. */
  readonly person: string | null
  /** 'YYYY-MM-DD'; the organization's today unless given. */
  readonly businessDate?: string
}

/** Pages of a list in the order of their keys. */
export interface Page {
  readonly first: number
  readonly after?: string | undefined
}
