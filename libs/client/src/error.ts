import type { Code } from './codes.ts'

/** Codes of the node's catalogue, and WEBHOOK_INVALID of `verifyWebhook`. A newer node may send one that is not known here. */
export type ClientCode = Code | 'WEBHOOK_INVALID' | (string & {})

export interface GrowrErrorOptions {
  readonly path?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
  readonly cause?: unknown
}

/** A refusal of the node, or of the way to it. */
export class GrowrError extends Error {
  override readonly name = 'GrowrError'
  /** A code of the node's catalogue; UNAVAILABLE where the node was not reached. */
  readonly code: ClientCode
  /** The parameter that it is about. */
  readonly path: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: ClientCode, message: string, options: GrowrErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.path = options.path
    this.details = options.details
  }
}
