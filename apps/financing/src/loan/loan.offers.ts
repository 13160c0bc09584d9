import { callingUser, type ActionContext } from '@growr/bus'
import { identity, type loan as contract, type Result } from '@growr/contracts'
import { requireOpen } from '@growr/lending'
import { type Financing, today } from '../financing.ts'
import { presentProject } from '../project/project.present.ts'

/** The projects of the borrower's organization that lend today, and what the record still lacks for each. */
export async function findOffers(financing: Financing, context: ActionContext): Promise<Result<typeof contract.findOffers>> {
  const { books } = financing
  const user = callingUser(context)
  if (user.organization === undefined) return []
  const on = await today(financing, user.organization)
  const open = books.projectsOf(user.organization).filter(({ state }) => requireOpen(state, on) === null)
  if (open.length === 0) return []
  const { did } = await context.call(identity.resolveUser, { user: user.userId })
  const { credentials } = await context.call(identity.findByDid, { did })
  const now = financing.clock.now().toISOString()
  const held = new Set<string>(credentials.filter((credential) => !credential.revoked && credential.validUntil > now).map((credential) => credential.type))
  return open.map(({ state, seq }) => {
    const { loans, criteria, ...project } = presentProject(state, books.position(state), seq)
    const { type, schedule, minAmount, maxAmount, minMonths, maxMonths, interestRate, disbursementFee, cashBackRate, riskDepositRate, gracePeriod } = loans
    return {
      project: project.key, name: project.name, currency: project.currency, type, schedule, minAmount, maxAmount, minMonths, maxMonths, interestRate,
      disbursementFee, cashBackRate, riskDepositRate, gracePeriod,
      requires: criteria.required,
      missing: criteria.required.filter((wanted) => !held.has(wanted)),
    }
  })
}
