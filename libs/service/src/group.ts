import type { BookStore } from '@growr/books'
import type { Bus, Service } from '@growr/bus'

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
