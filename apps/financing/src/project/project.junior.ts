import type { ActionContext } from '@growr/bus'
import { project as contract, Refusal, type Params } from '@growr/contracts'
import { decideFunding, type FundingCommand } from '@growr/lending'
import { eventsOf, positiveOf, valueDates } from '@growr/service'
import { type Financing, today } from '../financing.ts'
import { requireAtBank } from './project.accounts.ts'
import { settleShares } from './project.shares.ts'

type Junior = Params<typeof contract.fundJunior>

/** Registers the originator's own capital; gives the project's key. */
export function fundJunior(financing: Financing, params: Junior, context: ActionContext): Promise<string> {
  return register(financing, params, context, contract.fundJunior.name, (transfer) => ({ type: 'fundJunior', ...transfer }))
}

/** Registers what goes to the originator: free junior capital before the close, its shares after it. */
export function withdrawJunior(financing: Financing, params: Junior, context: ActionContext): Promise<string> {
  return register(financing, params, context, contract.withdrawJunior.name, (transfer) => {
    const { project } = transfer
    if (!project.distribution) return { type: 'withdrawJunior', position: financing.books.position(project), ...transfer }
    return { type: 'payShare', tranche: 'JUNIOR', contract: null, selection: { payee: 'ORIGINATOR', party: project.organizationId, kind: null }, ...transfer }
  })
}

type Transfer = Omit<Extract<FundingCommand, { type: 'fundJunior' }>, 'type'>

async function register(financing: Financing, params: Junior, context: ActionContext, action: string, command: (transfer: Transfer) => FundingCommand): Promise<string> {
  const { books } = financing
  const { key: project, rail, reference } = params
  // Capital moves by the bank; an agent's cash reaches it by a hand-over.
  if (rail !== 'BANK') throw new Refusal('RAIL_MISMATCH', { path: 'rail' })
  const { organizationId: organization, currency } = books.requireProject(project).state
  const amount = positiveOf(params.amount, currency, 'amount')
  const authority = { caller: context.caller, action, requestId: context.requestId, params }
  const dates = valueDates(await today(financing, organization), params.valueDate)
  await books.inTurn(project, async () => {
    await books.onceInTurn('funding', { organization, project }, authority, async () => {
      await settleShares(financing, project)
      const { state } = books.requireProject(project)
      const decided = command({ key: financing.newId(), project: state, amount, ...dates, paymentKey: null, subject: { reference } })
      const events = eventsOf(decideFunding(null, decided))
      if (decided.type !== 'fundJunior') await requireAtBank(financing, state, amount)
      return { current: null, events, person: `organization:${organization}` }
    })
    await settleShares(financing, project)
  })
  return project
}
