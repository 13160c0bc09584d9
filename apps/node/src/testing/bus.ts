import type { Group } from '@growr/bus'
import { Refusal, type Cause, type Contract, type Input, type Result, type ServiceName, type UserCaller } from '@growr/contracts'
import type { Inside } from '../node.ts'
import type { Caller } from './door.ts'

// Calls as they arrive over the bus, with whatever tokens a test puts beside them.

export interface Tokens {
  readonly user?: unknown
  readonly service?: unknown
}

/** Whose session it is, as its access token says. */
export function callerOf(who: Caller): Omit<UserCaller, 'kind'> {
  const { session } = who
  if (!session) throw new Error('a stranger has no session')
  const claims = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string; mem: string }
  return { userId: claims.sub, role: session.role as UserCaller['role'], membership: claims.mem, session: claims.sid, ...(session.organization === null ? {} : { organization: session.organization }) }
}

/** The bus of a node with its doors open. */
export class OpenBus {
  readonly #inside: Inside

  constructor(inside: Inside) {
    this.#inside = inside
  }

  /** Calls an action past the gateway, with these tokens and no others. */
  async call<C extends Contract>(contract: C, params: Input<C>, tokens: Tokens = {}, requestId?: string): Promise<Result<C>> {
    return (await this.#inside.broker.moleculer.call(contract.name, params, { meta: { ...tokens, ...(requestId === undefined ? {} : { requestId }) } })) as Result<C>
  }

  async userToken(who: Caller): Promise<string> {
    return this.#inside.tokensOf('access').mintUser(callerOf(who))
  }

  /** The token by which a service calls this action. */
  async serviceToken(service: ServiceName, contract: Contract, cause?: Cause): Promise<string> {
    const tokens = this.#inside.tokensOf('access')
    const home = tokens.groupOf(service) as Group
    const audience = tokens.groupOf(contract.name.split('.')[0] as string) as Group
    return this.#inside.tokensOf(home).mintService(service, audience, cause)
  }

  async as<C extends Contract>(who: Caller, contract: C, params: Input<C>, requestId?: string): Promise<Result<C>> {
    return this.call(contract, params, who.session ? { user: await this.userToken(who) } : {}, requestId)
  }
}

/** A compact JWS over claims, by whatever key. */
export async function jws(header: object, claims: object, sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${part(header)}.${part(claims)}`
  return `${unsigned}.${Buffer.from(await sign(Buffer.from(unsigned))).toString('base64url')}`
}

/** What came of a call: OK, or the code of its refusal. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'OK'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
