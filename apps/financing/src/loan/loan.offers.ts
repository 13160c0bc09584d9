import { callingUser, type ActionContext } from '@growr/bus'
import { identity, type loan as contract, type Result } from '@growr/contracts'
import { requireOpen } from '@growr/lending'
import { type Financing, today } from '../financing.ts'
import { presentProject } from '../project/project.present.ts'

/** More offers than these nobody looks through. */
const MOST = 100

/** The projects of the borrower's organization that lend today, and what the record still lacks for each. */
export async function findOffers(financing: Financing, context: ActionContext): Promise<Result<typeof contract.findOffers>> {
  const { books } = financing
  const user = callingUser(context)
  if (user.organization === undefined) return []
  const on = await today(financing, user.organization)
  const open = books.activeProjects(user.organization, MOST).filter(({ state }) => requireOpen(state, on) === null)
  if (open.length === 0) return []
  const { did } = await context.call(identity.resolveUser, { user: user.userId })
  const { credentials } = await context.call(identity.findByDid, { did })
  const now = financing.clock.now().toISOString()
  const alive = credentials.filter((credential) => !credential.revoked && credential.validUntil > now)
  return open.map(({ state, seq }) => {
    const { loans, criteria, ...project } = presentProject(state, books.position(state), seq)
    const { type, schedule, minAmount, maxAmount, minMonths, maxMonths, interestRate, disbursementFee, cashBackRate, riskDepositRate, gracePeriod, coolingOffDays } = loans
    // What comes from somebody whom the project does not trust would not help.
    const trusted = alive.filter(({ issuer, organization }) => criteria.trusted.some((pair) => pair.issuer === issuer && pair.organization === organization))
    const held = new Set<string>(trusted.map((credential) => credential.type))
    return {
      project: project.key, name: project.name, currency: project.currency, type, schedule, minAmount, maxAmount, minMonths, maxMonths, interestRate,
      disbursementFee, cashBackRate, riskDepositRate, gracePeriod, coolingOffDays,
      requires: criteria.required,
      missing: criteria.required.filter((wanted) => !held.has(wanted)),
    }
  })
}
