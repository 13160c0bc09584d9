/** Why a message could not be sent. */
export type MessagingCode =
  | 'TEMPLATE_UNKNOWN'
  | 'VALUES_INVALID'
  | 'RECIPIENT_INVALID'
  | 'RECIPIENT_REFUSED'
  | 'MESSAGE_REFUSED'
  | 'PROVIDER_BUSY'
  | 'PROVIDER_UNREACHABLE'
  | 'PROVIDER_REFUSES_US'
  | 'PROVIDER_ANSWER'
  | 'PAUSED'
  | 'CLOSED'

/** Which of them may pass by waiting; with the others the same message fails again. */
const temporary: Record<MessagingCode, boolean> = {
  TEMPLATE_UNKNOWN: false,
  VALUES_INVALID: false,
  RECIPIENT_INVALID: false,
  RECIPIENT_REFUSED: false,
  MESSAGE_REFUSED: false,
  PROVIDER_BUSY: true,
  PROVIDER_UNREACHABLE: true,
  // A password or an account that is wrong is the operator's matter: the message itself is good and waits.
  PROVIDER_REFUSES_US: true,
  PROVIDER_ANSWER: true,
  PAUSED: true,
  CLOSED: true,
}

/** A failure with a stable code. `reason` is for the operator's log: a provider's status, the name of a value; never an address or a text. */
export class MessagingError extends Error {
  readonly code: MessagingCode
  readonly temporary: boolean
  readonly reason: string

  constructor(code: MessagingCode, reason: string, cause?: unknown) {
    super(`${code}: ${reason}`, cause === undefined ? undefined : { cause })
    this.name = 'MessagingError'
    this.code = code
    this.temporary = temporary[code]
    this.reason = reason
  }
}
