import { isCode, Refusal, type Code } from '@growr/contracts'

/** Codes of the libraries that leave under another name. */
const renamed: Readonly<Record<string, Code>> = {
  REVISION_CONFLICT: 'STALE_STATE',
  STORE_BUSY: 'UNAVAILABLE',
  STORE_CLOSED: 'UNAVAILABLE',
  // Of payment networks.
  BALANCE_INSUFFICIENT: 'FUNDS_INSUFFICIENT',
  AMOUNT_MISMATCH: 'INVOICE_AMOUNT',
  INVOICE_OWN: 'NETWORK_UNSUPPORTED',
  NETWORK_SENDING_OFF: 'SENDING_OFF',
  NETWORK_ID_REUSED: 'REQUEST_ID_REUSED',
  NETWORK_STORE: 'STORE_FAILED',
  WALLET_UNKNOWN: 'NOT_FOUND',
  CURRENCY_UNSUPPORTED: 'CURRENCY_MISMATCH',
}

interface Coded extends Error {
  readonly code?: unknown
  readonly path?: unknown
  readonly field?: unknown
  readonly details?: unknown
  readonly retryAfter?: unknown
}

/**
 * A failure of a library as a refusal of the catalogue, by its stable code; one that is none of them stays what it is and leaves
 * the node as INTERNAL.
 */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Refusal) return error
  const { code, path, field, details, retryAfter } = error as Coded
  if (typeof code !== 'string') return error
  const known = renamed[code] ?? (isCode(code) ? code : /^(STORE|BOOK)_/.test(code) ? 'STORE_FAILED' : undefined)
  if (known === undefined) return error
  const where = typeof path === 'string' ? path : typeof field === 'string' ? field : undefined
  const more = { ...(typeof details === 'object' && details !== null ? details : {}), ...(retryAfter === undefined ? {} : { retryAfter }) }
  return new Refusal(known, { cause: error, ...(where === undefined ? {} : { path: where }), ...(Object.keys(more).length === 0 ? {} : { details: more }) })
}

/** Does the work; what a library throws leaves as a refusal. What is done at once is answered at once. */
export function translated<T>(work: () => T | Promise<T>): T | Promise<T> {
  try {
    const result = work()
    return result instanceof Promise ? result.catch(thrown) : result
  } catch (error) {
    return thrown(error)
  }
}

function thrown(error: unknown): never {
  throw refusalOf(error)
}
