export type MobileMoneyCode = 'PROVIDER_UNREACHABLE' | 'PROVIDER_BUSY' | 'PROVIDER_REFUSES_US' | 'PROVIDER_ANSWER' | 'CODE_PREFIX'

/**
 * PROVIDER_UNREACHABLE no answer; PROVIDER_BUSY asks to come back later; PROVIDER_REFUSES_US key, secret or short code are wrong;
 * PROVIDER_ANSWER an answer that is not of its form; CODE_PREFIX a prefix that no payer could enter. `message` holds nothing personal.
 */
export class MobileMoneyError extends Error {
  readonly code: MobileMoneyCode

  constructor(code: MobileMoneyCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'MobileMoneyError'
    this.code = code
  }
}
