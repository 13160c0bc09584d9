import type { Contract, Input, Result } from '@growr/contracts'

/** What every resolver of a subgraph gets: a way to call actions on behalf of whoever asked, and nothing by which to pretend. */
export interface GraphContext {
  readonly call: <C extends Contract>(contract: C, params: Input<C>, options?: { readonly requestId?: string | undefined }) => Promise<Result<C>>
  /** The caller's call token, for subgraphs in another process. */
  readonly userToken?: string | undefined
  /** The HTTP header of that name: by it a repeated mutation is known. */
  readonly idempotencyKey?: string | undefined
  readonly traceId: string
}

/** The headers by which the context reaches a subgraph in another process. */
export const contextHeaders = { user: 'x-growr-user', trace: 'x-growr-trace', idempotency: 'idempotency-key' } as const
