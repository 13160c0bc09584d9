import type { BookStore } from '@growr/books'
import type { Bus, Service, TypedCall } from '@growr/bus'

/** An HTTP entry point that a group owns and the gateway serves: documents, callbacks. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  handle(request: HttpRequest): Promise<HttpResponse> | HttpResponse
}
export interface HttpRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly ip: string
  /** The way to the actions that the gateway gives, as it gives it to GraphQL. Absent where a group serves its documents without a gateway. */
  readonly door?: Door
}

/** Calls of actions for an entry point at which people do more than read: as nobody, or as whom the gateway knows by an access token. */
export interface Door {
  /** As somebody who has not signed in. */
  readonly call: TypedCall
  /**
   * As the user behind an access token, which is checked as at every door: at each entry, so that a block works at once. The call
   * token that is minted for it stays with the gateway. TOKEN_INVALID, TOKEN_EXPIRED, SESSION_REVOKED.
   */
  enter(accessToken: string): Promise<TypedCall>
}

export interface HttpResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A group of services as a process puts it together: what it serves, and how it starts, rests and stops. */
export interface Group {
  readonly name: string
  readonly bus: Bus
  readonly services: readonly Service[]
  /** Its part of the API. */
  readonly subgraph?: { readonly name: string; readonly typeDefs: string; readonly schema: unknown }
  readonly routes?: readonly HttpRoute[]
  /** Its books, once it has started: for an audit in the same process. */
  readonly store?: BookStore | undefined
  /** Opens its stores and offers its services. */
  start(): Promise<void>
  /** Begins what acts by itself (followers, timers), once all groups offer their services. */
  run(): Promise<void>
  /** Resolves when nothing that acts by itself has anything left to do. */
  idle(): Promise<void>
  health(): Promise<{ readonly ok: boolean; readonly reasons: readonly string[] }>
  stop(): Promise<void>
}
