import type { FundingEvent, FundingState, LoanEvent, LoanState, ProjectEvent, ProjectState } from '@growr/lending'

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

/** Pages of a list in the order of their keys. */
export interface Page {
  readonly first: number
  readonly after?: string | undefined
}
