import type { ActionContext } from '@growr/bus'
import { project as contract, type Params } from '@growr/contracts'
import { decideFunding, type FundingCommand } from '@growr/lending'
import { eventsOf, positiveOf } from '@growr/service'
import { type Financing, valueDateOf } from '../financing.ts'

type Junior = Params<typeof contract.fundJunior>

/** Registers the originator's own capital; gives the project's key. */
export function fundJunior(financing: Financing, params: Junior, context: ActionContext): Promise<string> {
  return register(financing, params, context, contract.fundJunior.name, (transfer) => ({ type: 'fundJunior', ...transfer }))
}

/** Registers what goes to the originator: free junior capital before the close, its shares after it. */
export function withdrawJunior(financing: Financing, params: Junior, context: ActionContext): Promise<string> {
  return register(financing, params, context, contract.withdrawJunior.name, (transfer, { position, organizationId, distributed }) =>
    distributed
      ? { type: 'payShare', tranche: 'JUNIOR', contract: null, selection: { payee: 'ORIGINATOR', party: organizationId, kind: null }, ...transfer }
      : { type: 'withdrawJunior', position, ...transfer },
  )
}

type Transfer = Omit<Extract<FundingCommand, { type: 'fundJunior' }>, 'type'>
interface Facts {
  readonly position: Extract<FundingCommand, { type: 'withdrawJunior' }>['position']
  readonly organizationId: string
  readonly distributed: boolean
}

async function register(financing: Financing, params: Junior, context: ActionContext, action: string, command: (transfer: Transfer, facts: Facts) => FundingCommand): Promise<string> {
  const { books } = financing
  const { organizationId } = books.requireProject(params.key).state
  const authority = { caller: context.caller, action, requestId: context.requestId, params }
  const dates = await valueDateOf(financing, organizationId, params.valueDate)
  await books.withProject(params.key, async () => {
    if (await books.answered('funding', organizationId, authority)) return
    const project = books.requireProject(params.key).state
    const amount = positiveOf(params.amount, project.currency, 'amount')
    const transfer = { key: financing.newId(), project, amount, ...dates, paymentKey: null, subject: { reference: params.reference } }
    const facts = { position: books.position(project), organizationId, distributed: project.distribution !== null }
    const events = eventsOf(decideFunding(null, command(transfer, facts)))
    await books.append('funding', organizationId, null, events, authority, { project: params.key, person: `organization:${organizationId}` })
  })
  return params.key
}
