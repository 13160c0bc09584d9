/** What cannot happen with events that this library made: a bug in the caller, or a book that was tampered with. */
export type FaultCode = 'DATE_INVALID' | 'EVENT_UNKNOWN' | 'EVENT_UNEXPECTED' | 'EVENT_INCONSISTENT' | 'RULES_UNKNOWN' | 'INPUT_INVALID'

/**
 * Thrown by `apply` and by arithmetic, never by `decide` for a business refusal: DATE_INVALID no such day; EVENT_UNKNOWN no such
 * event in this kind; EVENT_UNEXPECTED the event cannot follow on this state; EVENT_INCONSISTENT its figures are not what the
 * rules give; RULES_UNKNOWN a version of the rules that this library does not have; INPUT_INVALID arguments that contradict themselves.
 */
export class DomainFault extends Error {
  readonly code: FaultCode

  constructor(code: FaultCode, message: string) {
    super(message)
    this.name = 'DomainFault'
    this.code = code
  }
}
