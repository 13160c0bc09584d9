import { addDays, compareDates, isDate, type LocalDate } from '../calendar.ts'
import { firstRefusal, refuse, type Decision, type Refused } from '../refusals.ts'
import type { LoanEvent, LoanState } from '../types/loan.ts'
import { requireLoanStatus } from './require.ts'

/** The last day of the cooling-off time of a signed loan; null where there is none, or where the borrower waived it. */
export function coolingOffUntil(loan: LoanState): LocalDate | null {
  const days = loan.terms.coolingOffDays ?? 0
  return loan.signedOn === null || days === 0 || loan.coolingOffWaivedOn !== undefined ? null : addDays(loan.signedOn, days)
}

/** Refuses COOLING_OFF through the last day of the cooling-off time. */
export function requireCooledOff(loan: LoanState, on: LocalDate): Refused | null {
  const until = coolingOffUntil(loan)
  return until !== null && compareDates(on, until) <= 0 ? refuse('COOLING_OFF', 'loan', { until }) : null
}

/** The borrower alone waives it, and only while it runs for a signed loan. */
export function waiveCoolingOff(loan: LoanState, on: LocalDate): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => requireLoanStatus(loan, 'SIGNED'),
    () => (isDate(on) ? null : refuse('VALUE_DATE', 'on')),
    () => (requireCooledOff(loan, on) ? null : refuse('LOAN_STATUS', 'coolingOff', { status: loan.status })),
  )
  return refused ?? { events: [{ type: 'loan.cooling-off-waived', data: { on } }] }
}

/** The agent marks the good or service as provided; again, as long as the borrower has not confirmed it. */
export function markServiceProvided(loan: LoanState, on: LocalDate): Decision<LoanEvent> {
  const refused = firstRefusal(
    () => requireLoanStatus(loan, 'DISBURSED', 'DEFAULTED', 'REPAID'),
    () => (loan.service?.confirmedOn ? refuse('SERVICE_STATUS', 'service', { confirmedOn: loan.service.confirmedOn }) : null),
  )
  return refused ?? { events: [{ type: 'loan.service-provided', data: { on } }] }
}

/** The borrower's code has confirmed it. */
export function confirmService(loan: LoanState, on: LocalDate): Decision<LoanEvent> {
  const { service } = loan
  if (!service || service.confirmedOn !== null) return refuse('SERVICE_STATUS', 'service', { confirmedOn: service?.confirmedOn ?? null })
  return { events: [{ type: 'loan.service-confirmed', data: { on } }] }
}
