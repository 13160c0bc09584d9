import { operationOf, type KnownOperation, type OperationName } from './document.ts'
import { GrowrError } from './error.ts'
import { follow, type FeedEntry, type FeedOptions, type FeedPage } from './feed.ts'
import type { Operations, Session } from './operations.ts'
import { post, type Fetch } from './transport.ts'

export interface ClientOptions {
  /** The node's address, such as `http://127.0.0.1:4000`. */
  readonly url: string
  /** An access token; without a session to refresh it, it ends when it ends. */
  readonly token?: string
  /** A session of an earlier run. */
  readonly session?: Pick<Session, 'accessToken' | 'refreshToken'>
  /** Is told of each new session, so that it can be kept; undefined when it has ended. */
  readonly onSession?: (session: Pick<Session, 'accessToken' | 'refreshToken'> | undefined) => void
  readonly fetch?: Fetch
  /** How often what did not arrive is tried again; 2 if not given. */
  readonly retries?: number
  /** Milliseconds until an attempt is given up; 30,000 if not given. */
  readonly timeoutMs?: number
  /** Waits between attempts. */
  readonly wait?: (milliseconds: number) => Promise<void>
}

export interface RequestOptions {
  /** By which a repetition of a mutation is known; made up if not given. Give one to repeat a request of an earlier run. */
  readonly requestId?: string
  readonly signal?: AbortSignal
}

type Values = Readonly<Record<string, unknown>>

/** Codes after which the same request may be sent again, with the same request id. */
const passing = new Set(['UNAVAILABLE', 'TIMED_OUT'])

/** A client of one node, for one person at a time. */
export class GrowrClient {
  readonly #options: ClientOptions
  readonly #url: string
  readonly #fetch: Fetch
  #token: string | undefined
  #refreshToken: string | undefined
  #refreshing: Promise<void> | undefined

  constructor(options: ClientOptions) {
    this.#options = options
    this.#url = new URL('/graphql', options.url).href
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init))
    this.#token = options.session?.accessToken ?? options.token
    this.#refreshToken = options.session?.refreshToken
  }

  /** Whether it holds a token. */
  get signedIn(): boolean {
    return this.#token !== undefined
  }

  /** What the API calls an operation: its arguments, what it holds by default, and its document. */
  operation(name: string): KnownOperation | undefined {
    return operationOf(name)
  }

  /**
   * Performs an operation and gives its whole result. A mutation gets a request id, under which what did not arrive is sent again;
   * an expired token is refreshed once; an operation that signs in makes this client that person's. Throws `GrowrError`.
   */
  call<N extends OperationName>(name: N, args: Operations[N]['args'], options: RequestOptions = {}): Promise<Operations[N]['result']> {
    return this.#perform(name, args, undefined, options) as Promise<Operations[N]['result']>
  }

  /** Performs an operation and gives what the selection says, in GraphQL: `select('project', { key }, '{ key name }')`. */
  select<N extends OperationName>(name: N, args: Operations[N]['args'], selection: string, options: RequestOptions = {}): Promise<unknown> {
    return this.#perform(name, args, selection, options)
  }

  /** What happened in a book after a cursor, entry by entry, page after page; see `FeedOptions`. */
  feed(options: FeedOptions): AsyncGenerator<FeedEntry, void, undefined> {
    const { organization, book, signal } = options
    return follow(options, {
      page: async (after, limit, generation) => (await this.call('feed', { organization, book, after, generation, limit }, signal ? { signal } : {})) as FeedPage,
      wait: this.#options.wait ?? pause,
    })
  }

  /** Forgets the session here; `call('logout')` ends it at the node. */
  forget(): void {
    this.#adopt(undefined)
  }

  async #perform(name: string, args: object, selection: string | undefined, options: RequestOptions): Promise<unknown> {
    const operation = operationOf(name)
    if (!operation) throw new GrowrError('BAD_INPUT', `the API has no operation ${name}`)
    const given = Object.entries(args).filter(([, value]) => value !== undefined)
    const identified = 'requestId' in operation.args ? [...given, ['requestId', options.requestId ?? crypto.randomUUID()] as const] : given
    const document = operation.document(identified.map(([key]) => key), selection)
    const variables = Object.fromEntries(identified)
    const send = async (): Promise<unknown> => (await this.#patiently(operation, document, variables, options.signal))[name]

    const used = this.#token
    try {
      return this.#signedIn(operation, await send())
    } catch (error) {
      const stale = error instanceof GrowrError && error.code === 'TOKEN_EXPIRED' && !operation.signsIn && this.#refreshToken !== undefined
      if (!stale) throw error
      // Several requests may find the token expired at once; one refreshes it for all.
      if (this.#token === used) await (this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined)))
      return await send()
    }
  }

  async #patiently(operation: KnownOperation, document: string, variables: Values, given: AbortSignal | undefined): Promise<Values> {
    // A refresh token can be used once: if the answer is lost, a second use would end the session.
    const retries = operation.name === 'refresh' ? 0 : (this.#options.retries ?? 2)
    for (let attempt = 0; ; attempt++) {
      const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 30_000)
      const signal = given ? AbortSignal.any([given, timeout]) : timeout
      try {
        return await post(this.#fetch, this.#url, { token: operation.signsIn ? undefined : this.#token, document, variables, signal })
      } catch (error) {
        const again = error instanceof GrowrError && passing.has(error.code) && attempt < retries && !given?.aborted
        if (!again) throw error
        await (this.#options.wait ?? pause)(200 * 2 ** attempt)
      }
    }
  }

  async #refresh(): Promise<void> {
    const operation = operationOf('refresh')!
    const variables = { refreshToken: this.#refreshToken, requestId: crypto.randomUUID() }
    try {
      const { refresh } = await this.#patiently(operation, operation.document(Object.keys(variables)), variables, undefined)
      this.#signedIn(operation, refresh)
    } catch (error) {
      if (error instanceof GrowrError && !passing.has(error.code)) this.#adopt(undefined)
      throw error
    }
  }

  #signedIn(operation: KnownOperation, result: unknown): unknown {
    if (operation.signsIn) {
      const { accessToken, refreshToken } = result as Partial<Session>
      if (accessToken !== undefined && refreshToken !== undefined) this.#adopt({ accessToken, refreshToken })
    }
    return result
  }

  #adopt(session: Pick<Session, 'accessToken' | 'refreshToken'> | undefined): void {
    this.#token = session?.accessToken
    this.#refreshToken = session?.refreshToken
    this.#options.onSession?.(session)
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
