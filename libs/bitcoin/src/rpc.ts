import { readFileSync } from 'node:fs'
import { NetworkError } from '@growr/networks'

export interface RpcOptions {
  /** `http://127.0.0.1:8332`; a path (`/wallet/name`) may follow. */
  readonly url: string
  /** The node's cookie file, read anew for each call since the node changes it; or a user and password. */
  readonly cookieFile?: string
  readonly user?: string
  readonly password?: string
  readonly timeoutMs?: number
}

/** What the node itself refused, by its own number (bitcoind's rpc/protocol.h). */
export class RpcRefusal extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'RpcRefusal'
    this.code = code
  }
}

/** A block of four million weight is eight million hexadecimal digits; the mempool's list of a busy day is of that size. */
const MOST_CHARACTERS = 64_000_000
const WARMING_UP = -28

/**
 * A client of bitcoind's JSON-RPC. Numbers with decimals stay text, so that no amount passes through floating point.
 * NETWORK_DOWN: it does not answer in time, or refuses the credentials. NETWORK_SYNCING: it has only begun to start.
 */
export class BitcoinRpc {
  readonly #options: RpcOptions

  constructor(options: RpcOptions) {
    this.#options = options
  }

  /** Calls a method. Throws RpcRefusal with what the node answers, NetworkError where there is no answer. */
  async call<T>(method: string, ...params: readonly unknown[]): Promise<T> {
    const { url, timeoutMs = 30_000 } = this.#options
    let response: Response
    let text: string
    try {
      response = await fetch(url, {
        method: 'POST', redirect: 'error', signal: AbortSignal.timeout(timeoutMs),
        headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(this.#credentials()).toString('base64')}` },
        body: JSON.stringify({ jsonrpc: '1.0', id: 'growr', method, params }),
      })
      text = await bounded(response)
    } catch (error) {
      if (error instanceof NetworkError) throw error
      throw new NetworkError('NETWORK_DOWN', 'bitcoind does not answer: is it running, and is its address right?')
    }
    if (response.status === 401 || response.status === 403) throw new NetworkError('NETWORK_DOWN', 'bitcoind refuses the credentials: look at the cookie file, or user and password')
    const answer = parsed(text)
    if (answer === undefined) throw new NetworkError('NETWORK_DOWN', `what answers there is no bitcoind (HTTP ${response.status})`)
    if (answer.error !== null && answer.error !== undefined) {
      if (answer.error.code === WARMING_UP) throw new NetworkError('NETWORK_SYNCING', 'bitcoind is starting: try again in a minute')
      throw new RpcRefusal(answer.error.code, answer.error.message)
    }
    return answer.result as T
  }

  #credentials(): string {
    const { cookieFile, user = '', password = '' } = this.#options
    if (cookieFile === undefined) return `${user}:${password}`
    try {
      return readFileSync(cookieFile, 'utf8').trim()
    } catch {
      throw new NetworkError('NETWORK_DOWN', 'the cookie file of bitcoind cannot be read: is it running?')
    }
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MOST_CHARACTERS) throw new NetworkError('NETWORK_DOWN', 'bitcoind answers more than is taken')
  }
  return text + decoder.decode()
}

interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string } | null
}

function parsed(text: string): Answer | undefined {
  const exact = function (this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
    return typeof value === 'number' && !Number.isSafeInteger(value) ? context?.source ?? String(value) : value
  }
  try {
    const answer = JSON.parse(text, exact) as unknown
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

/** Satoshis out of bitcoind's decimal text ("0.00012345"), exactly; scientific notation ("1e-5") too. NETWORK_DOWN where it is no number. */
export function satsOf(decimal: string | number): bigint {
  const match = /^(\d+)(?:\.(\d{1,20}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(String(decimal))
  if (!match) throw new NetworkError('NETWORK_DOWN', 'bitcoind answers an amount that is none')
  const [, whole = '', fraction = '', exponent = '0'] = match
  const shift = 8 + Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  return shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
}
